"""A policy that asks for less: each way of it is told, no other is, and only that much may be accepted by itself."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given

from hfsemver.core.claim import Claim
from hfsemver.diff.release import compare
from hfsemver.policy.judge import FailOn
from hfsemver.policy.policy import Policy
from hfsemver.policy.weakened import weakenings
from hfsemver.rules.catalogue import catalogue
from hfsemver.workflows.judgement import judge
from hfsemver.workflows.policies import parse_policy
from tests.builders import release
from tests.property.test_reports import POLICIES

TODAY = dt.date(2026, 1, 2)
FILE = ".hfsemver.yaml"
DEFAULTS = {rule.id: (rule.level, rule.bump) for rule in catalogue()}
HEAD, NO_HEAD = {"body": "F32[8,4]", "head": "F32[8,4]"}, {"body": "F32[8,4]"}


def keys(old: str, new: str) -> list[str]:
    """Return what is weaker in one policy than in another."""
    before, after = (parse_policy(text.encode(), "test") for text in (old, new))
    return [one.key for one in weakenings(before, after, DEFAULTS)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", "promise: load\n", ["promise"]),
        ("promise: load\n", "", []),
        ("", "guard: {legal: false}\n", ["guard.legal"]),
        ("", "protected_branches: [main]\n", ["protected_branches"]),
        ("", 'protected_branches: [main, master, "release/*"]\n', []),
        ("", "eval_tolerance: 0.1\n", ["eval_tolerance"]),
        ("", "eval_tolerance: 0\n", []),
        ("", "card_sections: []\n", ["card_sections"]),
        ("", "card_sections: [description, uses]\n", []),
        ("adapter_base: true\n", "", ["adapter_base"]),
        ("fail_closed: true\n", "", ["fail_closed"]),
        ("", "fail_closed: true\n", []),
        ("hub_repo: acme/model\n", "", ["hub_repo"]),
        ("", "adapter_base: true\n", []),
        ("", "rules: {tensor-removed: allow}\n", ["rules.tensor-removed"]),
        ("", "rules: {tensor-removed: warn}\n", ["rules.tensor-removed"]),
        ("", "rules: {tensor-removed: {bump: minor}}\n", ["rules.tensor-removed"]),
        ("", "rules: {weights-corrupt: {bump: major}}\n", ["rules.weights-corrupt"]),
        ("", "rules: {token-added: deny, weights-updated: {bump: major}}\n", []),
        ("rules: {tensor-removed: allow}\n", "rules: {tensor-removed: allow}\n", []),
        ("", "ignore: [{file: 'onnx/*', reason: r}]\n", ["ignore"]),
        ("ignore: [{file: 'onnx/*', reason: r}]\n", "", []),
        ("", "accept: [{fingerprint: 0123456789abcdef, reason: r, until: 2030-01-01}]\n", []),
        ("", "kind: generative\n", ["kind"]),
    ],
)
def test_each_way_of_asking_for_less_is_told(old: str, new: str, told: list[str]) -> None:
    """An acceptance is no weakening: it is for one finding, for a time, and shown wherever it counts."""
    assert told == keys(old, new)


@given(POLICIES)
def test_a_policy_is_no_weaker_than_itself(policy: Policy) -> None:
    """Whatever it says."""
    assert [*weakenings(policy, policy, DEFAULTS)] == []


def test_a_weakening_may_be_accepted_by_the_release_that_brings_it_and_nothing_else_may() -> None:
    """Otherwise nobody could ever ask for less again, or anybody for nothing at once."""
    weaker = "rules:\n  token-added: allow\n"
    old = {**HEAD, FILE: "promise: derived\n"}
    found = judge(compare(release(old), release({**NO_HEAD, FILE: weaker})), Claim(), Policy(), FailOn.DENY, TODAY)
    prints = {finding.rule: finding.fingerprint for finding in found.findings}
    entries = ", ".join(f"{{fingerprint: {one}, reason: agreed, until: 2026-02-01}}" for one in prints.values())
    again = judge(
        compare(release(old), release({**NO_HEAD, FILE: f"{weaker}accept: [{entries}]\n"})),
        Claim(), Policy(), FailOn.DENY, TODAY,
    )  # fmt: skip

    assert set(prints) == {"policy-weakened", "tensor-removed"}
    assert [finding.rule for finding in again.findings] == ["tensor-removed"]
    assert [one.finding.rule for one in again.accepted] == ["policy-weakened"]
