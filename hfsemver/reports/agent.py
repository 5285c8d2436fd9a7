"""The report for a program that reads words: ``key=value`` lines, then tables of tab-separated values; no ANSI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.reports.answer import answer
from hfsemver.reports.lines import one_line, page

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


def render_agent(report: Report) -> str:
    """Return every fact of the report, unclipped; an absent value is empty, the last line is ``answer=...``."""
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
                one.fix,
                one.fingerprint,
            )
            for one in report.findings
        ),
    )
    yield from table(("not_evaluated", "reason"), ((skip.rule, skip.reason) for skip in report.skips))
    yield from table(
        ("accepted", "fingerprint", "until", "reason"),
        ((one.finding.rule, one.finding.fingerprint, one.until, one.reason) for one in report.accepted),
    )
    yield from table(
        ("change", "file", "pointer", "words", "baseline", "current"),
        (
            (one.kind, one.location.file, one.location.pointer, one.words, one.baseline, one.current)
            for one in report.changes or ()
        ),
    )
    yield f"answer={answer(report, one_line)}"


def _pairs(**values: object) -> Iterator[str]:
    for key, value in values.items():
        yield f"{key}={'' if value is None else one_line(str(value))}"


def _side(name: str, side: Side | None) -> Iterator[str]:
    if side is not None:
        yield from _pairs(**{f"{name}_ref": side.ref, f"{name}_version": side.version, f"{name}_commit": side.commit})


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a header and rows as tab-separated values; nothing at all when there are no rows."""
    written = ["\t".join(map(one_line, row)) for row in rows]
    if written:
        yield "\t".join(header)
        yield from written
