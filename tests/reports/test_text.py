"""Text for people: the form that the documentation promises, and what happens to floods and repetitions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hfsemver.core.bump import Bump
from hfsemver.core.report import Report, Side, WeightFigures
from hfsemver.core.verdict import Verdict
from hfsemver.reports.figures import figure, size, weights_line
from hfsemver.reports.lines import disarmed
from hfsemver.reports.text import PLACES, findings_only, render_human
from tests.reports.strategies import FIRST, GRANTED, QUIET, REFUSED, REMOVED

BLOCK = """\
deny[tensor-removed] requires major
  --> model-00002-of-00004.safetensors: lm_head.weight
      v1.2.0  F32[32000,4096]
      v1.3.0  -
  why: loaders fill a missing weight with random values and only warn
  fix: restore the tensor, or release 2.0.0
"""


def test_a_finding_has_the_documented_form() -> None:
    """Heading, place, both sides by their versions, why, and a fix that names the version."""
    assert BLOCK in render_human(REFUSED)


def test_the_findings_alone_are_those_of_the_report() -> None:
    """A page that shows a finding shows what a check would print, and nothing of what stands around it."""
    assert findings_only(replace(REFUSED, findings=(REMOVED,))) == BLOCK
    assert findings_only(REFUSED) in render_human(REFUSED)
    assert findings_only(QUIET) == "\n"


def test_a_message_that_says_more_is_shown() -> None:
    """A message stays away only when heading, place and sides hold all its words."""
    figures = replace(REMOVED, message="F32[32000,4096] was removed, 131 million values")
    text = render_human(replace(REFUSED, findings=(figures,)))

    assert "      F32[32000,4096] was removed, 131 million values\n" in text
    assert "was removed" not in render_human(replace(REFUSED, findings=(REMOVED,)))


def test_a_flood_stands_under_one_heading_and_is_counted() -> None:
    """A thousand findings of one rule share heading and advice; how many are not shown is said."""
    flood = tuple(replace(REMOVED, location=replace(REMOVED.location, pointer=f"h.{n}")) for n in range(1_000))
    text = render_human(replace(REFUSED, findings=flood))

    assert text.count("deny[tensor-removed]") == 1
    assert text.count("  --> ") == PLACES
    assert f"  ... and {1_000 - PLACES} more places: --format json lists all\n" in text
    assert "  # 995 more findings: --format json lists the fingerprints\n" in text


def test_what_to_paste_appears_only_where_something_stands_against_the_release() -> None:
    """A release that may go out needs no acceptance."""
    assert "accept:" in render_human(REFUSED)
    assert "accept:" not in render_human(GRANTED)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (REFUSED, "v1.2.0 (3f2a9c1b7d04) -> v1.3.0 (this folder)"),
        (FIRST, "first release: v1.0.0 (./checkpoint)"),
        (QUIET, "v1.2.0 (3f2a9c1b7d04) -> current (this folder)"),
        (replace(QUIET, baseline=Side(ref="old"), current=Side(ref="new"), verdict=Verdict(required=Bump.NONE)), "old -> new"),
        (
            replace(QUIET, current=Side(ref="@HEAD", version="1.2.0", commit="ab" * 20)),
            "@v1.2.0 (3f2a9c1b7d04) -> @HEAD (abababababab)",
        ),
        (replace(QUIET, baseline=Side(ref="."), current=Side(ref=".")), "v1.2.0 (this folder) -> current (this folder)"),
    ],
)  # fmt: skip
def test_the_two_sides_are_told_apart(given: Report, expected: str) -> None:
    """Versions name the sides where they differ, else references do; a commit stands beside its name."""
    assert render_human(given).splitlines()[0] == expected


@pytest.mark.parametrize(
    ("octets", "text"), [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (810_701_896_704, "810.7 GB")]
)
def test_sizes_are_decimal(octets: int, text: str) -> None:
    """Sizes read as they do on the Hub."""
    assert size(octets) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (0.99999, "0.99999"), (0.9999912, "0.9999912"), (0.031241, "0.03124")]
)
def test_nearly_one_is_not_one(value: float, text: str) -> None:
    """Four digits are enough, unless they would round a difference away."""
    assert figure(value) == text


def test_weights_that_were_not_compared_are_not_called_unchanged() -> None:
    """From headers alone nothing is said about values."""
    figures = WeightFigures(evidence="header", tensors=291, changed=0, bytes_read=0)

    assert weights_line(figures) == "291 tensors, values not compared"


@pytest.mark.parametrize(
    ("line", "safe"),
    [
        ("::error::x", "\\x3a:error::x"),
        (" \u3000::x", " \u3000\\x3a:x"),
        ("a ##[error]x", "a #\\x23[error]x"),
        ("##vso[x]", "#\\x23vso[x]"),
        ("deny[a::b] # ok", "deny[a::b] # ok"),
    ],
)
def test_a_line_is_no_command(line: str, safe: str) -> None:
    """What a runner would obey is written out; everything else stays as it is."""
    assert disarmed(line) == safe
