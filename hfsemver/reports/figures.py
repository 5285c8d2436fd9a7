"""Figures of the weights in the words of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.reports.lines import count

if TYPE_CHECKING:
    from hfsemver.core.report import WeightFigures

_UNITS = ("B", "kB", "MB", "GB", "TB")


def size(octets: int) -> str:
    """Return a number of bytes in decimal units: ``90.9 MB``."""
    value = float(octets)
    for unit in _UNITS[:-1]:
        if value < 1000:  # noqa: PLR2004 -- decimal units, as the Hub shows file sizes
            return f"{octets} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} {_UNITS[-1]}"


def figure(value: float) -> str:
    """Return four significant digits, more where they are all nines: a cosine of 0.999991 is not 1."""
    text = f"{value:.4g}"
    return text if text != "1" or value == 1.0 else f"{value:.7g}"


def weights_line(weights: WeightFigures) -> str:
    """Say in one line what changed in the weights and how much had to be read to know it."""
    if weights.evidence == "header":
        return f"{count(weights.tensors, 'tensor')}, values not compared"
    # A sample proves a difference, and nothing where it shows none.
    found = "found to differ" if weights.evidence == "sample" else "changed"
    parts = [f"{weights.changed} of {count(weights.tensors, 'tensor')} {found}"]
    if weights.changed_share is not None:
        parts.append(f"{figure(weights.changed_share * 100)} % of the values")
    for name, value, bounds in (
        ("relative L2", weights.relative_l2, weights.relative_l2_interval),
        ("cosine", weights.cosine, weights.cosine_interval),
        ("largest change", weights.max_abs, None),
    ):
        if value is not None:
            doubt = "" if bounds is None else f" ({figure(bounds[0])} to {figure(bounds[1])})"
            parts.append(f"{name} {figure(value)}{doubt}")
    parts.append(f"{size(weights.bytes_read)} read, evidence: {weights.evidence}")
    return ", ".join(parts)


def bands_line(weights: WeightFigures) -> str:
    """Say how many tensors fell into each band of change; empty when none were measured."""
    return ", ".join(f"{tensors} {band}" for band, tensors in weights.bands)
