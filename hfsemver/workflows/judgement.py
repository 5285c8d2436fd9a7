"""From what differs and a claim to a report: the middle of every job."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hfsemver.core.finding import Level
from hfsemver.core.report import Report, Side
from hfsemver.core.rule_id import UPDATE_RULES, VERSION_RULES, RuleId
from hfsemver.policy.judge import FailOn, Judged, apply, decide
from hfsemver.policy.stale import policy_notes, stale_overrides
from hfsemver.rules.case import VersionCase
from hfsemver.rules.catalogue import catalogue, evidence_rules, last_rules, version_rules
from hfsemver.rules.engine import inherited, inspect
from hfsemver.rules.rule import Cost
from hfsemver.rules.unjudged import unjudged
from hfsemver.workflows.policies import brought_policy, seen_by
from hfsemver.workflows.weight_figures import weight_figures

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from hfsemver.core.claim import Claim
    from hfsemver.core.finding import Finding, Skip
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.policy.policy import Policy
    from hfsemver.releases.release import Release
    from hfsemver.rules.rule import Rule


def judge(
    diff: ReleaseDiff,
    claim: Claim,
    policy: Policy,
    fail_on: FailOn,
    today: date,
    notes: tuple[str, ...] = (),
    *,
    detailed: bool = False,
    overrides: bool = False,
) -> Report:
    """Inspect, apply the policy, and decide; the rules about the version run once the required bump is known.

    The figures of the weights are ``detailed`` where they are asked for module by module and tensor by tensor, and the
    ``overrides`` of the policy are held against the release where that is asked for.
    Raises ``FormatError`` or ``SourceError`` when a release cannot be read.
    """
    diff = diff.of_kind(policy.kind).asking(policy.asked)
    # What does not count is not run either: nobody waits for it, and no fault of a file that it alone reads ends the run.
    rules = tuple(rule for rule in catalogue() if policy.counts(rule.id, rule.level, rule.promise))
    counted = {rule.id for rule in rules}
    promises = {rule.id: rule.promise for rule in catalogue()}
    uncounted = frozenset(promises) - counted

    def judged_without(silent: frozenset[str]) -> tuple[ReleaseDiff, Judged, tuple[Skip, ...]]:
        view = diff.leaving_out(uncounted | silent)
        findings, skips = inspect(view, (rule for rule in evidence_rules() if rule.id in counted))
        return view, apply(findings, policy, promises, today), skips

    view, judged, skips = judged_without(frozenset())
    silent = excused(judged, rules)
    while silent:
        # An excuse is for one finding, not for all that it explains: those are told, and may be excused themselves.
        view, judged, skips = judged_without(silent)
        more = silent | excused(judged, rules)
        if more == silent:
            break
        silent = more
    old = inherited(view, (rule for rule in evidence_rules() if rule.id in counted))
    if old:
        notes = (
            *notes,
            f"the baseline has these faults as well, so they are not held against this release: {', '.join(old)}",
        )
    brought, weakened = brought_policy(diff)
    case = VersionCase(diff=view, claim=claim, required=judged.required, weakened=weakened)
    late, late_skips = inspect(case, (rule for rule in version_rules() if rule.id in counted))
    judged = judged.joined(apply(late, _accepting_itself(policy, brought, late), promises, today))
    told = tuple(
        skip
        for skip in sorted({*skips, *late_skips, *unjudged(view)})
        if skip.rule not in uncounted and policy.level_of(skip.rule, Level.WARN)
    )
    if overrides:
        seen = seen_by(diff, judged, is_complete=not told)
        case = replace(case, overrides=tuple(stale_overrides(policy, seen, today)))
        last, _ = inspect(case, (rule for rule in last_rules() if rule.id in counted))
        judged = judged.joined(apply(last, policy, promises, today))
        notes = (*notes, *policy_notes(policy, seen))
    return Report(
        baseline=None if diff.baseline is None else _side(diff.baseline, claim.baseline),
        current=_side(diff.current, claim.declared),
        verdict=decide(judged, claim, fail_on, policy.insists),
        findings=judged.findings,
        skips=told,
        accepted=judged.accepted,
        weights=weight_figures(view, detailed=detailed) if any(rule.cost is Cost.VALUES for rule in rules) else None,
        notes=notes,
    )


def are_weights_unread(diff: ReleaseDiff, report: Report) -> bool:
    """Whether weights changed and nobody could say how far: they may have been trained, and no patch says so."""
    return diff.weights_changed and any(skip.rule in UPDATE_RULES for skip in report.skips)


def _accepting_itself(policy: Policy, brought: Policy, findings: Iterable[Finding]) -> Policy:
    """Return the policy with what the release accepts of the weakening that it brings, and of nothing else.

    The weaker policy holds from the next release on, so that nothing of this one is silenced by it.
    """
    own = {finding.fingerprint for finding in findings if finding.rule == RuleId.POLICY_WEAKENED}
    return replace(policy, accepted=(*policy.accepted, *(one for one in brought.accepted if one.fingerprint in own)))


def excused(judged: Judged, rules: Iterable[Rule[Any]]) -> frozenset[str]:
    """Return the causes that the policy accepts, ignores or makes smaller, in whole or in part."""
    accepted = {one.finding.rule for one in judged.accepted}
    own = {rule.id: rule.bump for rule in rules}
    lowered = {
        finding.rule
        for finding in judged.findings
        if finding.bump is not None and (default := own.get(finding.rule)) is not None and finding.bump < default
    }
    return frozenset({*RuleId} & (accepted | lowered)) - VERSION_RULES


def _side(release: Release, version: str | None) -> Side:
    return Side(ref=release.ref, version=version, commit=release.commit)
