"""What comparing two tensors, or looking at one, shows; put together from the chunks that they were read in.

Sums of chunks are added exactly (``math.fsum``), so that a report is the same on every run and with any number of threads.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.tensors.estimate import exact_distance
from hfsemver.tensors.passes import THROUGH, Ways

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hfsemver.tensors.estimate import Distance
    from hfsemver.tensors.passes import Comparison, Side

DIGEST = 16
"""Bytes of a digest: 128 bits."""

_NONE, _CONSTANT = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How far ``current`` is from ``baseline``, over all elements that are finite on both sides.

    ``changed`` counts elements of ``count`` (two for each complex number) whose bits differ (whose values differ, where the dtypes do); ``through`` lists the
    dtypes for which every element of current is the baseline rounded through that dtype; ``recast`` says that the
    dtypes differ and one side is the other, rounded to nearest-even. ``content`` is 128 bits over the bytes of current,
    empty for equal tensors; it tells contents apart, and is no proof against somebody who makes two of one value. Sums are
    ``None`` for equal tensors, for dtypes that are packed below a byte or have another number of parts, and where they
    are too large for a double.

    Where the baseline is known by a sketch only, ``changed`` is ``None`` for tensors that differ in an unknown number of
    elements, and ``distance`` says within intervals how far apart they lie. So it is where a tensor was only ``sampled``, whose
    health is then unknown.
    """

    count: int
    changed: int | None
    baseline_squares: float | None = None
    current_squares: float | None = None
    difference_squares: float | None = None
    product: float | None = None
    max_abs: float | None = None
    content: bytes = b""
    through: tuple[str, ...] = ()
    recast: bool = False
    distance: Distance | None = None
    sampled: bool = False
    baseline_health: Health
    current_health: Health

    @property
    def is_equal(self) -> bool:
        """Whether no element differs; certain also where a sketch is all that is known of the baseline."""
        return self.changed == 0

    @property
    def cosine(self) -> float | None:
        """Cosine between the two tensors as vectors; ``None`` when one of them is zero or cannot be read as numbers."""
        if self.distance is not None:
            return None if self.distance.cosine is None else self.distance.cosine.value
        if self.product is None or not self.baseline_squares or not self.current_squares:
            return None
        return self.product / math.sqrt(self.baseline_squares) / math.sqrt(self.current_squares)

    @property
    def apart(self) -> Distance | None:
        """How far apart the two lie, exactly where both were read; ``None`` where they cannot be read as numbers."""
        if self.distance is not None or self.difference_squares is None:
            return self.distance
        if self.baseline_squares is None or self.current_squares is None or self.product is None:
            return None
        return exact_distance(self.baseline_squares, self.current_squares, self.difference_squares, self.product)

    @property
    def relative_l2(self) -> float | None:
        """||current - baseline|| / ||baseline||; ``None`` when the baseline is zero or cannot be read as numbers."""
        if self.distance is not None:
            return None if self.distance.relative_l2 is None else self.distance.relative_l2.value
        if self.difference_squares is None or not self.baseline_squares:
            return None
        return _finite(math.sqrt(self.difference_squares / self.baseline_squares))


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What one tensor looks like on its own; ``constant`` is the number that all its finite elements are, if they are."""

    nan: int
    infinite: int
    constant: float | None
    squares: float

    @property
    def is_constant(self) -> bool:
        """Whether all finite elements are the same number."""
        return self.constant is not None

    @property
    def is_zero(self) -> bool:
        """Whether all finite elements are zero."""
        return self.constant == 0.0

    @property
    def is_mask(self) -> bool:
        """Whether infinities stand among nothing but zeros: a buffer that masks attention, not a broken weight."""
        return not self.nan and self.is_zero


UNSEEN = Health(nan=0, infinite=0, constant=None, squares=0.0)
"""The health of a tensor that was not looked into: it equals its baseline, or cannot be read as numbers."""


def hashed(dtype: str, shape: tuple[int, ...]) -> hashlib.blake2b:
    """Begin the 128-bit name of a tensor (BLAKE2b), which its bytes go into: equal for the same tensor under any name."""
    return hashlib.blake2b(f"{dtype}{shape}".encode(), digest_size=DIGEST)


def equal(count: int) -> Measure:
    """Return the measure of two tensors that hold the same bytes."""
    return Measure(count=count, changed=0, baseline_health=UNSEEN, current_health=UNSEEN)


def combined(count: int, size: int, parts: Sequence[Comparison]) -> Measure:
    """Put the comparisons of all chunks together; ``size`` is that of current in bytes."""
    sums = [total(part[1][place] for part in parts) for place in range(4)]
    ways = Ways(0x7F)
    content = hashlib.blake2b(size.to_bytes(8, "little"), digest_size=DIGEST)
    for part in parts:
        ways &= part[2]
        content.update(part[5])
    return Measure(
        count=count,
        changed=sum(part[0] for part in parts),
        baseline_squares=sums[0],
        current_squares=sums[1],
        difference_squares=sums[2],
        product=sums[3],
        max_abs=_finite(max((part[1][4] for part in parts), default=0.0)),
        content=content.digest(),
        through=tuple(dtype for dtype, way in THROUGH.items() if ways & way),
        recast=bool(ways & (Ways.FORTH | Ways.BACK)),
        baseline_health=health_of([part[3] for part in parts]),
        current_health=health_of([part[4] for part in parts]),
    )


def health_of(sides: Sequence[Side]) -> Health:
    """Put the looks at all chunks of one tensor together."""
    seen = [side for side in sides if side[2] != _NONE]
    same = all(side[2] == _CONSTANT and side[3] == seen[0][3] for side in seen)
    squares = total(side[4] for side in sides)
    return Health(
        nan=sum(side[0] for side in sides),
        infinite=sum(side[1] for side in sides),
        constant=seen[0][3] if seen and same else None,
        squares=math.inf if squares is None else squares,
    )


def _finite(figure: float) -> float | None:
    return figure if math.isfinite(figure) else None


def total(terms: Iterable[float]) -> float | None:
    """Add exactly; ``None`` for a sum that no double holds."""
    try:
        found = math.fsum(terms)
    except (OverflowError, ValueError):
        return None
    return found if math.isfinite(found) else None
