"""One engine, many rules: run them, collect findings, and make what could not be judged visible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.finding import Skip

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hfsemver.core.finding import Finding
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.rules.rule import Judged, Rule


def inspect(judged: Judged, rules: Iterable[Rule[Judged]]) -> tuple[tuple[Finding, ...], tuple[Skip, ...]]:
    """Run rules over what they look at; findings and skips come sorted, whatever the order of the rules.

    A rule that meets missing evidence keeps what it noted before and becomes a skip as well.
    ``FormatError`` and ``SourceError`` are not caught: a release that cannot be read is not judged at all.
    """
    findings: list[Finding] = []
    skips: list[Skip] = []
    for rule in rules:
        try:
            findings.extend(rule.run(judged))
        except EvidenceMissing as missing:
            skips.append(Skip(rule=rule.id, reason=missing.problem))
    return tuple(sorted(findings, key=lambda finding: finding.order)), tuple(sorted(skips))


def inherited(diff: ReleaseDiff, rules: Iterable[Rule[ReleaseDiff]]) -> tuple[str, ...]:
    """Return the rules about one release that find in both what they find, so that nothing of it is news; sorted by id."""
    return tuple(sorted(rule.id for rule in rules if rule.faults is not None and _is_repeated(diff, rule)))


def _is_repeated(diff: ReleaseDiff, rule: Rule[ReleaseDiff]) -> bool:
    if rule.faults is None or diff.baseline_state is None:
        return False
    try:
        return len([*rule.faults(diff.state)]) > len([*rule.run(diff)])
    except EvidenceMissing:
        return False  # it is a skip already
