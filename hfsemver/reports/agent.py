"""The report for a program that reads words: ``key=value`` lines, then tables of tab-separated values; no ANSI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import clipped
from hfsemver.reports.advice import advice
from hfsemver.reports.answer import answer
from hfsemver.reports.grouping import by_kind, grouped
from hfsemver.reports.lines import page
from hfsemver.reports.steps import next_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.core.report import Report, Side

_FINDING = (
    "rule",
    "level",
    "bump",
    "file",
    "pointer",
    "baseline",
    "current",
    "message",
    "witness",
    "fix",
    "fingerprint",
)


PLACES: Final = 10
"""Places of one rule that are shown, and changes of one kind; what else there is is counted, JSON lists it all."""
CELL: Final = 1_500
"""Characters of one value: enough for a witness; whoever reads it pays for every one."""


def render_agent(report: Report) -> str:
    """Return what is needed to act on the report; an absent value is empty, the last line is ``answer=...``.

    Its size does not grow with a flood: what was left out is counted, and ``next=`` says where it is.
    """
    return page(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    verdict = report.verdict
    yield from _pairs(
        ok="true" if verdict.ok else "false",
        required_bump=verdict.required.word,
        declared_bump=None if verdict.declared_bump is None else verdict.declared_bump.word,
        declared_version=verdict.declared_version,
        next_version=verdict.next_version,
        failing=",".join(verdict.failing),
    )
    yield from _side("baseline", report.baseline)
    yield from _side("current", report.current)
    if report.weights is not None:
        weights = report.weights
        yield from _pairs(
            weights_evidence=weights.evidence,
            weights_tensors=weights.tensors,
            weights_changed=weights.changed,
            weights_changed_share=weights.changed_share,
            weights_relative_l2=weights.relative_l2,
            weights_cosine=weights.cosine,
            weights_max_abs=weights.max_abs,
            weights_bytes_read=weights.bytes_read,
            weights_bands=",".join(f"{band}:{tensors}" for band, tensors in weights.bands),
        )
    for note in report.notes:
        yield from _pairs(note=note)
    shown = [finding for group in grouped(report.findings) for finding in group.findings[:PLACES]]
    changes = [one for _, found in by_kind(report.changes or ()) for one in found[:PLACES]]
    yield from _pairs(findings=len(report.findings), findings_not_shown=len(report.findings) - len(shown))
    yield from table(
        _FINDING,
        (
            (
                one.rule,
                one.level.word,
                one.bump_word,
                one.location.file,
                one.location.pointer,
                one.baseline,
                one.current,
                one.message,
                one.witness,
                advice(one, report),
                one.fingerprint,
            )
            for one in shown
        ),
    )
    yield from table(("not_evaluated", "reason"), ((skip.rule, skip.reason) for skip in report.skips))
    accepted = report.accepted[: PLACES * 2]
    yield from table(
        ("accepted", "fingerprint", "until", "reason"),
        ((one.finding.rule, one.finding.fingerprint, one.until, one.reason) for one in accepted),
    )
    hidden = len(report.findings) - len(shown) + len(report.accepted) - len(accepted)
    if report.changes is not None:
        yield from _pairs(changes=len(report.changes), changes_not_shown=len(report.changes) - len(changes))
        yield from table(
            ("change", "file", "pointer", "words", "baseline", "current"),
            (
                (one.kind, one.location.file, one.location.pointer, one.words, one.baseline, one.current)
                for one in changes
            ),
        )
        hidden += len(report.changes) - len(changes)
    yield from (line for step in next_steps(report) for line in _pairs(next=step))
    if hidden:
        yield from _pairs(next=f"for {hidden} more of what was found: the same command with --format json")
    yield f"answer={answer(report)}"


def _pairs(**values: object) -> Iterator[str]:
    for key, value in values.items():
        yield f"{key}={'' if value is None else clipped(str(value), CELL)}"


def _side(name: str, side: Side | None) -> Iterator[str]:
    if side is not None:
        yield from _pairs(**{f"{name}_ref": side.ref, f"{name}_version": side.version, f"{name}_commit": side.commit})


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a header and rows as tab-separated values; nothing at all when there are no rows."""
    written = ["\t".join(clipped(value, CELL) for value in row) for row in rows]
    if written:
        yield "\t".join(header)
        yield from written
