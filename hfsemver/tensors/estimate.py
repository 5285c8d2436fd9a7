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

    ``slack`` bounds what rounding may have added to, or taken from, the root of the sum. ``clash`` is the largest square, where
    so few make up the sum that two equal elements in one of them count: told are twice their squares, or none of them.
    """

    total: float
    freedom: float
    slack: float = 0.0
    clash: float = 0.0

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
        return Estimate(
            value=self.total,
            low=min(low, max(self.total - self.clash / 2, 0.0)),
            high=max(high, self.total + 2 * self.clash),
        )


def _chi_square(freedom: float, z: float) -> float:
    """Return the quantile of a chi-square at the normal quantile ``z``."""
    share = 2.0 / (9.0 * freedom)
    return float(freedom * max(1.0 - share + z * math.sqrt(share), 1e-3) ** 3)


def added(parts: Sequence[Squares]) -> Squares:
    """Add independent sums; freedoms after Satterthwaite, https://doi.org/10.2307/3002019"""
    whole = math.fsum(part.total for part in parts)
    doubt = math.fsum((part.total / part.freedom) * part.total for part in parts)
    slack = math.sqrt(math.fsum(part.slack**2 for part in parts))
    clash = max((part.clash for part in parts), default=0.0)
    return Squares(total=whole, freedom=whole**2 / doubt if doubt else math.inf, slack=slack, clash=clash)


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
_APART: Final = 3.5
"""Standard errors from the middle of the wider ones, beyond which one of them is taken for itself as well."""
_ONE_SIDED: Final = 1.6448536269514722
"""Quantile of the normal distribution that leaves 5 % above it."""


def median_of(figures: Sequence[Estimate], unknown: int = 0) -> Estimate | None:
    """Return the median of cosines that are estimates, and where it lies at the worst; ``None`` of none.

    ``unknown`` figures may lie anywhere between -1 and 1. Two bounds hold, and the nearer one counts. No figure lies outside
    of an interval so wide that all of them hold at once; and the noisy ones, whose mean is known far better than each of
    them, lie around it as far as they scatter beyond their noise.
    """
    if not figures:
        return None
    sure, noisy = _parted(figures)
    middle, doubt = _quantile(noisy, (len(figures) + unknown) / (2 * len(noisy))) if noisy else (0.0, 0.0)
    wide = NormalDist().inv_cdf(1 - 0.005 / len(figures)) / Z
    each = [(one.value - wide * (one.value - one.low), one.value + wide * (one.high - one.value)) for one in figures]
    lowest, highest = [-1.0] * unknown, [1.0] * unknown
    low = max(
        median([one.low for one in sure] + [middle - doubt] * len(noisy) + lowest),
        median([low for low, _ in each] + lowest),
    )
    high = min(
        median([one.high for one in sure] + [middle + doubt] * len(noisy) + highest),
        median([high for _, high in each] + highest),
    )
    value = median(one.value for one in figures)
    return Estimate(value=min(max(value, low), high), low=low, high=high)


def _parted(figures: Sequence[Estimate]) -> tuple[list[Estimate], list[Estimate]]:
    """Part figures that are sure, or stand apart from all others, from noisy ones that may be alike."""
    noisy = [one for one in figures if one.high - one.low > 2 * _SURE]
    middle = median(one.value for one in noisy) if noisy else 0.0
    alike = [one for one in noisy if abs(one.value - middle) <= _APART * _error(one)]
    kept = {id(one) for one in alike}
    return [one for one in figures if id(one) not in kept], alike


def _error(figure: Estimate) -> float:
    """Return the standard error of a figure."""
    return (figure.high - figure.low) / (2 * Z)


def _quantile(figures: Sequence[Estimate], level: float) -> tuple[float, float]:
    """Return the mean of noisy figures, and how far from it the quantile at ``level``, or the other one, truly lies at the most.

    Source: a quantile lies within ``sqrt(level / (1 - level))`` standard deviations of the mean (Cantelli's inequality).
    """
    count = len(figures)
    middle = math.fsum(one.value for one in figures) / count
    noise = math.fsum(_error(one) ** 2 for one in figures) / count
    doubt = Z * math.sqrt(noise / count)
    if count == 1:
        return middle, doubt
    # What they scatter beyond their noise, at the most.
    seen = variance(one.value for one in figures) * (count - 1) / _chi_square(count - 1, -_ONE_SIDED)
    level = min(max(level, 1 / 2), 1 - 1 / (2 * count))
    # The error of a cosine grows with the cosine, and was taken from one that holds noise itself.
    noise /= 1 + noise
    return middle, doubt + math.sqrt(max(seen - noise, 0.0) * level / (1 - level))
