"""Markdown: whatever a repository says stands inside one code span or one fence."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from hfsemver.core.change import Change, ChangeKind
from hfsemver.core.escape import printable
from hfsemver.core.finding import Accepted, Skip
from hfsemver.core.location import Location
from hfsemver.reports.markdown import COMMENT, OPEN, TABLE, render_markdown
from hfsemver.reports.markup import md_code, md_fence, md_folded, md_prose
from hfsemver.rules.catalogue import catalogue
from tests.reports.strategies import HOSTILE, NASTY, REFUSED, REMOVED, TEXT, reports

if TYPE_CHECKING:
    from markdown_it.token import Token

    from hfsemver.core.report import Report

PARSER = MarkdownIt("gfm-like", {"linkify": False})
REACHING_OUT = re.compile(r"@\w|#\d|GH-\d|://|www\.|[<>]")


FOLD = re.compile(r"<details><summary>[A-Za-z0-9 ,]+</summary>\n?")
LONG = (
    st.sampled_from(NASTY)
    | st.sampled_from(["`|" * 5_000, "\U000e0041" * 300, "\U0001f600" * 300, "\n" * 300, "| `" * 200 + "\\|" * 200])
    | st.text(min_size=200, max_size=400)
)


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
    """No HTML but our folds, no mention, no reference to an issue and no address stands outside code, in any report."""
    tokens = PARSER.parse(render_markdown(report))
    pieces = inline(tokens)
    html = [token for token in tokens if token.type == "html_block"]

    assert all(FOLD.fullmatch(token.content) for token in html[::2])
    assert all(token.content == "</details>\n" for token in html[1::2])
    assert len(html) % 2 == 0
    assert not any(token.level for token in html)
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


@given(report=reports(LONG), times=st.integers(1, 60))
def test_every_report_fits_a_comment(report: Report, times: int) -> None:
    """However long each text is and however many there are, a comment holds the whole report."""
    many = replace(
        report,
        findings=tuple(
            replace(finding, rule=f"{finding.rule}{number}") for finding in report.findings for number in range(times)
        ),
        skips=report.skips * times,
        accepted=report.accepted * times,
        notes=report.notes * times,
        verdict=replace(report.verdict, failing=report.verdict.failing * times),
        changes=None if report.changes is None else report.changes * times,
    )

    assert len(render_markdown(many)) < COMMENT


def test_a_fold_needs_a_click_and_holds_markdown() -> None:
    """Empty lines around it make what is inside Markdown again; without anything inside there is none."""
    assert list(md_folded("Notes", ["- a"])) == ["<details><summary>Notes</summary>", "", "- a", "</details>", ""]
    assert list(md_folded("Notes", [])) == []


def test_what_decides_is_open_and_what_explains_is_folded() -> None:
    """Verdict, table, what was not evaluated and what was accepted need no click; witnesses, notes and the snippet do."""
    lines = render_markdown(REFUSED).splitlines()
    hidden, depth = [], 0
    for line in lines:
        depth += line.startswith("<details>")
        hidden.append(bool(depth))
        depth -= line == "</details>"
    shown = "\n".join(line for line, away in zip(lines, hidden, strict=True) if not away)
    folded = "\n".join(line for line, away in zip(lines, hidden, strict=True) if away)

    assert shown.startswith("### hfsemver: `v1.3.0` declares minor, the changes require major: release `2.0.0`")
    for text in (
        "| deny `tensor-removed` |",
        "**`tensor-removed`** requires major",
        "**Not evaluated**",
        "**Accepted**",
    ):
        assert text in shown
    for text in ("Witness of `chat-template-render-changed`:", "is a pre-release", "accept:"):
        assert text in folded
        assert text not in shown


def test_only_the_most_severe_rules_are_explained_without_a_click() -> None:
    """A dozen rules do not push the rest of the report out of sight."""
    many = tuple(replace(REMOVED, rule=f"rule-{number:02}") for number in range(12))
    before, _, after = render_markdown(replace(REFUSED, findings=many)).partition(
        "<details><summary>7 more rules</summary>"
    )

    assert before.count("- why: ") == OPEN
    assert after.partition("</details>")[0].count("- why: ") == 12 - OPEN


def test_the_most_severe_comes_first() -> None:
    """The order of the table is that of severity, whatever order the report has."""
    text = render_markdown(replace(REFUSED, findings=tuple(reversed(REFUSED.findings))))
    rows = [line for line in text.splitlines() if line.startswith(("| deny", "| warn"))]

    assert "version-bump-too-small" in rows[0]
    assert "token-added" in rows[-1]


@pytest.mark.parametrize(
    "long", ["`|" * 5_000, "`" * 400, "|" * 130 + "\0" * 30, "\U000e0041" * 400, ("x" * 300 + "\n") * 9]
)
def test_the_largest_report_fits_a_comment(long: str) -> None:
    """Every rule fires, every list is full, every text is long: still under the limit of a comment on GitHub."""
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
        skips=(Skip(rule=long, reason=long),) * 100,
        accepted=tuple(Accepted(finding=finding, reason=long, until=long) for finding in findings),
        verdict=replace(REFUSED.verdict, declared_version=long, failing=tuple(rule.id for rule in catalogue())),
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

    assert len(render_markdown(full)) < COMMENT
    assert len(render_markdown(compared)) < COMMENT
