"""Put a policy over findings, and decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump, required
from hfsemver.core.finding import Accepted, Level
from hfsemver.core.promise import Promise
from hfsemver.core.rule_id import RuleId
from hfsemver.core.verdict import Verdict
from hfsemver.core.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from hfsemver.core.claim import Claim
    from hfsemver.core.finding import Finding
    from hfsemver.policy.policy import Policy

# What a larger promise makes of a rule. A policy file that names the rule wins over it.
BY_PROMISE: Mapping[Promise, Mapping[str, Bump]] = {Promise.BEHAVIOUR: {RuleId.WEIGHTS_UPDATED: Bump.MAJOR}}


class FailOn(StrEnum):
    """From which level on a finding that no version excuses fails the run."""

    DENY = "deny"
    WARN = "warn"
    NEVER = "never"

    def reached(self, level: Level) -> bool:
        """Whether a finding of the level fails the run."""
        return self is not FailOn.NEVER and level >= Level[self.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Findings that count, as the policy sees them, and those that it accepts."""

    findings: tuple[Finding, ...] = ()
    accepted: tuple[Accepted, ...] = ()

    @property
    def required(self) -> Bump:
        """The smallest bump that satisfies every finding that counts."""
        return required(finding.bump for finding in self.findings if finding.bump is not None)

    def joined(self, other: Judged) -> Judged:
        """Return both together, sorted."""
        findings = sorted((*self.findings, *other.findings), key=lambda finding: finding.order)
        return Judged(findings=tuple(findings), accepted=(*self.accepted, *other.accepted))


def apply(findings: Iterable[Finding], policy: Policy, promises: Mapping[str, Promise], today: date) -> Judged:
    """Set levels and bumps, leave out what is allowed or not promised, and set aside what is accepted or ignored.

    ``promises`` tells the promise that each rule guards. ``today`` decides which acceptances are still in force.
    """
    counted: list[Finding] = []
    accepted: list[Accepted] = []
    for finding in findings:
        if not policy.counts(finding.rule, finding.level, promises.get(finding.rule, Promise.LOAD)):
            continue
        stamped = _stamp(finding, policy)
        excuse = _excuse(stamped, policy, today)
        if excuse is None:
            counted.append(stamped)
        else:
            accepted.append(excuse)
    return Judged(findings=tuple(counted), accepted=tuple(accepted))


def _stamp(finding: Finding, policy: Policy) -> Finding:
    setting = policy.setting_of(finding.rule)
    bump = finding.bump
    if setting is not None and setting.sets_bump:
        bump = setting.bump
    elif bump is not None:
        bump = max(bump, BY_PROMISE.get(policy.promise, {}).get(finding.rule, bump))
    return replace(finding, level=policy.level_of(finding.rule, finding.level), bump=bump)


def _excuse(finding: Finding, policy: Policy, today: date) -> Accepted | None:
    if finding.rule in policy.insists:
        return None
    for acceptance in policy.accepted:
        if acceptance.fingerprint == finding.fingerprint and acceptance.holds(today):
            return Accepted(finding=finding, reason=acceptance.reason, until=acceptance.until.isoformat())
    for ignore in policy.ignores:
        if ignore.matches(finding):
            return Accepted(finding=finding, reason=ignore.reason)
    return None


def decide(judged: Judged, claim: Claim, fail_on: FailOn, insists: frozenset[str] = frozenset()) -> Verdict:
    """Compare what is required with what is declared. Findings that no version excuses fail from ``fail_on`` on.

    Those of rules that whoever asks ``insists`` on always do.
    """
    failing = {
        finding.rule
        for finding in judged.findings
        if finding.bump is None and (fail_on.reached(finding.level) or finding.rule in insists)
    }
    declared, baseline = Version.of(claim.declared), Version.of(claim.baseline)
    unversioned = any(finding.rule == RuleId.VERSION_BUMP_TOO_SMALL for finding in judged.findings)
    # Weights that changed and could not be compared require something; minor is what a change of values asks for.
    step = max(judged.required, Bump.MINOR) if unversioned and not judged.required else judged.required
    return Verdict(
        required=judged.required,
        declared_bump=declared.step_from(baseline) if declared and baseline else None,
        declared_version=claim.declared,
        baseline_version=claim.baseline,
        next_version=_next(baseline, declared, step),
        failing=tuple(sorted(failing)),
    )


def _next(baseline: Version | None, declared: Version | None, step: Bump) -> str | None:
    """Count from the baseline; without its version, what was declared will do only where nothing is required."""
    if baseline is not None:
        return str(baseline.bumped(step))
    return str(declared) if declared is not None and step is Bump.NONE else None
