"""``hfsemver diff``: every change between two releases, without a policy and without a version."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from hfsemver.core.claim import Claim
from hfsemver.diff.release import compare
from hfsemver.policy.judge import FailOn
from hfsemver.policy.policy import Policy
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import parse_ref
from hfsemver.workflows.ahead import fetch_ahead
from hfsemver.workflows.changes import list_changes
from hfsemver.workflows.check import card_version
from hfsemver.workflows.depth import depth_of
from hfsemver.workflows.judgement import judge
from hfsemver.workflows.published import published_as

if TYPE_CHECKING:
    from hfsemver.core.progress import Progress
    from hfsemver.core.report import Report
    from hfsemver.releases.release import Release


def run_diff(a: str, b: str, weights: str = "auto", progress: Progress | None = None) -> Report:
    """Compare ``b`` with ``a``; nothing fails, no policy hides anything, and what no rule is about is listed too."""
    current = open_release(parse_ref(b))
    return difference_of(open_release(parse_ref(a), current), current, weights, progress)


def difference_of(
    baseline: Release, current: Release, weights: str = "auto", progress: Progress | None = None
) -> Report:
    """Compare two releases that are open."""
    fetch_ahead(baseline, current, weights)
    depth, unread = depth_of(weights, baseline, current)
    diff = compare(baseline, current, depth, progress, published_as(Policy(), baseline, current))
    today = dt.datetime.now(dt.UTC).date()
    report = judge(diff, Claim(baseline=card_version(baseline)), Policy(), FailOn.NEVER, today, detailed=True)
    return replace(report, changes=list_changes(diff), notes=(*report.notes, *unread))
