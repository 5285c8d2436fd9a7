"""All formats at once: what holds for each of them, and what they looked like when somebody last read them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from hfsemver.reports.report import RENDERERS, Format, render
from tests.reports.strategies import HOSTILE, INVISIBLE, NASTY, REFUSED, SAMPLES, reports

if TYPE_CHECKING:
    from hfsemver.core.report import Report
    from tests.conftest import Golden

SUFFIXES = {
    Format.HUMAN: "human.txt",
    Format.AGENT: "agent.tsv",
    Format.JSON: "report.json",
    Format.QUIET: "quiet.txt",
    Format.MARKDOWN: "report.md",
    Format.GITHUB: "github.txt",
    Format.SARIF: "sarif",
    Format.JUNIT: "junit.xml",
}
COMMAND = re.compile(r"^\s*::|##\[|##vso\[", re.MULTILINE)


# Every command that is ours, whole: its properties hold no sign that ends them, and nothing but its data comes after.
OURS = re.compile(
    r"^(?!.*##(?:vso)?\[)::(?:(?:error|warning|notice) (?:file=(?:[^%:,\r\n]|%25|%3A|%2C)+,)?title=(?:[^%:,\r\n]|%25|%3A|%2C)+"
    r"::(?:[^%\r\n]|%25|%0A)+|group::The report|endgroup::)$",
    re.MULTILINE,
)


def assert_harmless(text: str, form: Format) -> None:
    """Nothing invisible but the tabs between columns, and no command but those that GitHub is meant to obey."""
    assert not INVISIBLE.search(text.replace("\t", "") if form is Format.AGENT else text)
    assert not COMMAND.search(OURS.sub("", text) if form is Format.GITHUB else text)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("form", Format)
def test_a_report_reads_as_it_did(name: str, form: Format, golden: Golden) -> None:
    """Each sample report gives the very bytes of its golden file."""
    golden(f"reports/{name}.{SUFFIXES[form]}", render(SAMPLES[name], form))


@given(report=reports(HOSTILE))
def test_no_format_lets_an_invisible_character_or_a_command_through(report: Report) -> None:
    """Whatever a repository calls its files, output holds no control character and no line that a runner obeys."""
    for form in Format:
        assert_harmless(render(report, form), form)


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("form", Format)
def test_a_hostile_name_is_harmless_everywhere(name: str, form: Format) -> None:
    """One name in every place that a repository controls."""
    hostile = tuple(
        replace(
            finding,
            location=replace(finding.location, file=name, pointer=name),
            baseline=name,
            current=name,
            message=name,
            witness=f"{name}\n{name}",
        )
        for finding in REFUSED.findings
    )
    assert_harmless(render(replace(REFUSED, findings=hostile, notes=(name,)), form), form)


@given(report=reports(HOSTILE))
def test_rendering_is_a_function(report: Report) -> None:
    """The same report gives the same text, the verdict is not touched, and a text ends with one line break."""
    verdict, ok = report.verdict, report.verdict.ok
    for form in Format:
        text = render(report, form)

        assert text == render(report, form)
        assert text == "" or (text.endswith("\n") and not text.endswith("\n\n"))
    assert report.verdict is verdict
    assert report.verdict.ok is ok


def test_every_format_has_its_renderer() -> None:
    """No format can be asked for that nobody writes."""
    assert set(RENDERERS) == set(Format)
