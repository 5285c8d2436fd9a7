"""Whether one score is worse than another by more than chance.

Shares by the score interval for a difference of two proportions (R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890,
method 10, built of two intervals of E. B. Wilson, 1927); others by the standard errors that were reported with them.
"""

from __future__ import annotations

import math
from typing import Final

_Z: Final = 1.959963984540054
"""Of 95 in 100, both sides."""


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return the interval of a share of ``count`` examples.

    >>> [round(bound, 4) for bound in wilson(0.5, 100)]
    [0.4038, 0.5962]
    """
    square = _Z * _Z
    center = (share + square / (2 * count)) / (1 + square / count)
    half = _Z / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    return max(0.0, center - half), min(1.0, center + half)


def difference(old: float, new: float, old_count: int, new_count: int) -> tuple[float, float]:
    """Return the interval of ``new - old`` for two shares.

    >>> [round(bound, 4) for bound in difference(0.7, 0.6, 80, 70)]
    [-0.2468, 0.0501]
    """
    (old_low, old_high), (new_low, new_high) = wilson(old, old_count), wilson(new, new_count)
    gap = new - old
    return gap - math.hypot(new - new_low, old_high - old), gap + math.hypot(new_high - new, old - old_low)


def difference_of_errors(old: float, new: float, old_error: float, new_error: float) -> tuple[float, float]:
    """Return the interval of ``new - old`` for two scores with standard errors."""
    half = _Z * math.hypot(old_error, new_error)
    return new - old - half, new - old + half
