"""What to do about a finding: what it asks of the version, how to mend it, how to accept it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.rule_id import VERSION_RULES
from hfsemver.reports.grouping import standing
from hfsemver.reports.lines import count, plain, short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.finding import Finding
    from hfsemver.core.report import Report

SNIPPETS: Final = 5


def requirement(finding: Finding) -> str:
    """Say what a finding asks of the version."""
    if finding.rule in VERSION_RULES:
        return "requires another version"
    if finding.bump is None:
        return "no version number excuses it"
    return f"requires {finding.bump_word}" if finding.bump else "requires no release"


def advice(finding: Finding, report: Report) -> str:
    """Return the fix with the version filled in: "release a new major version" becomes "release 2.0.0"."""
    fix, version = plain(finding.fix).rstrip("."), report.verdict.next_version
    if version is None or finding.bump != report.verdict.required:
        return fix
    return fix.replace(f"a new {finding.bump_word} version", version)


def intended(report: Report) -> str:
    """Introduce the policy lines; the baseline's policy is the one that decides, so that no change silences itself."""
    trial = "" if report.baseline is None else " (holds from the next release on; now: --config .hfsemver.yaml)"
    return f"If a finding is intended, say why in .hfsemver.yaml, by hand or with hfsemver accept{trial}:"


def acceptance(report: Report) -> Iterator[str]:
    """Yield policy lines to paste, for each finding that stands against the release; none when nothing does."""
    wanted = standing(report)
    if wanted:
        yield "accept:"
    for finding in wanted[:SNIPPETS]:
        yield f"  - fingerprint: {finding.fingerprint}  # {short(finding.rule)}, {short(str(finding.location))}"
        yield "    reason: say here why"
        yield "    until: say here how long"
    if len(wanted) > SNIPPETS:
        yield f"  # {count(len(wanted) - SNIPPETS, 'more finding')}: --format json lists the fingerprints"
