"""The report for a person at a terminal: cause, evidence, who breaks, what to do, and one last line that answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hfsemver.core.change import ChangeKind
from hfsemver.core.rule_id import VERSION_RULES
from hfsemver.reports.advice import acceptance, advice, intended, requirement
from hfsemver.reports.answer import answer
from hfsemver.reports.figures import bands_line, weights_line
from hfsemver.reports.grouping import NOUNS, by_kind, grouped
from hfsemver.reports.labels import labels, origin
from hfsemver.reports.layer_table import TITLE, layer_table
from hfsemver.reports.lines import block, count, page, plain, short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.finding import Finding
    from hfsemver.core.report import Report
    from hfsemver.reports.grouping import Group

PLACES: Final = 10
"""Places of one rule that are shown; a flood of tensors is counted, JSON lists them all."""
CHANGES: Final = 20
"""Changes of one kind that are shown."""
WITNESS_LINES: Final = 40
_FILLERS = frozenset(
    ("a", "an", "the", "is", "are", "was", "were", "has", "have", "been", "from", "to", "now", "of", "in")
)


def render_human(report: Report) -> str:
    """Return the report as text for people, without colours."""
    return page(_lines(report))


def findings_only(report: Report) -> str:
    """Return what the report says of each finding, without anything around it, for a page that shows one."""
    return page(_findings(report)).rstrip("\n") + "\n"


def render_changes(report: Report) -> str:
    """Return what the report says of the changes alone, as text for people."""
    return page((*_changes(report), *_layers(report), *_weights(report)))


def _findings(report: Report) -> Iterator[str]:
    names = labels(report)
    for group in grouped(report.findings):
        yield from _group(group, report, names)
        yield ""


def _lines(report: Report) -> Iterator[str]:
    names = labels(report)
    yield _heading(report, names)
    yield ""
    yield from _findings(report)
    yield from _changes(report)
    yield from _section("not evaluated", [f"{short(skip.rule)}: {short(skip.reason)}" for skip in report.skips])
    yield from _section("accepted", list(_accepted(report)))
    yield from _section("note", [short(note) for note in report.notes])
    yield from _layers(report)
    yield from _weights(report)
    yield from _how_to_accept(report)
    yield answer(report)


def _heading(report: Report, names: tuple[str, str]) -> str:
    sides = []
    for side, name in ((report.baseline, names[0]), (report.current, names[1])):
        if side is not None:
            place = origin(side, name)
            sides.append(f"{short(name)} ({short(place)})" if place else short(name))
    return " -> ".join(sides) if len(sides) > 1 else f"first release: {sides[0]}"


def _group(group: Group, report: Report, names: tuple[str, str]) -> Iterator[str]:
    first = group.first
    yield f"{first.level.word}[{short(first.rule)}] {requirement(first)}"
    for finding in group.findings[:PLACES]:
        yield from _place(finding, names)
    hidden = len(group.findings) - PLACES
    if hidden > 0:
        yield f"  ... and {count(hidden, 'more place')}: --format json lists all"
    if first.why:
        yield f"  why: {short(plain(first.why).rstrip('.'))}"
    if first.fix:
        yield f"  fix: {short(advice(first, report))}"


def _place(finding: Finding, names: tuple[str, str]) -> Iterator[str]:
    yield f"  --> {short(finding.location.file)}" + (
        f": {short(finding.location.pointer)}" if finding.location.pointer else ""
    )
    if finding.message and not _is_repetition(finding):
        yield f"      {short(finding.message)}"
    # A finding about the version has the two labels for sides.
    if (finding.baseline or finding.current) and finding.rule not in VERSION_RULES:
        left, right = (short(name) for name in names)
        width = max(len(left), len(right))
        if left:
            yield f"      {left:<{width}}  {short(finding.baseline) or '-'}"
        yield f"      {right:<{width}}  {short(finding.current) or '-'}"
    if finding.witness:
        yield "  witness:"
        for line in block(finding.witness, limit=WITNESS_LINES):
            yield f"      | {line}".rstrip()


def _is_repetition(finding: Finding) -> bool:
    """Tell whether heading, place and sides hold every word of the message: then it is not said twice."""
    said = (finding.rule, finding.location.file, finding.location.pointer, finding.baseline, finding.current)
    known = {word for text in said for word in _words(text)} | _FILLERS
    return bool(finding.baseline or finding.current) and set(_words(finding.message)) <= known


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _accepted(report: Report) -> Iterator[str]:
    for one in report.accepted:
        until = f" (until {short(one.until)})" if one.until else ""
        where = f"{short(one.finding.location.file)}: {short(one.finding.location.pointer)}".removesuffix(": ")
        yield f"{short(one.finding.rule)} at {where}{until}: {short(one.reason)}"


def _section(title: str, entries: list[str]) -> Iterator[str]:
    if entries:
        for entry in entries:
            yield f"{title}: {entry}"
        yield ""


def _changes(report: Report) -> Iterator[str]:
    """Yield what changed, kind by kind; one kind must not crowd the others out."""
    for kind, found in by_kind(report.changes or ()):
        yield "not compared:" if kind is ChangeKind.UNKNOWN else f"changed {NOUNS[kind]}:"
        for one in found[:CHANGES]:
            where = f"{short(one.location.file)}: {short(one.location.pointer)}".removesuffix(": ")
            sides = " -> ".join(short(side) for side in dict.fromkeys((one.baseline, one.current)) if side)
            yield f"  {where}: {short(one.words)}" + (f" ({sides})" if sides else "")
        if len(found) > CHANGES:
            yield f"  ... and {len(found) - CHANGES} more: --format json lists all"
        yield ""


def _layers(report: Report) -> Iterator[str]:
    table = layer_table(report.weights)
    if table is None:
        return
    yield f"{TITLE}:"
    first, *others = table.widths
    for label, *cells in table.grid:
        columns = (f"{cell:>{width}}" for cell, width in zip(cells, others, strict=True))
        yield "  ".join((f"  {label:<{first}}", *columns)).rstrip()
    for note in table.notes(short):
        yield f"  {note}"
    yield ""


def _weights(report: Report) -> Iterator[str]:
    if report.weights is None:
        return
    bands = bands_line(report.weights)
    yield f"weights: {short(weights_line(report.weights))}"
    if bands:
        yield f"         {short(bands)}"
    yield ""


def _how_to_accept(report: Report) -> Iterator[str]:
    snippet = tuple(acceptance(report))
    if snippet:
        yield intended(report)
        yield ""
        yield from snippet
        yield ""
