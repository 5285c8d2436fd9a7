"""The last line of a run that compared two releases and judged neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.change import ChangeKind
from hfsemver.reports.lines import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from hfsemver.core.change import Change
    from hfsemver.core.report import Report

NAMED: Final = 5
"""Rules that the sentence names."""


def difference(report: Report, changes: tuple[Change, ...], show: Callable[[str], str]) -> str:
    """Say how much changed, what the largest change requires, and what could not be compared."""
    unknown = sum(change.kind is ChangeKind.UNKNOWN for change in changes)
    known = len(changes) - unknown
    need = f"requires {report.verdict.required.word}" if report.verdict.required else "requires no release"
    told = "nothing known to have changed" if unknown or report.skips else "no change"
    if known:
        told = f"1 change, which {need}" if known == 1 else f"{known} changes, the largest {need}"
    absolute = sorted({finding.rule for finding in report.findings if finding.bump is None})
    if absolute:
        more = f" and {len(absolute) - NAMED} more" if len(absolute) > NAMED else ""
        told += f"; no version number excuses {', '.join(map(show, absolute[:NAMED]))}{more}"
    if unknown:
        told += f" ({unknown} not compared)"
    return told + (f" ({count(len(report.skips), 'rule')} not evaluated)" if report.skips else "")
