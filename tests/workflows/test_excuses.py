"""An excuse is for what it names: what the excused change would have explained is told on its own."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.core.bump import Bump
from hfsemver.core.claim import Claim
from hfsemver.diff.release import compare
from hfsemver.policy.judge import FailOn
from hfsemver.policy.policy import Policy
from hfsemver.rules.catalogue import catalogue
from hfsemver.rules.rule import Cost
from hfsemver.workflows.judgement import judge
from hfsemver.workflows.policies import parse_policy
from tests.builders import release

if TYPE_CHECKING:
    from hfsemver.core.report import Report
    from hfsemver.policy.policy import Policy as PolicyType

TODAY = dt.date(2026, 1, 2)
CONFIG = {"model_type": "bert", "vocab_size": 8}
OLD: dict[str, Any] = {"k": "F32[8,4]", "config.json": CONFIG}
NEW: dict[str, Any] = {"other": "F32[9,4]", "config.json": {**CONFIG, "vocab_size": 9}}


def judged(old: dict[str, Any], new: dict[str, Any], policy: PolicyType) -> Report:
    return judge(compare(release(old), release(new)), Claim(), policy, FailOn.DENY, TODAY)


def excuse(kind: str, report: Report, rule: str) -> PolicyType:
    """Write the policy that excuses one rule of a report."""
    fingerprint = next(finding.fingerprint for finding in report.findings if finding.rule == rule)
    text = {
        "accept": f"accept:\n  - {{fingerprint: {fingerprint}, reason: agreed, until: 2026-12-31}}\n",
        "ignore": f"ignore:\n  - {{rule: {rule}, reason: agreed}}\n",
        "bump": f"rules:\n  {rule}: {{bump: patch}}\n",
        "allow": f"rules:\n  {rule}: allow\n",
    }[kind]
    return parse_policy(text.encode(), "test")


@pytest.mark.parametrize("kind", ["accept", "ignore", "bump", "allow"])
def test_an_excused_cause_excuses_nothing_that_it_explained(kind: str) -> None:
    """One more row was agreed on; that a tensor is gone was not."""
    usual = judged(OLD, NEW, Policy())
    report = judged(OLD, NEW, excuse(kind, usual, "geometry-changed"))

    assert "tensor-removed" not in {finding.rule for finding in usual.findings}
    assert "tensor-removed" in {finding.rule for finding in report.findings}
    assert Bump.MAJOR is report.verdict.required


def test_another_model_is_still_an_update_where_its_ancestry_is_ignored() -> None:
    """Each larger word for changed values gives way to the next smaller one."""
    old, new = {"q": "F32[64,64]"}, {"q": "F32[64,64] seed=1"}
    usual = judged(old, new, Policy())
    report = judged(old, new, excuse("ignore", usual, "weights-unrelated-to-baseline"))

    assert ["weights-unrelated-to-baseline"] == [finding.rule for finding in usual.findings]
    assert ["weights-updated"] == [finding.rule for finding in report.findings]


def test_excusing_what_explains_nothing_changes_nothing_else() -> None:
    """A whole excuse leaves the rest of the report as it was."""
    old = {**OLD, "README.md": "---\nlicense: mit\n---\n"}
    new = {**NEW, "README.md": "---\nlicense: cc-by-nc-4.0\n---\n"}
    usual = judged(old, new, Policy())
    report = judged(old, new, excuse("accept", usual, "license-tightened"))

    assert [f for f in usual.findings if f.rule != "license-tightened"] == [*report.findings]


def test_weights_that_no_rule_asks_about_are_not_read() -> None:
    """Who promises nothing about values waits for none, and hears no figures of them."""
    rules = [rule.id for rule in catalogue() if rule.cost is Cost.VALUES]
    policy = parse_policy("".join(["rules:\n", *(f"  {rule}: allow\n" for rule in rules)]).encode(), "test")
    diff = compare(release({"q": "F32[64,64]"}), release({"q": "F32[64,64] seed=1"}))
    report = judge(diff, Claim(), policy, FailOn.DENY, TODAY)

    assert report.weights is None
    assert 0 == diff.evidence.bytes_read
