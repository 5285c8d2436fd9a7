"""What a program that reads words gets: enough to act on, little of everything, and only our own words to type."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from hfsemver.core.bump import Bump
from hfsemver.core.change import Change, ChangeKind
from hfsemver.core.finding import Accepted, Skip
from hfsemver.core.location import Location
from hfsemver.core.report import Side
from hfsemver.reports.agent import PLACES, render_agent
from hfsemver.reports.steps import next_steps
from tests.reports.strategies import (
    ADDED,
    COMPARED,
    FIRST,
    GRANTED,
    HOSTILE,
    QUIET,
    REFUSED,
    REMOVED,
    RENDERED,
    reports,
)

if TYPE_CHECKING:
    from hfsemver.core.report import Report

# Letters of a command line without any that a shell obeys.
TYPED = re.compile(r"[A-Za-z0-9 ,.:;()\[\]{}=+-]+")


def lines(report: Report, key: str) -> list[str]:
    """Return the values of one key."""
    return [line.removeprefix(f"{key}=") for line in render_agent(report).splitlines() if line.startswith(f"{key}=")]


def test_a_refusal_says_what_to_type() -> None:
    """First what mends it, then what explains it, then what excuses it, then what was not seen."""
    assert lines(REFUSED, "next") == [
        (
            "release 2.0.0 (version: 2.0.0 in the card, or the tag v2.0.0 on the commit); "
            "to try it: the same command with --declared 2.0.0"
        ),
        "hfsemver explain chat-template-render-changed",
        "hfsemver explain tensor-removed",
        (
            "If a finding is intended, say why in .hfsemver.yaml, by hand or with hfsemver accept (holds from the next "
            "release on; now: --config .hfsemver.yaml): accept: "
            f"[{{fingerprint: {RENDERED.fingerprint}, reason: WHY, until: YYYY-MM-DD}}]"
        ),
        "to see what is missing for the rules that were not evaluated: hfsemver doctor",
    ]


def test_where_all_is_well_there_is_nothing_to_type() -> None:
    """A release that may go out asks for nothing."""
    assert lines(GRANTED, "next") == lines(QUIET, "next") == []


def test_a_fault_that_no_version_excuses_asks_for_no_version() -> None:
    """Where only a rule without a bump fails, the number is no answer."""
    assert lines(FIRST, "next")[0] == "hfsemver explain pickle-introduced"


def test_a_change_without_a_version_names_the_one_to_come() -> None:
    """Nothing fails before something is declared; the number is told all the same."""
    verdict = replace(REFUSED.verdict, declared_version=None, declared_bump=None, failing=())
    report = replace(REFUSED, verdict=verdict, skips=(), findings=(REMOVED,))

    assert lines(report, "next") == ["when it is released, call it 2.0.0"]


def test_a_comparison_names_the_command_that_judges() -> None:
    """``hfsemver diff`` reaches no verdict, so the next step is the one that does."""
    assert lines(COMPARED, "next")[0] == "to judge the second against the first: hfsemver check SECOND --baseline FIRST"


@given(report=reports(HOSTILE))
def test_only_our_own_words_are_there_to_type(report: Report) -> None:
    """Whoever runs what it reads runs nothing that a repository, or a report of somebody else, has written."""
    assert all(TYPED.fullmatch(step) for step in next_steps(report))


@pytest.mark.parametrize("evil", ["2.0.0; rm -rf x", "2.0.0\n", "$(id)", "v2.0.0", ""])
def test_a_version_that_is_none_is_not_typed(evil: str) -> None:
    """A stored report may name anything as the next version."""
    report = replace(REFUSED, verdict=replace(REFUSED.verdict, next_version=evil))

    assert not [step for step in next_steps(report) if "--declared" in step]


def test_the_fix_names_the_version() -> None:
    """It is the same advice that people get."""
    assert "\trestore the tensor, or release 2.0.0\t" in render_agent(REFUSED)


def test_a_flood_is_cut_and_counted() -> None:
    """A report about everything is as long as a report about much, and says where the rest is."""
    text = "x" * 5_000
    findings = tuple(
        replace(finding, location=Location(file="m", pointer=f"h.{n}"), witness=text, message=text)
        for finding in (REMOVED, ADDED)
        for n in range(500)
    )
    flood = replace(
        REFUSED,
        findings=findings,
        accepted=tuple(Accepted(finding=ADDED, reason=text) for _ in range(100)),
        skips=(Skip(rule="r", reason=text),),
        notes=(text,),
        baseline=Side(ref=text),
        changes=tuple(Change(kind=ChangeKind.FILE, location=Location(file=f"{n}"), words="added") for n in range(500)),
    )
    written = render_agent(flood)

    assert lines(flood, "findings") == ["1000"]
    assert lines(flood, "findings_not_shown") == [str(1_000 - 2 * PLACES)]
    assert lines(flood, "changes_not_shown") == [str(500 - PLACES)]
    assert written.count("\nadded\t") == 0
    assert written.count("\nfile\t") == PLACES
    assert f"next=for {980 + 80 + 490} more of what was found: the same command with --format json\n" in written
    assert len(written) < 120_000


def test_the_size_of_an_ordinary_refusal_is_small() -> None:
    """Four findings with all that there is to say cost about as much as a page."""
    assert len(render_agent(REFUSED)) < 3_000
    assert REFUSED.verdict.required is Bump.MAJOR
