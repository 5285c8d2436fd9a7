"""JUnit XML: what CI servers accept, whatever characters a repository is made of, and what they show as failed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Accepted, Skip
from hfsemver.core.location import Location
from hfsemver.core.report import Report, Side
from hfsemver.core.verdict import Verdict
from hfsemver.reports.answer import answer
from hfsemver.reports.junit import PLACES, render_junit, xml_text
from tests.conftest import GOLDEN
from tests.reports.strategies import ADDED, GRANTED, HOSTILE, INVISIBLE, REFUSED, REMOVED, SAMPLES, TEXT, reports

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SCHEMA = xmlschema.XMLSchema(GOLDEN / "standards" / "junit-10.xsd")


def parsed(text: str) -> Element:
    """Read XML as a server does."""
    return ET.fromstring(text)  # noqa: S314 -- ours, and without a document type


def cases(report: Report) -> dict[str, Element]:
    """Return the test cases by name."""
    return {case.attrib["name"]: case for case in parsed(render_junit(report)).iter("testcase")}


def failed(report: Report) -> list[str]:
    """Return the names of the cases that failed, in their order."""
    return [name for name, case in cases(report).items() if case.find("failure") is not None]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_follows_the_schema(name: str) -> None:
    """Each kind of report is what Jenkins accepts."""
    SCHEMA.validate(render_junit(SAMPLES[name]))


@given(report=reports(HOSTILE | TEXT))
def test_every_report_follows_the_schema(report: Report) -> None:
    """Whatever a repository holds, also what XML has no character for, the file is valid and plain ASCII."""
    text = render_junit(report)

    SCHEMA.validate(text)
    assert text.isascii()


@given(report=reports(HOSTILE))
def test_the_totals_are_those_of_the_cases(report: Report) -> None:
    """A server that believes the attributes shows the same as one that counts."""
    suites = parsed(render_junit(report))
    (suite,) = suites
    found = list(suite.iter("testcase"))

    assert suite.attrib["tests"] == suites.attrib["tests"] == str(len(found))
    assert suite.attrib["failures"] == str(sum(case.find("failure") is not None for case in found))
    assert suite.attrib["skipped"] == str(sum(case.find("skipped") is not None for case in found))
    assert all(len(case.findall("failure")) + len(case.findall("skipped")) <= 1 for case in found)


@given(text=st.one_of(HOSTILE, TEXT))
def test_a_text_adds_no_element(text: str) -> None:
    """In an element and in an attribute, any text is one text and reads the same in both."""
    element = parsed(f'<a b="{xml_text(text)}">{xml_text(text)}</a>')

    assert len(element) == 0
    assert not INVISIBLE.search(element.text or "")
    assert (element.text or "") == element.attrib["b"]


def test_a_text_reads_as_itself() -> None:
    """What is no control character comes back as it was."""
    told = "a<b> & 'c' \"d\" ]]> \u00e9 \U0001f600 | `x` {0}"

    assert parsed(f"<a>{xml_text(told)}</a>").text == told
    assert xml_text("\x1b[2J\0\u202e\ud800\ufffe") == "\\x1b[2J\\x00\\u202e\\ud800\\ufffe"


def test_what_fails_the_run_fails_its_case() -> None:
    """The verdict, and each rule that stands against the release, with what, where, why and how to mend it."""
    case = cases(REFUSED)["tensor-removed"]
    failure = case.find("failure")

    assert failed(REFUSED) == ["verdict", "version-bump-too-small", "chat-template-render-changed", "tensor-removed"]
    assert case.attrib["classname"] == "hfsemver.weights"
    assert failure is not None
    assert failure.attrib == {"message": "F32[32000,4096] was removed", "type": "deny major"}
    assert failure.text == (
        "model-00002-of-00004.safetensors: lm_head.weight: F32[32000,4096] was removed\n"
        "  F32[32000,4096] -> -\n"
        "deny: requires major\n"
        "why: loaders fill a missing weight with random values and only warn\n"
        "fix: restore the tensor, or release 2.0.0\n"
    )


def test_what_the_version_announces_passes_and_is_told() -> None:
    """A run that ends with 0 has no failed case, and a break that is announced can still be read."""
    told = cases(GRANTED)["tensor-removed"].findtext("system-out")

    assert failed(GRANTED) == []
    assert told is not None
    assert "lm_head.weight: F32[32000,4096] was removed\n" in told


def test_a_run_that_found_nothing_has_one_case_that_passed() -> None:
    """A file without a case counts as no tests at all, which is a failure on many servers."""
    quiet = Report(baseline=None, current=Side(ref="."), verdict=Verdict(required=Bump.NONE))

    assert list(cases(quiet)) == ["verdict"]
    assert failed(quiet) == []


def test_what_was_not_evaluated_is_skipped() -> None:
    """A skip is no pass; where the rule also failed, both are told."""
    skipped = cases(REFUSED)["weights-updated"].find("skipped")
    both = replace(REFUSED, skips=(Skip(rule="tensor-removed", reason="half of it is not here"),))
    case = cases(both)["tensor-removed"]

    assert skipped is not None
    assert skipped.attrib["message"].startswith("not evaluated: model-00003-of-00004.safetensors")
    assert case.find("skipped") is None
    assert case.find("failure") is not None
    assert "half of it is not here" in (case.findtext("system-out") or "")


def test_an_acceptance_is_told_with_its_reason() -> None:
    """What a policy accepts passes, and says why."""
    accepted = (Accepted(finding=ADDED, reason="announced in March", until="2027-01-31"),)
    case = cases(replace(REFUSED, findings=(), accepted=accepted))["token-added"]

    assert case.find("failure") is None
    assert case.findtext("system-out") == (
        "accepted: tokenizer.json: added_tokens (until 2027-01-31): announced in March\n"
    )


def test_the_verdict_says_what_to_release() -> None:
    """The message of the first failure is the last line of a run; what failed stands in it."""
    failure = cases(REFUSED)["verdict"].find("failure")

    assert failure is not None
    assert failure.attrib["message"] == answer(REFUSED)
    assert failure.text == "failing: version-bump-too-small\n"


def test_a_flood_is_cut_and_counted() -> None:
    """A thousand tensors make one case of a length that a server shows."""
    flood = tuple(replace(REMOVED, location=Location(file="m.safetensors", pointer=f"h.{n}")) for n in range(1_000))
    failure = cases(replace(REFUSED, findings=flood))["tensor-removed"].find("failure")

    assert failure is not None
    assert f"... and {1_000 - PLACES} more places: --format json lists all\n" in (failure.text or "")
    assert (failure.text or "").count("was removed") == PLACES
