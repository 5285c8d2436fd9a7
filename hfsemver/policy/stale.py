"""Entries of a policy that no longer do what their author meant, as sentences. Nothing here changes a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.finding import Level
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


def policy_notes(policy: Policy, seen: Seen, today: date) -> Iterator[str]:
    """Yield what has ended, what matches nothing, and what takes the version out of the judgement."""
    for number, acceptance in enumerate(policy.accepted):
        yield from _acceptance(f"accept[{number}] ({acceptance.fingerprint})", acceptance, seen, today)
    for number, ignore in enumerate(policy.ignores):
        yield from _ignore(f"ignore[{number}]", ignore, seen)
    if Promise.RELEASE in policy.switched_off:
        yield "guard.release is false, so nothing holds this release to its version number"
    for rule in sorted(seen.version_rules):
        setting = policy.rules.get(rule)
        if setting is not None and setting.level is Level.ALLOW:
            yield f"rules.{rule} is allow, so nothing holds this release to its version number in that respect"


def _acceptance(name: str, acceptance: Acceptance, seen: Seen, today: date) -> Iterator[str]:
    matches = any(finding.fingerprint == acceptance.fingerprint for finding in seen.findings)
    if not acceptance.holds(today):
        ended = f"{name} ended on {acceptance.until.isoformat()}"
        yield f"{ended}, so its finding counts again" if matches else f"{ended}: take it out of the policy"
    elif not matches and seen.is_complete:
        yield f"{name} matches no finding of this release: take it out once the change it accepts is published"


def _ignore(name: str, ignore: Ignore, seen: Seen) -> Iterator[str]:
    if ignore.rule is None and not ignore.file.strip("*") and not ignore.tensor.strip("*"):
        yield f"{name} hides every finding, so no release can fail: name a rule, a folder or a tensor"
        return
    hidden = {f.rule for f in seen.findings if f.rule in seen.version_rules and ignore.matches(f)}
    hidden |= {rule for rule in seen.version_rules if rule == ignore.rule}
    if hidden:
        yield f"{name} hides {', '.join(sorted(hidden))}, so the version itself is not judged"
    if seen.is_complete and not any(ignore.covers(path) for path in seen.files):
        yield f"{name} matches no file of either release: {ignore.file}"
    same_rule = [finding for finding in seen.findings if finding.rule == ignore.rule]
    if same_rule and not any(map(ignore.matches, same_rule)):
        yield f"{name} matches none of the {ignore.rule} findings of this release"
