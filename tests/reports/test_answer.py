"""The last line: every way a run can end has a sentence that says what to do."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Skip
from hfsemver.core.report import Report, Side
from hfsemver.core.verdict import Verdict
from hfsemver.reports.answer import answer
from hfsemver.reports.report import Format, render
from tests.reports.strategies import PICKLE, REFUSED, TOO_SMALL

BASELINE = Side(ref="@v1.2.0", version="1.2.0")
SMALL = ("version-bump-too-small",)
INVALID = ("version-invalid",)
POLICY = ("pickle-introduced",)


def report(
    required: Bump,
    declared: str | None = None,
    step: Bump | None = None,
    following: str | None = "2.0.0",
    failing: tuple[str, ...] = (),
) -> Report:
    """Build a report over a baseline 1.2.0 with nothing in it but a verdict."""
    verdict = Verdict(
        required=required,
        declared_bump=step,
        declared_version=declared,
        baseline_version="1.2.0" if following else None,
        next_version=following,
        failing=failing,
    )
    return Report(baseline=BASELINE, current=Side(ref="."), verdict=verdict)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            report(Bump.MAJOR, "1.3.0", Bump.MINOR, failing=SMALL),
            "v1.3.0 declares minor, the changes require major: release 2.0.0",
        ),
        (
            report(Bump.MAJOR, "2.0.0", Bump.MAJOR),
            "v2.0.0 declares major, the changes require major: large enough",
        ),
        (
            report(Bump.NONE, "1.2.1", Bump.PATCH, "1.2.0"),
            "v1.2.1 declares patch, the changes require none: large enough",
        ),
        (
            report(Bump.MINOR, "1.2.0", Bump.NONE, "1.3.0", SMALL),
            "v1.2.0 declares no new version, the changes require minor: release 1.3.0",
        ),
        (
            report(Bump.MINOR, "1.2.0", Bump.NONE, "1.3.0"),
            "v1.2.0 declares no new version, the changes require minor: the next release is 1.3.0",
        ),
        (
            report(Bump.NONE, "1.2.0", Bump.NONE, "1.2.0"),
            "v1.2.0 declares no new version, the changes require none: large enough",
        ),
        (
            report(Bump.MINOR, following="1.3.0"),
            "no version is declared, the changes require minor: the next release is 1.3.0",
        ),
        (
            report(Bump.MINOR, following="1.3.0", failing=SMALL),
            "no version is declared, the changes require minor: release 1.3.0",
        ),
        (
            report(Bump.NONE, following="1.2.0"),
            "no version is declared, the changes require none: no release is needed",
        ),
        (
            report(Bump.MAJOR, "1.3.0", Bump.MINOR),
            "v1.3.0 declares minor, the changes require major: release 2.0.0 (reported, not enforced)",
        ),
        (
            report(Bump.MAJOR, "banana", failing=INVALID),
            "banana is no semantic version, the changes require major: release 2.0.0 instead",
        ),
        (
            report(Bump.NONE, "1.1.0", Bump.NONE, "1.2.0", INVALID),
            ("v1.1.0 declares no new version, the changes require none: declare a version above 1.2.0 instead"),
        ),
        (
            report(Bump.MAJOR, "2.0.0", Bump.MAJOR, failing=INVALID),
            ("v2.0.0 declares major, the changes require major: declare a version above 2.0.0, which is taken"),
        ),
        (
            report(Bump.NONE, following="1.3.0", failing=SMALL),
            "no version is declared, the changes require none: release 1.3.0",
        ),
        (
            report(Bump.NONE, "1.2.0", Bump.NONE, "1.2.0", SMALL),
            "v1.2.0 declares no new version, the changes require none: declare a version above 1.2.0",
        ),
        (
            report(Bump.MAJOR, "2.0.0", following=None),
            "v2.0.0 is declared, the changes require major: tag the baseline with its version to learn the next one",
        ),
        (
            report(Bump.MAJOR, "2.0.0", Bump.MAJOR, failing=POLICY),
            "v2.0.0 declares major, the changes require major: no version number excuses pickle-introduced",
        ),
        (
            report(Bump.MAJOR, "1.3.0", Bump.MINOR, failing=(*POLICY, *SMALL)),
            (
                "v1.3.0 declares minor, the changes require major: "
                "pickle-introduced has to be mended first; then release 2.0.0"
            ),
        ),
        (
            report(Bump.MAJOR, "2.0.0", Bump.MAJOR, failing=(*POLICY, *INVALID, "weights-corrupt")),
            (
                "v2.0.0 declares major, the changes require major: pickle-introduced, weights-corrupt have to be "
                "mended first; then declare a version above 2.0.0, which is taken"
            ),
        ),
    ],
)
def test_a_verdict_has_its_sentence(given: Report, sentence: str) -> None:
    """Claim, requirement and what to do, in this order and on one line."""
    assert answer(given) == sentence


@pytest.mark.parametrize(
    ("declared", "failing", "sentence"),
    [
        ("1.0.0", (), "v1.0.0 is a first release, there is no baseline to compare with: nothing stands against it"),
        (None, (), "no version is declared for a first release, there is no baseline to compare with: nothing stands against it"),
        (
            "1.0.0",
            POLICY,
            "v1.0.0 is a first release, there is no baseline to compare with: no version number excuses pickle-introduced",
        ),
        (
            "banana",
            INVALID,
            ("banana is no semantic version, there is no baseline to compare with: "
            "declare a version such as 1.0.0 instead"),
        ),
    ],
)  # fmt: skip
def test_a_first_release_says_so(declared: str | None, failing: tuple[str, ...], sentence: str) -> None:
    """Without a baseline the sentence never speaks of what changes require."""
    verdict = Verdict(required=Bump.NONE, declared_version=declared, failing=failing)

    assert answer(Report(baseline=None, current=Side(ref="."), verdict=verdict)) == sentence


def test_what_was_not_evaluated_is_said() -> None:
    """A rule that could not run is counted in the very sentence that says the version is large enough."""
    skipped = replace(
        report(Bump.NONE, "1.2.1", Bump.PATCH, "1.2.0"), skips=(Skip(rule="weights-updated", reason="x"),)
    )

    assert answer(skipped).endswith("large enough (1 rule not evaluated)")


@pytest.mark.parametrize(("required", "declared"), list(product(Bump, Bump)))
def test_only_what_is_enough_is_called_enough(required: Bump, declared: Bump) -> None:
    """For every pair of bumps the sentence agrees with the comparison of the two."""
    failing = () if declared >= required else SMALL
    sentence = answer(report(required, "9.9.9", declared, failing=failing))

    assert sentence.endswith("large enough") is (declared >= required)


@pytest.mark.parametrize("form", [Format.HUMAN, Format.AGENT])
def test_the_sentence_is_the_last_line(form: Format) -> None:
    """Text for people ends with the answer, text for agents with ``answer=`` and the same words."""
    last = render(REFUSED, form).splitlines()[-1]

    assert last.removeprefix("answer=") == answer(REFUSED)


def test_a_finding_about_the_version_is_not_its_own_cause() -> None:
    """``--quiet`` names what asks for the larger version; the complaint itself only where nothing else explains it."""
    assert "version-bump-too-small" not in render(REFUSED, Format.QUIET).split()
    alone = replace(REFUSED, findings=(TOO_SMALL,))
    assert render(alone, Format.QUIET).split() == ["version-bump-too-small"]
    both = replace(REFUSED, findings=(TOO_SMALL, PICKLE), verdict=replace(REFUSED.verdict, failing=(*POLICY, *SMALL)))
    assert render(both, Format.QUIET).split() == ["pickle-introduced"]
