"""Workflow commands: the limits of GitHub, its escapes, and what it is told to mark."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Level, Skip
from hfsemver.core.location import Location
from hfsemver.reports.answer import answer
from hfsemver.reports.github import SHOWN, render_github, workflow_command
from hfsemver.reports.text import render_human
from tests.reports.strategies import ADDED, GRANTED, HOSTILE, PICKLE, REFUSED, REMOVED, reports

if TYPE_CHECKING:
    from hfsemver.core.report import Report

ANNOTATION = re.compile(r"::(?P<kind>error|warning|notice) (?P<properties>[^:]*)::(?P<data>.*)")


def decoded(line: str) -> tuple[str, dict[str, str], str]:
    """Read a command as the runner does: properties end at the next colons, and escapes are undone last.

    https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
    """
    name, _, data = line.removeprefix("::").partition("::")
    word, _, given = name.partition(" ")
    pairs = (pair.partition("=") for pair in given.split(",") if pair)
    return word, {key: _undone(value, {"%2C": ",", "%3A": ":"}) for key, _, value in pairs}, _undone(data, {})


def _undone(text: str, more: dict[str, str]) -> str:
    for escape, sign in {"%0D": "\r", "%0A": "\n", **more, "%25": "%"}.items():
        text = text.replace(escape, sign)
    return text


def marks(report: Report, kind: str) -> list[tuple[dict[str, str], str]]:
    """Return properties and text of the annotations of one kind."""
    lines = [line for line in render_github(report).splitlines() if ANNOTATION.fullmatch(line)]
    return [(given, data) for word, given, data in map(decoded, lines) if word == kind]


@given(message=st.text(), file=st.text(min_size=1), title=st.text(min_size=1))
def test_a_command_says_what_it_was_given(message: str, file: str, title: str) -> None:
    """Whatever the text, one line comes out, and the runner reads from it exactly what went in."""
    line = workflow_command("error", message, file=file, title=title)

    assert "\n" not in line
    assert "\r" not in line
    assert decoded(line) == ("error", {"file": file, "title": title}, message)


def test_a_property_without_a_value_is_left_out() -> None:
    """A finding about no file is no finding about a file without a name."""
    assert workflow_command("notice", "x", file="", title="t") == "::notice title=t::x"
    assert workflow_command("endgroup", "") == "::endgroup::"


@given(report=reports(HOSTILE))
def test_there_are_as_many_commands_as_we_make(report: Report) -> None:
    """At most ten annotations of a kind, and one group around the text: no name of a file or tensor adds a command."""
    lines = [line for line in render_github(report).split("\n") if line.lstrip().startswith("::")]
    words = [decoded(line)[0] for line in lines]

    assert all(words.count(kind) <= SHOWN for kind in ("error", "warning", "notice"))
    assert words.count("group") == words.count("endgroup") == 1
    assert {*words} <= {"error", "warning", "notice", "group", "endgroup"}


def test_what_fails_the_run_is_an_error_on_its_file() -> None:
    """File, title and text of an annotation say where, what and how to mend it."""
    found = marks(REFUSED, "error")

    assert [given["title"].split()[0] for given, _ in found] == [
        "version-bump-too-small",
        "chat-template-render-changed",
        "tensor-removed",
    ]
    assert found[-1] == (
        {"file": "model-00002-of-00004.safetensors", "title": "tensor-removed requires major"},
        "lm_head.weight: F32[32000,4096] was removed\nfix: restore the tensor, or release 2.0.0",
    )


def test_a_break_that_the_version_announces_is_a_notice() -> None:
    """A run that ends with 0 has no red annotation."""
    assert marks(GRANTED, "error") == marks(GRANTED, "warning") == []
    assert len(marks(GRANTED, "notice")) == 2


def test_a_break_that_nobody_has_numbered_yet_is_a_warning() -> None:
    """Without a declared version the run passes, and the change is still told louder than one that is announced."""
    undeclared = replace(REFUSED.verdict, declared_version=None, declared_bump=None, failing=())
    report = replace(REFUSED, findings=(REMOVED,), skips=(), verdict=undeclared)

    assert len(marks(report, "warning")) == 1
    assert marks(report, "error") == []


@pytest.mark.parametrize("level", [Level.WARN, Level.DENY])
def test_a_rule_that_fails_the_run_is_an_error_at_any_level(level: Level) -> None:
    """``--fail-on warn`` makes errors of warnings."""
    report = replace(
        REFUSED, findings=(replace(PICKLE, level=level),), verdict=replace(REFUSED.verdict, failing=(PICKLE.rule,))
    )

    assert len(marks(report, "error")) == 1


def test_an_allowed_finding_is_a_notice() -> None:
    """What the policy turned down to ``allow`` warns of nothing."""
    allowed = replace(ADDED, level=Level.ALLOW, bump=Bump.MAJOR)

    assert len(marks(replace(REFUSED, findings=(allowed,)), "notice")) == 1


def test_a_flood_keeps_its_most_severe_and_counts_the_rest() -> None:
    """Nine annotations and one that counts: the runner would drop the eleventh without a word."""
    flood = tuple(
        replace(finding, location=Location(file=f"{n:02}.json", pointer="x"))
        for finding in (replace(REMOVED, bump=Bump.MINOR), REMOVED)
        for n in range(30)
    )
    verdict = replace(REFUSED.verdict, declared_bump=Bump.NONE, failing=("version-bump-too-small",))
    found = marks(replace(REFUSED, findings=flood, verdict=verdict), "error")

    assert len(found) == SHOWN
    assert {given["title"] for given, _ in found[:-1]} == {"tensor-removed requires major"}
    assert found[-1][0] == {"title": "hfsemver: 51 more findings"}


def test_exactly_ten_are_all_shown() -> None:
    """A count takes the place of an annotation only where it has something to count."""
    ten = tuple(replace(REMOVED, location=Location(file=f"{n:02}.json")) for n in range(10))

    assert len({given["file"] for given, _ in marks(replace(REFUSED, findings=ten), "error")}) == 10


def test_findings_of_a_rule_in_a_file_share_an_annotation() -> None:
    """They would all stand at its first line, and take the room of others."""
    many = tuple(replace(REMOVED, location=replace(REMOVED.location, pointer=f"h.{n}")) for n in range(7))
    ((_, text),) = marks(replace(REFUSED, findings=many), "error")

    assert text.count("was removed") == 5
    assert "... and 2 more places\n" in text


def test_what_was_not_evaluated_is_the_first_warning() -> None:
    """No flood of warnings hides that something was not looked at."""
    warnings = tuple(replace(ADDED, location=Location(file=f"{n}.json")) for n in range(20))
    skips = tuple(Skip(rule=f"rule-{n}", reason="the LFS object is not here") for n in range(7))
    found = marks(
        replace(REFUSED, findings=warnings, skips=skips, verdict=replace(REFUSED.verdict, declared_bump=None)),
        "warning",
    )

    assert len(found) == SHOWN
    assert found[0][0] == {"title": "hfsemver: 7 rules not evaluated"}
    assert "... and 2 more" in found[0][1]
    assert found[-1][0] == {"title": "hfsemver: 12 more findings"}


def test_the_log_has_the_whole_text_and_ends_with_the_answer() -> None:
    """What annotations leave out is in the log, and its last line is that of every run."""
    text = render_github(REFUSED)

    assert f"::group::The report\n{render_human(REFUSED)}::endgroup::\n" in text
    assert text.endswith(f"::endgroup::\n{answer(REFUSED)}\n")
