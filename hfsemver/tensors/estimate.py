"""Figures that are known within an interval only, and how wide it is.

An interval holds the true value in 95 of 100 cases; ``benchmarks/interval_coverage.py`` counts how often it does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist, median, variance
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

Z: Final = 1.959963984540054
"""Quantile of the normal distribution that leaves 2.5 % above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure and the 95 % interval around it."""

    value: float
    low: float
    high: float

    @classmethod
    def exact(cls, value: float) -> Estimate:
        """Return a figure that is known."""
        return cls(value=value, low=value, high=value)

    def __str__(self) -> str:
        """The figure in three digits, with its interval where there is a doubt."""
        return f"{self.value:.3g}" if self.is_exact else f"{self.value:.3g} ({self.low:.3g} to {self.high:.3g})"

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The interval; ``None`` where there is no doubt."""
        return None if self.is_exact else (self.low, self.high)

    @property
    def is_exact(self) -> bool:
        """Whether there is no doubt about it."""
        return self.low == self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Squares:
    """Squares of a difference as an estimate gives them: their sum, and the degrees of freedom that it is spread with.

    ``slack`` bounds what rounding may have added to, or taken from, the root of the sum.
    """

    total: float
    freedom: float
    slack: float = 0.0

    def interval(self) -> Estimate:
        """Return the interval of the true sum; that of a chi-square, by the cube root of Wilson and Hilferty.

        Source: https://doi.org/10.1073/pnas.17.12.684
        """
        if math.isinf(self.freedom):
            return Estimate.exact(self.total)
        root = math.sqrt(self.total)
        spread = [_chi_square(self.freedom, z) / self.freedom for z in (Z, -Z)]
        low = max(root - self.slack, 0.0) ** 2 / spread[0]
        high = (root + self.slack) ** 2 / spread[1]
        return Estimate(value=self.total, low=low, high=high)


def _chi_square(freedom: float, z: float) -> float:
    """Return the quantile of a chi-square at the normal quantile ``z``."""
    share = 2.0 / (9.0 * freedom)
    return float(freedom * max(1.0 - share + z * math.sqrt(share), 1e-3) ** 3)


def added(parts: Sequence[Squares]) -> Squares:
    """Add independent sums; freedoms after Satterthwaite, https://doi.org/10.2307/3002019"""
    whole = math.fsum(part.total for part in parts)
    doubt = math.fsum((part.total / part.freedom) * part.total for part in parts)
    slack = math.sqrt(math.fsum(part.slack**2 for part in parts))
    return Squares(total=whole, freedom=whole**2 / doubt if doubt else math.inf, slack=slack)


def cosine_of(old: float, new: float, gap: Estimate | None, direct: Estimate) -> Estimate | None:
    """Return the cosine between two vectors of squares ``old`` and ``new``, from an estimate of their product.

    Where their squares are known, those of their difference, ``gap``, give the product as well: for vectors that lie near
    each other that is the closer estimate of the two.
    """
    if not old or not new:
        return None
    low, value, high = direct.low, direct.value, direct.high
    if gap is not None and not direct.is_exact and (gap.high - gap.low) / 2 <= high - low:
        low, value, high = ((old + new - squares) / 2 for squares in (gap.high, gap.value, gap.low))
    bounded = [max(-1.0, min(1.0, product / math.sqrt(old) / math.sqrt(new))) for product in (low, value, high)]
    return Estimate(low=bounded[0], value=bounded[1], high=bounded[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How far two tensors lie apart, within intervals; ``squares`` are those of their difference.

    ``norms_known`` says that the squares of both sides are no estimates, as they are in a sample.
    """

    squares: Squares
    baseline_squares: float
    current_squares: float
    product: Estimate
    norms_known: bool = True

    @property
    def cosine(self) -> Estimate | None:
        """Cosine between the two; ``None`` when one of them is zero."""
        gap = self.squares.interval() if self.norms_known else None
        return cosine_of(self.baseline_squares, self.current_squares, gap, self.product)

    @property
    def relative_l2(self) -> Estimate | None:
        """||current - baseline|| / ||baseline||; ``None`` when the baseline is zero, or so near that no double holds it."""
        if not self.baseline_squares:
            return None
        found = self.squares.interval()
        low, value, high = (math.sqrt(part / self.baseline_squares) for part in (found.low, found.value, found.high))
        if not math.isfinite(high):
            return None
        return Estimate(value=value, low=low, high=high)


def exact_distance(baseline_squares: float, current_squares: float, gap_squares: float, product: float) -> Distance:
    """Return a distance that is known from all elements of both sides."""
    return Distance(
        squares=Squares(total=gap_squares, freedom=math.inf),
        baseline_squares=baseline_squares,
        current_squares=current_squares,
        product=Estimate.exact(product),
    )


def joined(parts: Sequence[Distance]) -> Distance | None:
    """Return the distance over several tensors as if they were one; ``None`` of none, and where no double holds a sum."""
    try:
        return _joined(parts) if parts else None
    except OverflowError:
        return None


def _joined(parts: Sequence[Distance]) -> Distance:
    value = math.fsum(part.product.value for part in parts)
    # Independent estimates: their doubts add up by squares.
    doubt = math.sqrt(math.fsum((part.product.high - part.product.value) ** 2 for part in parts))
    return Distance(
        squares=added([part.squares for part in parts]),
        baseline_squares=math.fsum(part.baseline_squares for part in parts),
        current_squares=math.fsum(part.current_squares for part in parts),
        product=Estimate(value=value, low=value - doubt, high=value + doubt),
        norms_known=all(part.norms_known for part in parts),
    )


_SURE: Final = 0.02
"""Half the interval of a figure that is taken for itself; wider ones speak together."""


def median_of(figures: Sequence[Estimate], unknown: int = 0) -> Estimate | None:
    """Return the median of cosines that are estimates, and where it lies at the worst; ``None`` of none.

    Noise spreads figures and leaves the median of all of them where it was. Where others are sure it does not: what is asked
    for then is another quantile of the noisy ones, which lies off their middle by as much as they may truly differ.
    ``unknown`` figures may lie anywhere between -1 and 1.

    Source: the median of normal values varies pi/2 times as much as their mean.
    """
    if not figures:
        return None
    sure = [one for one in figures if one.high - one.low <= 2 * _SURE]
    noisy = [one for one in figures if one.high - one.low > 2 * _SURE]
    middle = median(one.value for one in noisy) if noisy else 0.0
    doubt = _doubt_of_quantile(noisy, len(figures) / (2 * len(noisy))) if noisy else 0.0
    return Estimate(
        value=median([one.value for one in sure] + [middle] * len(noisy)),
        low=median([one.low for one in sure] + [middle - doubt] * len(noisy) + [-1.0] * unknown),
        high=median([one.high for one in sure] + [middle + doubt] * len(noisy) + [1.0] * unknown),
    )


def _doubt_of_quantile(figures: Sequence[Estimate], level: float) -> float:
    """Return how far a quantile of true figures may lie from the median of their estimates."""
    count = len(figures)
    noise = math.fsum(((one.high - one.low) / (2 * Z)) ** 2 for one in figures) / count
    doubt = Z * math.sqrt(math.pi / 2 * noise / count)
    level = min(level, 1 - 1 / (2 * count))
    if count == 1 or level <= 1 / 2:
        return doubt
    # What they scatter beyond their noise, at the most.
    seen = variance(one.value for one in figures) * (1 + Z * math.sqrt(2 / (count - 1)))
    return doubt + NormalDist().inv_cdf(level) * math.sqrt(max(seen - noise, 0.0))
