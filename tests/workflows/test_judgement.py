"""What the policy leaves out, and what the release under judgement cannot choose for itself."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.bump import Bump
from hfsemver.core.claim import Claim
from hfsemver.core.errors import FormatError
from hfsemver.diff.release import compare
from hfsemver.policy.judge import FailOn
from hfsemver.policy.policy import Policy
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.rules.catalogue import catalogue
from hfsemver.workflows.judgement import judge
from hfsemver.workflows.policies import parse_policy
from tests.builders import files

if TYPE_CHECKING:
    from hfsemver.rules.rule import ExampleFiles

TODAY = dt.date(2026, 1, 2)


def side(content: ExampleFiles) -> Release:
    return Release(MemorySource(files(content)))


def test_a_release_does_not_choose_its_own_kind() -> None:
    """Vectors that consumers stored are lost, also when the release stops calling itself an embedding model."""
    old = {"a": "F32[64,64]", "config.json": {"model_type": "bert"}, "modules.json": []}
    new = {"a": "F32[64,64] seed=1 scale=1e-3", "config.json": {"model_type": "bert"}}
    report = judge(compare(baseline=side(old), current=side(new)), Claim(), Policy(), FailOn.DENY, TODAY)

    assert Bump.MAJOR is report.verdict.required


@pytest.mark.parametrize(
    ("policy", "rule", "bump"),
    [
        (b"", "embedding-space-changed", Bump.MAJOR),
        (b"kind: generative\n", "weights-updated", Bump.MINOR),
        (b"promise: load\n", "weights-updated", Bump.MINOR),
        (b"rules:\n  embedding-space-changed: allow\n", "weights-updated", Bump.MINOR),
        (b"promise: behaviour\nrules:\n  embedding-space-changed: allow\n", "weights-updated", Bump.MAJOR),
    ],
)
def test_changed_values_are_told_by_one_rule(policy: bytes, rule: str, bump: Bump) -> None:
    """Whoever promises stored vectors breaks them; for everybody else the values are other ones all the same."""
    old = {"a": "F32[64,64]", "config.json": {"model_type": "bert"}, "modules.json": []}
    new = {**old, "a": "F32[64,64] seed=1 scale=1e-3"}
    report = judge(
        compare(baseline=side(old), current=side(new)), Claim(), parse_policy(policy, "test"), FailOn.DENY, TODAY
    )

    assert [(rule, bump)] == [(finding.rule, finding.bump) for finding in report.findings]


def test_a_stop_that_replaces_another_is_told_where_the_one_that_went_is_not() -> None:
    """The rule that would tell both halves is left out, so the half of the other rule speaks for itself."""
    config = {"config.json": {"model_type": "llama"}}
    old, new = ({**config, "generation_config.json": {"eos_token_id": stop}} for stop in (1, 106))
    policy = parse_policy(b"rules:\n  stop-token-removed: allow\n", "test")
    report = judge(compare(baseline=side(old), current=side(new)), Claim(), policy, FailOn.DENY, TODAY)
    usual = judge(compare(baseline=side(old), current=side(new)), Claim(), Policy(), FailOn.DENY, TODAY)

    assert ["sampling-default-changed"] == [finding.rule for finding in report.findings]
    assert ["stop-token-removed"] == [finding.rule for finding in usual.findings]


def test_what_nothing_reads_is_a_skip() -> None:
    """The verdict stands on what was read, and says what was not."""
    old, new = ({"a": "F32[2]", "model.litertlm": data} for data in (b"one", b"two"))
    report = judge(compare(baseline=side(old), current=side(new)), Claim(), Policy(), FailOn.DENY, TODAY)

    assert ["format-removed"] == [skip.rule for skip in report.skips]


def test_a_rule_that_does_not_count_is_not_run() -> None:
    """A template that nobody judges may be malformed; the verdict about the rest stands."""
    config = {"a": "F32[2]", "config.json": {"model_type": "llama"}}
    old, new = ({**config, "tokenizer_config.json": {"chat_template": broken}} for broken in (5, 6))
    sides = compare(baseline=side(old), current=side(new))
    readers = [rule.id for rule in catalogue() if rule.area == "template"]
    allow = "".join(["rules:\n", *(f"  {rule}: allow\n" for rule in readers)]).encode()

    assert () == judge(sides, Claim(), parse_policy(allow, "test"), FailOn.DENY, TODAY).findings
    with pytest.raises(FormatError):
        judge(sides, Claim(), Policy(), FailOn.DENY, TODAY)


def test_a_policy_may_leave_out_a_rule_that_only_skips() -> None:
    """Who does not promise a format that nothing reads need not hear of it, even under --strict."""
    old, new = ({"a": "F32[2]", "model.litertlm": data} for data in (b"one", b"two"))
    sides = compare(baseline=side(old), current=side(new))
    allow = parse_policy(b"rules:\n  format-removed: allow\n", "test")

    assert ["format-removed"] == [skip.rule for skip in judge(sides, Claim(), Policy(), FailOn.DENY, TODAY).skips]
    assert () == judge(sides, Claim(), allow, FailOn.DENY, TODAY).skips
