"""From two releases and a claim to a report: the middle of every job."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hfsemver.core.claim import Claim
from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.finding import Level
from hfsemver.core.report import Report, Side, WeightFigures
from hfsemver.diff.files.files import ANY_SIZE, SMALL
from hfsemver.diff.files.unjudged import unjudged
from hfsemver.diff.files.unread import unread_files
from hfsemver.diff.release import ReleaseDiff
from hfsemver.diff.weights.depth import Depth
from hfsemver.policy.judge import FailOn, apply, decide
from hfsemver.rules.catalogue import catalogue
from hfsemver.rules.engine import inspect
from hfsemver.rules.rule import Stage
from hfsemver.tensors import Band

if TYPE_CHECKING:
    from datetime import date

    from hfsemver.policy.policy import Policy
    from hfsemver.releases.release import Release


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two releases to be judged, what is claimed, and how deep weights may be read."""

    baseline: Release | None
    current: Release
    claim: Claim = field(default_factory=Claim)
    depth: Depth = Depth.FULL


def judge_pair(pair: Pair, policy: Policy, fail_on: FailOn, today: date, notes: tuple[str, ...] = ()) -> Report:
    """Inspect, apply the policy, and decide; the rules about the version run once the required bump is known.

    Raises ``FormatError`` or ``SourceError`` when a release cannot be read.
    """
    diff = ReleaseDiff(baseline=pair.baseline, current=pair.current, claim=pair.claim, depth=pair.depth)
    return judge(diff, policy, fail_on, today, notes)


def judge(diff: ReleaseDiff, policy: Policy, fail_on: FailOn, today: date, notes: tuple[str, ...] = ()) -> Report:
    """Do the same with a diff that the caller goes on using."""
    # Of what consumers have: a release that is no embedding model any more has broken them all the same.
    kind = policy.kind or (diff.baseline or diff.current).kind
    # What does not count is not run either: nobody waits for it, and no fault of a file that it alone reads ends the run.
    counted = tuple(rule for rule in catalogue() if policy.counts(rule.id, rule.level, rule.promise))
    diff = diff.leaving_out(frozenset(rule.id for rule in catalogue()) - {rule.id for rule in counted})
    promises = {rule.id: rule.promise for rule in catalogue()}
    limit = ANY_SIZE if diff.depth.reads_values else SMALL
    findings, skips = inspect(diff, counted)
    judged = apply(findings, policy, promises, kind, today)
    late, late_skips = inspect(diff.requiring(judged.required), counted, Stage.VERDICT)
    judged = judged.joined(apply(late, policy, promises, kind, today))
    return Report(
        baseline=None if diff.baseline is None else _side(diff.baseline, diff.claim.baseline),
        current=_side(diff.current, diff.claim.declared),
        verdict=decide(judged, diff.claim, fail_on),
        findings=judged.findings,
        skips=tuple(
            skip
            for skip in sorted({*skips, *late_skips, *unjudged(diff.files), *unread_files(diff.files, limit)})
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
    evidence = "full" if values.bytes_read else "digest" if values.tensors and not values.unread else "header"
    return WeightFigures(
        evidence=evidence,
        tensors=diff.current.weights.count,
        changed=sum(seen.band is not Band.IDENTICAL for seen in values.tensors),
        bytes_read=values.bytes_read,
        relative_l2=values.relative_l2,
        cosine=values.cosine,
        max_abs=values.max_abs,
        changed_share=values.changed_share,
        bands=values.counts,
    )
