"""The report as GitHub Flavored Markdown for a pull request or a step summary.

The verdict, what stands against it and what was not evaluated are open to see; what explains them is folded.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final

from hfsemver.core.change import ChangeKind
from hfsemver.reports.advice import acceptance, advice, intended, requirement
from hfsemver.reports.answer import answer
from hfsemver.reports.figures import weights_line
from hfsemver.reports.grouping import NOUNS, by_kind, grouped
from hfsemver.reports.labels import labels, origin
from hfsemver.reports.layer_table import TITLE, layer_table
from hfsemver.reports.lines import count, page
from hfsemver.reports.markup import md_accepted, md_code, md_fence, md_fitting, md_folded, md_prose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hfsemver.core.change import Change
    from hfsemver.core.finding import Finding
    from hfsemver.core.report import Report
    from hfsemver.reports.grouping import Group

COMMENT: Final = 65_536
"""Characters that a comment on GitHub holds; all below are bytes, of which no text has fewer."""
TABLE: Final = 20_000
MEANINGS: Final = 16_000
"""What is said about the rules of the table, half of it open and half folded."""
OPEN: Final = 5
"""Rules that are explained without a click."""
CHANGES: Final = 1_200
"""The changes of one kind."""
LIST: Final = 2_500
ENTRIES: Final = 10
_WITNESSES = 3
_WITNESS = 2_500
_WITNESS_LINES = 20
_SNIPPET = 6_000


def render_markdown(report: Report) -> str:
    """Return the report as Markdown that fits a comment, without HTML beside our folds; what does not fit is counted."""
    return page(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    left, right = labels(report)
    yield f"### hfsemver: {answer(report, md_code)}"
    yield ""
    yield _sides(report, left, right)
    yield ""
    yield from _findings(report, left, right)
    for kind, found in by_kind(report.changes or ()):
        title = "Not compared" if kind is ChangeKind.UNKNOWN else f"Changed {NOUNS[kind]}"
        yield from _list(title, [_change(one) for one in found], room=CHANGES)
    # Open, because silence about it would read as "no change".
    yield from _list("Not evaluated", [f"{md_code(skip.rule)}: {md_code(skip.reason)}" for skip in report.skips])
    yield from _list("Accepted", [md_accepted(one) for one in report.accepted])
    if report.weights is not None:
        yield f"Weights: {md_code(weights_line(report.weights))}"
        yield ""
    yield from _layers(report)
    if report.notes:
        notes = _list("", [md_code(note) for note in report.notes])
        yield from md_folded(count(len(report.notes), "note").capitalize(), notes)
    yield from md_folded("If a finding is intended", _how_to_accept(report))


def _sides(report: Report, left: str, right: str) -> str:
    named = []
    for side, label in ((report.baseline, left), (report.current, right)):
        if side is not None:
            place = origin(side, label)
            named.append(f"{md_code(label)} ({md_code(place)})" if place else md_code(label))
    return f"Compared {named[0]} with {named[1]}." if len(named) > 1 else f"First release: {named[0]}."


def _findings(report: Report, left: str, right: str) -> Iterator[str]:
    if not report.findings:
        return
    head = (
        ("Rule", "Requires", "Where", md_code(left), md_code(right))
        if left
        else ("Rule", "Requires", "Where", md_code(right))
    )
    yield _row(head)
    yield "|" + " --- |" * len(head)
    groups = grouped(report.findings)
    rows = ((_row(_cells(finding, len(head))),) for group in groups for finding in group.findings)
    yield from md_fitting(rows, len(report.findings), TABLE, "more finding")
    yield from _meanings(groups[:OPEN], report)
    folded = groups[OPEN:]
    if folded:
        yield from md_folded(count(len(folded), "more rule"), _meanings(folded, report))
    yield from md_folded("Witnesses", _witnesses(groups))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(finding: Finding, width: int) -> tuple[str, ...]:
    where = finding.location
    place = f"{where.file}: {where.pointer}" if where.pointer else where.file
    cells = (
        f"{finding.level.word} {md_code(finding.rule)}",
        finding.bump_word,
        md_code(place),
        md_code(finding.baseline),
        md_code(finding.current),
    )
    return cells if width == len(cells) else (*cells[:3], cells[4])


def _meanings(groups: Sequence[Group], report: Report) -> Iterator[str]:
    parts = (tuple(_meaning(group, report)) for group in groups)
    yield from md_fitting(parts, len(groups), MEANINGS // 2, "more rule")


def _meaning(group: Group, report: Report) -> Iterator[str]:
    first = group.first
    yield f"**{md_code(first.rule)}** {requirement(first)}"
    yield ""
    messages = [one.message for one in group.findings if one.message]
    if messages:
        yield f"- what: {md_code(messages[0])}" + (f" and {len(messages) - 1} more" if len(messages) > 1 else "")
    if first.why:
        yield f"- why: {md_prose(first.why)}"
    if first.fix:
        yield f"- fix: {md_prose(advice(first, report))}"
    yield ""


def _witnesses(groups: Sequence[Group]) -> Iterator[str]:
    shown = [finding for group in groups for finding in group.findings[:1] if finding.witness]
    for finding in shown[:_WITNESSES]:
        yield f"Witness of {md_code(finding.rule)}:"
        yield ""
        yield from md_fence(finding.witness, limit=_WITNESS_LINES, room=_WITNESS)
        yield ""
    if len(shown) > _WITNESSES:
        yield f"Witnesses of {count(len(shown) - _WITNESSES, 'more rule')}: the JSON report has them."
        yield ""


def _list(title: str, entries: Sequence[str], *, room: int = LIST) -> Iterator[str]:
    if not entries:
        return
    if title:
        yield f"**{title}**"
        yield ""
    ends = accumulate(len(entry.encode()) for entry in entries)
    shown = min(ENTRIES, sum(end <= room for end in ends))
    for entry in entries[:shown]:
        yield f"- {entry}"
    if len(entries) > shown:
        yield f"- {len(entries) - shown} more, not shown"
    yield ""


def _layers(report: Report) -> Iterator[str]:
    table = layer_table(report.weights)
    if table is None:
        return
    rows = [
        _row(("Layer", *map(md_code, table.head))),
        "| --- |" + " ---: |" * len(table.head),
        *(_row((md_code(row.label), *row.cells)) for row in table.rows),
        "",
        *(f"- {note}" for note in table.notes(md_code)),
        "",
    ]
    yield from md_folded(f"{TITLE[0].upper()}{TITLE[1:]}", rows)


def _change(change: Change) -> str:
    sides = " to ".join(md_code(side) for side in dict.fromkeys((change.baseline, change.current)) if side)
    return f"{md_code(str(change.location))}: {md_prose(change.words)}" + (f" ({sides})" if sides else "")


def _how_to_accept(report: Report) -> Iterator[str]:
    snippet = list(acceptance(report))
    if snippet:
        yield intended(report)
        yield ""
        yield from md_fence("\n".join(snippet), "yaml", room=_SNIPPET)
        yield ""
