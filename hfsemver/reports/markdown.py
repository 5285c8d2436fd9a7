"""The report as GitHub Flavored Markdown for a pull request or a step summary.

Every text that is not ours stands in a code span or a fence: there it is no HTML, no mention, no link and no table.
https://github.github.com/gfm/#code-spans and #tables-extension-
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from hfsemver.core.change import ChangeKind
from hfsemver.core.escape import clipped
from hfsemver.reports.advice import acceptance, advice, intended, requirement
from hfsemver.reports.answer import answer
from hfsemver.reports.figures import weights_line
from hfsemver.reports.grouping import NOUNS, by_kind, grouped
from hfsemver.reports.labels import labels, origin
from hfsemver.reports.layer_table import TITLE, layer_table
from hfsemver.reports.lines import block, count, page, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hfsemver.core.change import Change
    from hfsemver.core.finding import Finding
    from hfsemver.core.report import Report
    from hfsemver.reports.grouping import Group

TABLE: Final = 20_000
MEANINGS: Final = 20_000
"""Bytes of the table and of what is said about its rules; a comment on GitHub holds 65,536 characters in all."""
CHANGES: Final = 1_200
"""Bytes of the changes of one kind."""
ENTRIES: Final = 10
_SHOWN = 160
_WITNESSES = 2
_WITNESS_LINES = 20
# Prose of ours: no markup, no mention, no reference to an issue or commit, no address.
_PLAIN = re.compile(r"(?!.*(?:://|www\.|GH-))[A-Za-z0-9 ,.;:()'/+=-]*")


def md_code(text: str) -> str:
    r"""Return untrusted text as one code span that holds in a paragraph, a heading and the cell of a table.

    A bar is written ``\|`` (the one escape that tables know inside code); behind a backslash, where parsers
    disagree about that, it is written out as ``\x7c``. Empty text becomes a dash, because there is no empty span.

    >>> md_code("a`b")
    '``a`b``'
    """
    shown = clipped(text, _SHOWN)
    if not shown:
        return "-"
    shown = shown.replace("\\|", "\\\\x7c").replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    # One space on each side is not content: https://spec.commonmark.org/0.31.2/#code-spans
    padded = shown.startswith(("`", " ")) or shown.endswith(("`", " "))
    return f"{fence} {shown} {fence}" if padded and shown.strip() else f"{fence}{shown}{fence}"


def md_fence(text: str, language: str = "", *, limit: int = 100) -> Iterator[str]:
    """Yield untrusted text of several lines as a fenced block whose fence is longer than any run inside."""
    lines = list(block(text, limit=limit))
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}{language}"
    yield from lines
    yield fence


def render_markdown(report: Report) -> str:
    """Return the report as Markdown without raw HTML; what does not fit is counted."""
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
    yield from _list("Not evaluated", [f"{md_code(skip.rule)}: {md_code(skip.reason)}" for skip in report.skips])
    yield from _list("Accepted", list(_accepted(report)))
    yield from _list("Notes", [md_code(note) for note in report.notes])
    yield from _layers(report)
    if report.weights is not None:
        yield f"Weights: {md_code(weights_line(report.weights))}"
        yield ""
    yield from _how_to_accept(report)


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
    yield from _fitting(rows, len(report.findings), TABLE, "more finding")
    yield from _fitting((tuple(_meaning(group, report)) for group in groups), len(groups), MEANINGS, "more rule")
    yield from _witnesses(groups)


def _fitting(parts: Iterable[tuple[str, ...]], total: int, limit: int, noun: str) -> Iterator[str]:
    """Yield the lines of as many parts as fit into ``limit`` bytes, then how many of the ``total`` did not."""
    shown = room = 0
    last = ""
    for shown, part in enumerate(parts):  # noqa: B007 -- counts what was shown when the loop is left
        room += sum(len(line.encode()) for line in part)
        if room > limit:
            break
        yield from part
        last = part[-1]
    else:
        shown = total
    if last:
        yield ""
    if shown < total:
        yield f"{count(total - shown, noun)} not shown, the most severe are: the JSON report lists all."
        yield ""


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


def md_prose(text: str) -> str:
    """Return a sentence as prose where nothing in it can be markup; its own code spans stay, all else becomes code."""
    text = plain(text)
    pieces = text.split("`")
    if len(pieces) % 2 == 0 or any(not _PLAIN.fullmatch(piece) for piece in pieces[::2]):
        return md_code(text)
    return "".join(md_code(piece) if index % 2 else piece for index, piece in enumerate(pieces))


def _witnesses(groups: Sequence[Group]) -> Iterator[str]:
    shown = [finding for group in groups for finding in group.findings[:1] if finding.witness]
    for finding in shown[:_WITNESSES]:
        yield f"Witness of {md_code(finding.rule)}:"
        yield ""
        yield from md_fence(finding.witness, limit=_WITNESS_LINES)
        yield ""


def _list(title: str, entries: Sequence[str], *, room: int = 1 << 20) -> Iterator[str]:
    if not entries:
        return
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
    yield f"**{TITLE[0].upper()}{TITLE[1:]}**"
    yield ""
    yield _row(("Layer", *map(md_code, table.head)))
    yield "| --- |" + " ---: |" * len(table.head)
    yield from (_row((md_code(row.label), *row.cells)) for row in table.rows)
    yield ""
    for note in table.notes(md_code):
        yield f"- {note}"
    yield ""


def _change(change: Change) -> str:
    sides = " to ".join(md_code(side) for side in dict.fromkeys((change.baseline, change.current)) if side)
    return f"{md_code(str(change.location))}: {md_prose(change.words)}" + (f" ({sides})" if sides else "")


def _accepted(report: Report) -> Iterator[str]:
    for one in report.accepted:
        until = f" (until {md_code(one.until)})" if one.until else ""
        yield f"{md_code(one.finding.rule)} at {md_code(str(one.finding.location))}{until}: {md_code(one.reason)}"


def _how_to_accept(report: Report) -> Iterator[str]:
    snippet = list(acceptance(report))
    if snippet:
        yield intended(report)
        yield ""
        yield from md_fence("\n".join(snippet), "yaml")
        yield ""
