"""Findings of one rule belong under one heading: what it means is said once, where it is as often as it is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.change import ChangeKind
from hfsemver.core.rule_id import VERSION_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hfsemver.core.change import Change
    from hfsemver.core.finding import Finding
    from hfsemver.core.report import Report


NOUNS: Mapping[ChangeKind, str] = MappingProxyType(
    {
        ChangeKind.FILE: "files",
        ChangeKind.CARD: "fields of the card",
        ChangeKind.TEMPLATE: "chat templates",
        ChangeKind.TENSORS: "tensors",
        ChangeKind.VALUES: "values, the largest changes first",
        ChangeKind.UNKNOWN: "parts",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Findings that share rule, level, bump and advice; never empty, in the order of the report."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding whose rule, level, bump, why and fix all others share."""
        return self.findings[0]


def grouped(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Group findings by what is said about them, most severe first whatever order they come in."""
    ordered = sorted(findings, key=lambda finding: finding.order)
    groups = groupby(ordered, key=lambda one: (one.rule, one.level, one.bump, one.why, one.fix))
    return tuple(Group(findings=tuple(members)) for _, members in groups)


def by_kind(changes: Iterable[Change]) -> Iterator[tuple[ChangeKind, tuple[Change, ...]]]:
    """Yield changes kind by kind, in the order of the kinds and, within one, of the report."""
    listed = tuple(changes)
    for kind in ChangeKind:
        found = tuple(change for change in listed if change.kind is kind)
        if found:
            yield kind, found


def standing(report: Report) -> tuple[Finding, ...]:
    """Return the findings that keep the release from going out; none when the verdict is ok.

    These are the failing rules and, where the version is too small, every finding that asks for more than is declared.
    Complaints about the version itself are left out where a finding explains them.
    """
    verdict = report.verdict
    if verdict.ok:
        return ()
    declared = verdict.declared_bump or Bump.NONE
    short_of = VERSION_RULES & set(verdict.failing)
    causes = tuple(
        finding
        for finding in report.findings
        if finding.rule not in VERSION_RULES
        and (finding.rule in verdict.failing or (short_of and finding.bump is not None and finding.bump > declared))
    )
    return causes or tuple(finding for finding in report.findings if finding.rule in verdict.failing)
