"""Entries of a policy that no longer do what their author meant, and those that do more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.finding import Level
from hfsemver.core.override import StaleOverride
from hfsemver.core.promise import Promise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from hfsemver.core.finding import Finding
    from hfsemver.policy.policy import Acceptance, Ignore, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a run saw: findings (accepted ones too), the paths of both releases, and the rules that judge the version.

    ``is_complete`` is false where a rule could not be evaluated or there was no baseline: then nothing is called unused.
    """

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    version_rules: Collection[str]
    is_complete: bool


def stale_overrides(policy: Policy, seen: Seen, today: date) -> Iterator[StaleOverride]:
    """Yield every acceptance that has ended or matches nothing, and every exception that matches nothing that is there."""
    for number, acceptance in enumerate(policy.accepted):
        problem = _of_acceptance(acceptance, seen, today)
        if problem:
            yield StaleOverride(pointer=f"accept[{number}]", name=acceptance.fingerprint, problem=problem)
    for number, ignore in enumerate(policy.ignores):
        problem = _of_ignore(ignore, seen)
        if problem:
            yield StaleOverride(pointer=f"ignore[{number}]", name=ignore.rule or ignore.file, problem=problem)


def policy_notes(policy: Policy, seen: Seen) -> Iterator[str]:
    """Yield what takes findings out of the judgement that its author may not have meant, and the version with them."""
    for number, ignore in enumerate(policy.ignores):
        yield from _hidden(f"ignore[{number}]", ignore, seen)
    if Promise.RELEASE in policy.switched_off:
        yield "guard.release is false, so nothing holds this release to its version number"
    for rule in sorted(seen.version_rules):
        setting = policy.rules.get(rule)
        if setting is not None and setting.level is Level.ALLOW:
            yield f"rules.{rule} is allow, so nothing holds this release to its version number in that respect"


def _of_acceptance(acceptance: Acceptance, seen: Seen, today: date) -> str:
    matches = any(finding.fingerprint == acceptance.fingerprint for finding in seen.findings)
    if not acceptance.holds(today):
        ended = f"ended on {acceptance.until.isoformat()}"
        return f"{ended}, so its finding counts again" if matches else f"{ended}: take it out of the policy"
    if not matches and seen.is_complete:
        return "matches no finding of this release: take it out once the change it accepts is published"
    return ""


def _of_ignore(ignore: Ignore, seen: Seen) -> str:
    if seen.is_complete and not any(ignore.covers(path) for path in seen.files):
        return f"matches no file of either release: {ignore.file}"
    same_rule = [finding for finding in seen.findings if finding.rule == ignore.rule]
    if same_rule and not any(map(ignore.matches, same_rule)):
        return f"matches none of the {ignore.rule} findings of this release"
    return ""


def _hidden(name: str, ignore: Ignore, seen: Seen) -> Iterator[str]:
    if ignore.rule is None and not ignore.file.strip("*") and not ignore.tensor.strip("*"):
        yield f"{name} hides every finding, so no release can fail: name a rule, a folder or a tensor"
        return
    hidden = {f.rule for f in seen.findings if f.rule in seen.version_rules and ignore.matches(f)}
    hidden |= {rule for rule in seen.version_rules if rule == ignore.rule}
    if hidden:
        yield f"{name} hides {', '.join(sorted(hidden))}, so the version itself is not judged"
