"""Markdown: whatever a repository says stands inside one code span or one fence."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from hfsemver.core.change import Change, ChangeKind
from hfsemver.core.escape import printable
from hfsemver.core.finding import Accepted
from hfsemver.core.location import Location
from hfsemver.reports.markdown import TABLE, md_code, md_fence, md_prose, render_markdown
from hfsemver.rules.catalogue import catalogue
from tests.reports.strategies import HOSTILE, NASTY, REFUSED, REMOVED, TEXT, reports

if TYPE_CHECKING:
    from markdown_it.token import Token

    from hfsemver.core.report import Report

PARSER = MarkdownIt("gfm-like", {"linkify": False})
REACHING_OUT = re.compile(r"@\w|#\d|GH-\d|://|www\.|[<>]")


def inline(tokens: list[Token]) -> list[Token]:
    """Return the parsed pieces inside paragraphs, headings and cells."""
    return [piece for token in tokens if token.type == "inline" for piece in token.children or ()]


@given(text=HOSTILE)
def test_a_cell_is_exactly_one_code_span(text: str) -> None:
    """Between two bars, any text parses as one code span and does not end the cell."""
    table = f"| a | b |\n| --- | --- |\n| {md_code(text)} | end |\n"
    tokens = PARSER.parse(table)
    row = [token for token in tokens if token.type == "inline"][2:]

    assert len(row) == 2
    assert row[1].content == "end"
    kinds = [piece.type for piece in row[0].children or ()]
    assert kinds == (["code_inline"] if text else ["text"])


@given(text=HOSTILE)
def test_a_code_span_says_what_the_text_says(text: str) -> None:
    """In a table, an escaped text of ordinary length reads as itself."""
    if not text or len(text) > 100 or not text.strip() or "\\|" in text:
        return
    tokens = PARSER.parse(f"| a |\n| --- |\n| {md_code(text)} |\n")
    pieces = [token for token in tokens if token.type == "inline"][1].children or []

    assert [piece.content for piece in pieces] == [printable(text)]


@given(text=HOSTILE)
def test_a_fence_holds_its_text(text: str) -> None:
    """A witness, whatever it says, is one code block."""
    tokens = PARSER.parse("\n".join(md_fence(text)))

    assert [token.type for token in tokens] == ["fence"]


@given(text=HOSTILE)
def test_prose_is_plain_text_or_code(text: str) -> None:
    """A sentence of advice cannot become markup either, not even from a report that somebody else wrote."""
    tokens = PARSER.parse(f"- why: {md_prose(text)}\n")

    assert {piece.type for piece in inline(tokens)} <= {"text", "code_inline"}
    assert not REACHING_OUT.search("".join(piece.content for piece in inline(tokens) if piece.type == "text"))


@given(report=reports(HOSTILE | TEXT))
def test_nothing_outside_code_reaches_out(report: Report) -> None:
    """No HTML, no mention, no reference to an issue and no address stands outside code, in any report."""
    tokens = PARSER.parse(render_markdown(report))
    pieces = inline(tokens)

    assert not [token for token in tokens if token.type == "html_block"]
    assert {piece.type for piece in pieces} <= {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
    assert not REACHING_OUT.search("\n".join(piece.content for piece in pieces if piece.type == "text"))


@pytest.mark.parametrize("name", NASTY)
def test_every_row_has_as_many_cells_as_the_head(name: str) -> None:
    """A name cannot add a column to the table or end it."""
    finding = replace(REMOVED, location=replace(REMOVED.location, pointer=name), baseline=name, current=name)
    tokens = PARSER.parse(render_markdown(replace(REFUSED, findings=(finding, finding))))
    cells = [token.type for token in tokens if token.type in ("th_open", "td_open")]

    assert cells.count("th_open") == 5
    assert cells.count("td_open") == 10


def test_a_flood_is_cut_and_counted() -> None:
    """Thousands of findings with the longest of names fit a comment, and it says how many are not shown."""
    flood = tuple(
        replace(REMOVED, location=replace(REMOVED.location, file="\U0001f600" * 500, pointer=f"{n}" * 500))
        for n in range(3_000)
    )
    text = render_markdown(replace(REFUSED, findings=flood))
    shown = sum(line.startswith("| deny") for line in text.splitlines())

    assert 0 < shown < 3_000
    assert f"{3_000 - shown} more findings not shown" in text
    assert len(text) < 65_536
    assert sum(len(line.encode()) for line in text.splitlines() if line.startswith("| deny")) <= TABLE


def test_the_most_severe_comes_first() -> None:
    """The order of the table is that of severity, whatever order the report has."""
    text = render_markdown(replace(REFUSED, findings=tuple(reversed(REFUSED.findings))))
    rows = [line for line in text.splitlines() if line.startswith(("| deny", "| warn"))]

    assert "version-bump-too-small" in rows[0]
    assert "token-added" in rows[-1]


def test_the_largest_report_fits_a_comment() -> None:
    """Every rule fires, every list is full, every text is long: still under the limit of a comment on GitHub."""
    long = "`|" * 5_000
    findings = tuple(
        replace(
            REMOVED,
            rule=rule.id,
            bump=rule.bump,
            level=rule.level,
            why=rule.why,
            fix=rule.fix,
            location=Location(file=long, pointer=str(number)),
            message=long,
            baseline=long,
            current=long,
            witness="\n".join([long] * 100),
        )
        for rule in catalogue()
        for number in range(20)
    )
    full = replace(
        REFUSED,
        findings=findings,
        notes=(long,) * 100,
        skips=REFUSED.skips * 100,
        accepted=tuple(Accepted(finding=finding, reason=long) for finding in findings),
        verdict=replace(REFUSED.verdict, failing=tuple(rule.id for rule in catalogue())),
    )
    # A comparison without a verdict accepts nothing and has nothing to paste.
    compared = replace(
        full,
        accepted=(),
        verdict=replace(full.verdict, failing=()),
        changes=tuple(
            Change(kind=kind, location=Location(file=long, pointer=long), words=long, baseline=long, current=long)
            for kind in ChangeKind
            for _ in range(100)
        ),
    )

    assert len(render_markdown(full)) < 65_536
    assert len(render_markdown(compared)) < 65_536
