"""From what differs and a claim to a report: the middle of every job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.finding import Level
from hfsemver.core.report import Report, Side, WeightFigures
from hfsemver.policy.judge import FailOn, apply, decide
from hfsemver.rules.awaited import unjudged
from hfsemver.rules.case import VersionCase
from hfsemver.rules.catalogue import catalogue, evidence_rules, version_rules
from hfsemver.rules.engine import inspect
from hfsemver.tensors import Band

if TYPE_CHECKING:
    from datetime import date

    from hfsemver.core.claim import Claim
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.policy.policy import Policy
    from hfsemver.releases.release import Release


def judge(
    diff: ReleaseDiff, claim: Claim, policy: Policy, fail_on: FailOn, today: date, notes: tuple[str, ...] = ()
) -> Report:
    """Inspect, apply the policy, and decide; the rules about the version run once the required bump is known.

    Raises ``FormatError`` or ``SourceError`` when a release cannot be read.
    """
    # Of what consumers have: a release that is no embedding model any more has broken them all the same.
    kind = policy.kind or (diff.baseline or diff.current).kind
    # What does not count is not run either: nobody waits for it, and no fault of a file that it alone reads ends the run.
    counted = {rule.id for rule in catalogue() if policy.counts(rule.id, rule.level, rule.promise)}
    promises = {rule.id: rule.promise for rule in catalogue()}
    diff = diff.leaving_out(frozenset(promises) - counted)
    findings, skips = inspect(diff, (rule for rule in evidence_rules() if rule.id in counted))
    judged = apply(findings, policy, promises, kind, today)
    case = VersionCase(diff=diff, claim=claim, required=judged.required)
    late, late_skips = inspect(case, (rule for rule in version_rules() if rule.id in counted))
    judged = judged.joined(apply(late, policy, promises, kind, today))
    return Report(
        baseline=None if diff.baseline is None else _side(diff.baseline, claim.baseline),
        current=_side(diff.current, claim.declared),
        verdict=decide(judged, claim, fail_on),
        findings=judged.findings,
        skips=tuple(
            skip
            for skip in sorted({*skips, *late_skips, *unjudged(diff)})
            if skip.rule not in diff.left_out and policy.level_of(skip.rule, Level.WARN)
        ),
        accepted=judged.accepted,
        weights=weight_figures(diff),
        notes=notes,
    )


def _side(release: Release, version: str | None) -> Side:
    return Side(ref=release.ref, version=version, commit=release.commit)


def weight_figures(diff: ReleaseDiff) -> WeightFigures | None:
    """Return what the comparison of weights stood on and showed; ``None`` without weights in safetensors to compare."""
    if not diff.current.weights.sets:
        return None
    try:
        values = diff.values
    except EvidenceMissing:
        return None  # the rules about values are skips that say why
    read = diff.evidence.bytes_read
    evidence = "full" if read else "digest" if values.tensors and not values.unread else "header"
    return WeightFigures(
        evidence=evidence,
        tensors=diff.current.weights.count,
        changed=sum(seen.band is not Band.IDENTICAL for seen in values.tensors),
        bytes_read=read,
        relative_l2=values.relative_l2,
        cosine=values.cosine,
        max_abs=values.max_abs,
        changed_share=values.changed_share,
        bands=values.counts,
    )
