"""How loud a finding is where a service has three words for it: an error, a warning, or a note.

The level of a rule says what it may do; the severity says what it does to this release. A break that the declared version
announces stands against nothing, so no service may turn red over it while the run ends with 0.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from hfsemver.core.finding import Level
from hfsemver.reports.grouping import standing

if TYPE_CHECKING:
    from hfsemver.core.finding import Finding
    from hfsemver.core.report import Report


class Severity(IntEnum):
    """What a finding means for this release, ordered so that the largest is the worst."""

    NOTE = 0
    """The declared version announces it, or the policy allows it."""
    WARNING = 1
    """Reported, and nothing fails over it."""
    ERROR = 2
    """It keeps the release from going out."""


def ranked(report: Report) -> tuple[tuple[Severity, Finding], ...]:
    """Return every finding with its severity, the worst first, whatever order the report has."""
    against = frozenset(standing(report))
    found = [(_severity(finding, report, against), finding) for finding in report.findings]
    return tuple(sorted(found, key=lambda one: (-one[0], one[1].order)))


def _severity(finding: Finding, report: Report, against: frozenset[Finding]) -> Severity:
    verdict = report.verdict
    if finding.rule in verdict.failing:
        return Severity.ERROR
    announced = verdict.declared_bump is not None and finding.bump is not None and finding.bump <= verdict.declared_bump
    if announced or finding.level is Level.ALLOW:
        return Severity.NOTE
    return Severity.ERROR if finding in against and finding.level is Level.DENY else Severity.WARNING
