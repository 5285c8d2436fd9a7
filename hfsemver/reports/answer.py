"""The one sentence that a run owes its reader: is the version large enough, and if not, which one to release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.bump import Bump
from hfsemver.core.rule_id import VERSION_RULES, RuleId
from hfsemver.core.version import Version
from hfsemver.reports.difference import difference
from hfsemver.reports.labels import versioned
from hfsemver.reports.lines import count, short

if TYPE_CHECKING:
    from collections.abc import Callable

    from hfsemver.core.report import Report

NAMED: Final = 5
"""Rules that the sentence names; it stays a sentence when everything is wrong at once."""


def answer(report: Report, show: Callable[[str], str] = short) -> str:
    """Return the last line of a run; ``show`` makes untrusted text harmless where the line is going to stand.

    What could not be evaluated is said here too: silence about it would read as "no change".
    """
    if report.changes is not None:
        return difference(report, report.changes, show)
    unseen = f" ({count(len(report.skips), 'rule')} not evaluated)" if report.skips else ""
    return f"{_claim(report, show)}, {_need(report)}: {_outcome(report, show)}{unseen}"


def _claim(report: Report, show: Callable[[str], str]) -> str:
    verdict = report.verdict
    if verdict.declared_version is None:
        return "no version is declared for a first release" if report.baseline is None else "no version is declared"
    name = show(versioned(verdict.declared_version))
    if not _is_version(verdict.declared_version):
        return f"{name} is no semantic version"
    if report.baseline is None:
        return f"{name} is a first release"
    if verdict.declared_bump is None:
        return f"{name} is declared"
    if verdict.declared_bump is Bump.NONE:
        return f"{name} declares no new version"
    return f"{name} declares {verdict.declared_bump.word}"


def _need(report: Report) -> str:
    if report.baseline is None:
        return "there is no baseline to compare with"
    if report.verdict.required is Bump.NONE:
        return "the changes require none"
    return f"the changes require {report.verdict.required.word}"


def _outcome(report: Report, show: Callable[[str], str]) -> str:
    verdict = report.verdict
    faults = _faults(report, show)
    step = ""
    if not {RuleId.RELEASE_TAG_MOVED, RuleId.VERSION_INVALID}.isdisjoint(verdict.failing):
        step = _another(report, show)
    elif VERSION_RULES & set(verdict.failing):
        step = _release(report, show)
    elif _is_enough(report):
        step = "" if faults else _praise(report)
    elif verdict.ok:
        step = _advice(report, show)
    if step and faults:
        return f"{faults} {'have' if ' ' in faults else 'has'} to be mended first; then {step}"
    return step or f"no version number excuses {faults}"


def _praise(report: Report) -> str:
    if report.baseline is None:
        return "nothing stands against it"
    return "large enough" if report.verdict.declared_version else "no release is needed"


def _advice(report: Report, show: Callable[[str], str]) -> str:
    """Say what the next release is when nothing forces it today."""
    verdict = report.verdict
    if verdict.next_version is None:
        return "tag the baseline with its version to learn the next one"
    if verdict.declared_bump:
        return f"{_release(report, show)} (reported, not enforced)"
    return f"the next release is {show(verdict.next_version)}"


def _release(report: Report, show: Callable[[str], str]) -> str:
    verdict = report.verdict
    if verdict.next_version is None:
        return "declare a version such as 1.0.0"
    if verdict.next_version == verdict.baseline_version:
        return f"declare a version above {show(verdict.next_version)}"
    return f"release {show(verdict.next_version)}"


def _another(report: Report, show: Callable[[str], str]) -> str:
    """Say what to declare in the place of a version that cannot be had."""
    declared = report.verdict.declared_version
    if declared is not None and declared == report.verdict.next_version:
        return f"declare a version above {show(declared)}, which is taken"
    return f"{_release(report, show)} instead"


def _faults(report: Report, show: Callable[[str], str]) -> str:
    absolute = sorted(set(report.verdict.failing) - VERSION_RULES)
    more = f" and {len(absolute) - NAMED} more" if len(absolute) > NAMED else ""
    return f"{', '.join(map(show, absolute[:NAMED]))}{more}"


def _is_enough(report: Report) -> bool:
    verdict = report.verdict
    if report.baseline is None or (verdict.declared_version is None and verdict.required is Bump.NONE):
        return True
    return verdict.declared_bump is not None and verdict.declared_bump >= verdict.required


def _is_version(text: str) -> bool:
    try:
        Version.parse(text)
    except ValueError:
        return False
    return True
