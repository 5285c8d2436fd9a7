"""What to type next, for a program that types it: no word of a repository is among these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.bump import Bump
from hfsemver.core.rule_id import VERSION_RULES
from hfsemver.core.version import Version
from hfsemver.reports.advice import intended
from hfsemver.reports.grouping import standing
from hfsemver.rules.catalogue import find_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.report import Report

EXPLAINED: Final = 3


def next_steps(report: Report) -> Iterator[str]:
    """Yield what mends the release, then what explains it, then what excuses it; nothing where all is well.

    Whoever follows them runs what they say. So a version stands there only if it is one, a rule only if it is ours, and
    a reference, which may hold anything, not at all.
    """
    if report.changes is not None:
        yield "to judge the second against the first: hfsemver check SECOND --baseline FIRST"
        return
    against = standing(report)
    yield from _declaring(report)
    for rule in tuple(dict.fromkeys(finding.rule for finding in against))[:EXPLAINED]:
        if find_rule(rule) is not None:
            yield f"hfsemver explain {rule}"
    if against:
        entry = f"{{fingerprint: {against[0].fingerprint}, reason: WHY, until: YYYY-MM-DD}}"
        yield f"{intended(report)} accept: [{entry}]"
    if report.skips:
        yield "to see what is missing for the rules that were not evaluated: hfsemver doctor"


def _declaring(report: Report) -> Iterator[str]:
    verdict = report.verdict
    version = Version.of(verdict.next_version)
    if version is None or version == Version.of(verdict.baseline_version):
        return
    if VERSION_RULES & set(verdict.failing):
        where = f"version: {version} in the card, or the tag v{version} on the commit"
        yield f"release {version} ({where}); to try it: the same command with --declared {version}"
    elif verdict.declared_version is None and verdict.required is not Bump.NONE:
        yield f"when it is released, call it {version}"
