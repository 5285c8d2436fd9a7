"""What the two sides of a comparison are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfsemver.core.report import Report, Side

_ABBREVIATION = 12
_HERE = (".", "")


def versioned(version: str) -> str:
    """Return the name under which a version is tagged: ``v1.2.0``; what is no number stays as it is."""
    return f"v{version}" if version[:1].isdigit() else version


def labels(report: Report) -> tuple[str, str]:
    """Return the names of baseline and current: versions if they tell them apart, then references, then roles.

    The current side goes by the declared version, because that is the name it will be pinned by.
    """
    current = report.verdict.declared_version or report.current.version
    if report.baseline is None:
        return "", versioned(current) if current else _reference(report.current, "current")
    baseline = report.baseline.version or report.verdict.baseline_version
    left = versioned(baseline) if baseline else _reference(report.baseline, "baseline")
    right = versioned(current) if current else _reference(report.current, "current")
    if left == right:
        left, right = _reference(report.baseline, "baseline"), _reference(report.current, "current")
    return (left, right) if left != right else ("baseline", "current")


def origin(side: Side, label: str) -> str:
    """Say which commit or place a label stands for; empty when the label says it already."""
    if side.commit:
        return side.commit[:_ABBREVIATION]
    place = _reference(side, "this folder")
    return "" if place == label else place


def _reference(side: Side, role: str) -> str:
    return role if side.ref in _HERE else side.ref
