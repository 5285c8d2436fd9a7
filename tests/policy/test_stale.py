"""Entries of a policy that no longer do what their author meant are named; the verdict does not depend on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Finding, Level
from hfsemver.core.location import Location
from hfsemver.core.promise import Promise
from hfsemver.policy.policy import Acceptance, Ignore, Policy, RuleSetting
from hfsemver.policy.stale import Seen, policy_notes, stale_overrides

TODAY = dt.date(2026, 11, 23)
GONE = Finding(
    rule="tensor-removed",
    level=Level.DENY,
    bump=Bump.MAJOR,
    message="gone",
    location=Location(file="model.safetensors", pointer="lm_head.weight"),
)
SMALL = replace(GONE, rule="version-bump-too-small", location=Location(file="README.md", pointer="version"))
SEEN = Seen(
    findings=(GONE, SMALL),
    files=("README.md", "model.safetensors"),
    version_rules=("version-bump-too-small", "version-invalid"),
    is_complete=True,
)
NAME = f"accept[0] ({GONE.fingerprint})"


def notes(policy: Policy, seen: Seen = SEEN) -> list[str]:
    """Return what is said of the entries, the stale ones first."""
    stale = [f"{entry.pointer} ({entry.name}) {entry.problem}" for entry in stale_overrides(policy, seen, TODAY)]
    return [*stale, *policy_notes(policy, seen)]


def accepting(until: dt.date, fingerprint: str = GONE.fingerprint) -> Policy:
    return Policy(accepted=(Acceptance(fingerprint=fingerprint, reason="agreed", until=until),))


def ignoring(rule: str | None = None, file: str = "*", tensor: str = "*") -> Policy:
    return Policy(ignores=(Ignore(rule=rule, file=file, tensor=tensor, reason="agreed"),))


def test_an_acceptance_that_holds_and_matches_needs_no_word() -> None:
    """Its last day included."""
    assert [] == notes(accepting(TODAY))


def test_an_acceptance_that_ended_is_named_with_its_day() -> None:
    """Whoever wonders why a release fails today reads why."""
    over = accepting(TODAY - dt.timedelta(days=1))

    assert [f"{NAME} ended on 2026-11-22, so its finding counts again"] == notes(over)
    assert [f"{NAME} ended on 2026-11-22: take it out of the policy"] == notes(over, replace(SEEN, findings=()))


def test_an_acceptance_that_matches_nothing_is_named_only_when_everything_was_seen() -> None:
    """A rule that could not be evaluated may be the one that it accepts."""
    unused = accepting(TODAY, "0" * 16)

    assert ["accept[0] (0000000000000000) matches no finding of this release"] == [
        note.partition(":")[0] for note in notes(unused)
    ]
    assert [] == notes(unused, replace(SEEN, is_complete=False))


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (ignoring("tensor-removed", "*.safetensors"), []),
        (ignoring("tensor-added"), []),
        (ignoring(file="onnx/*"), ["ignore[0] (onnx/*) matches no file of either release: onnx/*"]),
        (
            ignoring("tensor-removed", tensor="lmhead.*"),
            ["ignore[0] (tensor-removed) matches none of the tensor-removed findings of this release"],
        ),
        (
            ignoring(file="*", tensor="**"),
            ["ignore[0] hides every finding, so no release can fail: name a rule, a folder or a tensor"],
        ),
        (
            ignoring(file="*.md"),
            ["ignore[0] hides version-bump-too-small, so the version itself is not judged"],
        ),
        (
            ignoring("version-invalid"),
            ["ignore[0] hides version-invalid, so the version itself is not judged"],
        ),
    ],
)
def test_an_ignore_is_named_when_it_hides_too_much_or_nothing_that_is_there(
    policy: Policy, expected: list[str]
) -> None:
    """An entry for a rule that did not fire is a standing one and needs no word."""
    assert expected == notes(policy)


def test_allowing_a_rule_about_the_version_is_named() -> None:
    """Another rule may be allowed without a word."""
    allow = RuleSetting(level=Level.ALLOW)

    assert [] == notes(Policy(rules={"tensor-removed": allow}))
    assert ["rules.version-bump-too-small is allow"] == [
        note.partition(",")[0] for note in notes(Policy(rules={"version-bump-too-small": allow}))
    ]


def test_a_guard_that_is_lowered_over_the_version_is_named() -> None:
    """It takes the version out of the judgement as surely as allowing its rules does."""
    assert ["guard.release is false"] == [
        note.partition(",")[0] for note in notes(Policy(switched_off=frozenset({Promise.RELEASE})))
    ]
    assert [] == notes(Policy(switched_off=frozenset({Promise.CARD})))
