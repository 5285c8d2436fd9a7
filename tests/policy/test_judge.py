"""What a policy makes of findings, and what the verdict makes of both."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.bump import Bump
from hfsemver.core.claim import Claim, Origin
from hfsemver.core.finding import Finding, Level
from hfsemver.core.location import Location
from hfsemver.core.promise import Promise
from hfsemver.policy.judge import FailOn, Judged, apply, decide
from hfsemver.policy.policy import Acceptance, Ignore, Policy, RuleSetting

TODAY = dt.date(2026, 11, 23)
GONE = Finding(
    rule="tensor-removed",
    level=Level.DENY,
    bump=Bump.MAJOR,
    message="gone",
    location=Location(file="model.safetensors", pointer="lm_head.weight"),
)
UPDATED = replace(GONE, rule="weights-updated", bump=Bump.MINOR, location=Location(file="model.safetensors"))
CORRUPT = replace(GONE, rule="weights-corrupt", bump=None)
PROMISES = {
    "tensor-removed": Promise.LOAD,
    "weights-updated": Promise.LOAD,
    "license-tightened": Promise.LEGAL,
    "adapter": Promise.DERIVED,
}
FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from(sorted(PROMISES)),
    level=st.sampled_from(Level),
    bump=st.sampled_from([None, *Bump]),
    message=st.just("m"),
    location=st.builds(Location, file=st.sampled_from(["a", "b"]), pointer=st.sampled_from(["x", "y"])),
)


def judged(*findings: Finding, policy: Policy | None = None) -> Judged:
    return apply(findings, policy or Policy(), PROMISES, TODAY)


@given(st.lists(FINDINGS, max_size=6), FINDINGS)
def test_one_more_finding_never_lowers_what_is_required(findings: list[Finding], more: Finding) -> None:
    """Law 2, through the policy."""
    assert judged(*findings, more).required >= judged(*findings).required


@given(st.lists(FINDINGS, max_size=6).flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_order_does_not_matter(both: tuple[list[Finding], list[Finding]]) -> None:
    """Law 2: the join is symmetric."""
    assert judged(*both[0]).required is judged(*both[1]).required


def test_levels_and_bumps_are_set_separately() -> None:
    """One knob says how loud, the other how large."""
    quiet = Policy(rules={"tensor-removed": RuleSetting(level=Level.WARN)})
    small = Policy(rules={"tensor-removed": RuleSetting(bump=Bump.PATCH, sets_bump=True)})

    assert (Level.WARN, Bump.MAJOR) == (
        judged(GONE, policy=quiet).findings[0].level,
        judged(GONE, policy=quiet).required,
    )
    assert (Level.DENY, Bump.PATCH) == (
        judged(GONE, policy=small).findings[0].level,
        judged(GONE, policy=small).required,
    )


def test_an_allowed_rule_counts_for_nothing() -> None:
    """``allow`` takes the finding out of the report and out of the verdict."""
    assert Judged() == judged(GONE, policy=Policy(rules={"tensor-removed": RuleSetting(level=Level.ALLOW)}))


def test_a_smaller_promise_leaves_out_what_it_does_not_hold() -> None:
    """A publisher who promises loading only owes nothing to adapters."""
    adapter = replace(GONE, rule="adapter")

    assert judged(adapter).findings
    assert not judged(adapter, policy=Policy(promise=Promise.LOAD)).findings


def test_switches_turn_off_what_stands_alone() -> None:
    """Licences are looked at unless they are switched off."""
    tightened = replace(GONE, rule="license-tightened")

    assert judged(tightened, policy=Policy(promise=Promise.LOAD)).findings
    assert not judged(tightened, policy=Policy(switched_off=frozenset({Promise.LEGAL}))).findings


@pytest.mark.parametrize(
    ("policy", "bump"),
    [
        (Policy(), Bump.MINOR),
        (Policy(promise=Promise.BEHAVIOUR), Bump.MAJOR),
        (
            Policy(promise=Promise.BEHAVIOUR, rules={"weights-updated": RuleSetting(bump=Bump.MINOR, sets_bump=True)}),
            Bump.MINOR,
        ),
    ],
)
def test_changed_values_weigh_more_where_values_are_the_promise(policy: Policy, bump: Bump) -> None:
    """Promised behaviour breaks with any new value; the file has the last word."""
    assert bump is judged(UPDATED, policy=policy).required


def test_an_accepted_fingerprint_is_set_aside_until_its_day_has_passed() -> None:
    """The end date is included, and after it the finding counts again."""

    def policy(until: dt.date) -> Policy:
        return Policy(accepted=(Acceptance(fingerprint=GONE.fingerprint, reason="agreed", until=until),))

    held = judged(GONE, policy=policy(TODAY))
    over = judged(GONE, policy=policy(TODAY - dt.timedelta(days=1)))

    assert ([], "agreed") == (list(held.findings), held.accepted[0].reason)
    assert (GONE,) == over.findings


def test_globs_ignore_files_and_tensors() -> None:
    """Both globs have to match, and the reason is kept."""
    by_tensor = Policy(ignores=(Ignore(rule=None, file="*", tensor="lm_head.*", reason="head"),))
    elsewhere = Policy(ignores=(Ignore(rule=None, file="vae/*", tensor="*", reason="vae"),))

    assert "head" == judged(GONE, policy=by_tensor).accepted[0].reason
    assert (GONE,) == judged(GONE, policy=elsewhere).findings


@pytest.mark.parametrize(
    ("finding", "fail_on", "failing"),
    [
        (CORRUPT, FailOn.DENY, ("weights-corrupt",)),
        (replace(CORRUPT, level=Level.WARN), FailOn.DENY, ()),
        (replace(CORRUPT, level=Level.WARN), FailOn.WARN, ("weights-corrupt",)),
        (CORRUPT, FailOn.NEVER, ()),
        (GONE, FailOn.WARN, ()),
    ],
)
def test_what_no_version_excuses_fails_from_the_chosen_level_on(
    finding: Finding, fail_on: FailOn, failing: tuple[str, ...]
) -> None:
    """A bump is judged through the version; a fault of policy through its level."""
    verdict = decide(judged(finding), Claim(), fail_on)

    assert failing == verdict.failing
    assert verdict.ok is not bool(failing)


def test_the_next_version_follows_from_the_baseline_and_the_requirement() -> None:
    """It does not depend on what was declared."""
    claim = Claim(declared="1.0.1", origin=Origin.FLAG, baseline="1.0.0")
    verdict = decide(judged(GONE), claim, FailOn.DENY)

    assert ("2.0.0", Bump.PATCH) == (verdict.next_version, verdict.declared_bump)
    assert "1.0.0" == decide(judged(), claim, FailOn.DENY).next_version


def test_without_the_version_of_the_baseline_no_next_one_is_made_up() -> None:
    """What was declared is no advice where something is required and nothing can be counted."""
    claim = Claim(declared="1.0.1", origin=Origin.FLAG)

    assert decide(judged(GONE), claim, FailOn.DENY).next_version is None
    assert decide(judged(), claim, FailOn.DENY).next_version == "1.0.1"
