"""Ids alone, one a line, as ``hf`` commands print them with ``--quiet``: to feed another command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.reports.grouping import standing
from hfsemver.reports.lines import one_line, page

if TYPE_CHECKING:
    from hfsemver.core.report import Report


def render_quiet(report: Report) -> str:
    """Return the ids of the rules that stand against the release, sorted; the empty text when none does.

    ``hfsemver check -q | xargs -n1 hfsemver explain`` explains a refusal.
    """
    return page(
        one_line(rule) for rule in sorted({finding.rule for finding in standing(report)} | _unexplained(report))
    )


def _unexplained(report: Report) -> set[str]:
    """Rules that fail the run without a finding of their own: silence would read as success."""
    return set() if standing(report) else set(report.verdict.failing)
