"""Compare the values of two tensors, or examine one, in windows of a fixed size.

Sums are taken in float64 over fixed blocks and added exactly (``math.fsum``), without BLAS, so that a report is the
same on every run. Non-finite elements are counted and stay out of the sums.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hfsemver.tensors.dtypes import NARROWER, decode, is_decodable, numpy_dtype, rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

BLOCK = 1 << 18
"""Elements that are compared at a time: 2 MiB of float64."""

HASH_WINDOW = 1 << 22

_DIGEST = 16
_COMPLEX = "C64"


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorBytes:
    """The stored bytes of a tensor; ``read(start, stop)`` counts from its first byte."""

    dtype: str
    shape: tuple[int, ...]
    size: int
    read: Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How far ``current`` is from ``baseline``, over all elements that are finite on both sides.

    ``changed`` counts elements whose bits differ (whose values differ, where the dtypes do); ``through`` lists the
    dtypes for which every element of current is the baseline rounded through that dtype; ``recast`` says that the
    dtypes differ and one side is the other, rounded to nearest-even. ``content`` is 128 bits over the bytes of current,
    empty for equal tensors. Sums are ``None`` for equal tensors, for dtypes that are packed below a byte or have another
    number of parts, and where they are too large for a double.
    """

    count: int
    changed: int
    baseline_squares: float | None = None
    current_squares: float | None = None
    difference_squares: float | None = None
    product: float | None = None
    max_abs: float | None = None
    content: bytes = b""
    through: tuple[str, ...] = ()
    recast: bool = False
    baseline_health: Health
    current_health: Health

    @property
    def cosine(self) -> float | None:
        """Cosine between the two tensors as vectors; ``None`` when one of them is zero or cannot be read as numbers."""
        if self.product is None or not self.baseline_squares or not self.current_squares:
            return None
        return self.product / math.sqrt(self.baseline_squares) / math.sqrt(self.current_squares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What one tensor looks like on its own. ``low`` and ``high`` span the finite elements (equal: constant)."""

    nan: int
    infinite: int
    low: float
    high: float
    squares: float

    @property
    def is_constant(self) -> bool:
        """Whether all finite elements are the same number."""
        return self.low == self.high

    @property
    def is_zero(self) -> bool:
        """Whether all finite elements are zero."""
        return self.low == self.high == 0.0

    @property
    def is_mask(self) -> bool:
        """Whether infinities stand among nothing but zeros: a buffer that masks attention, not a broken weight."""
        return not self.nan and self.low == self.high == 0.0


UNSEEN = Health(nan=0, infinite=0, low=0.0, high=1.0, squares=0.0)
"""The health of a tensor that was not looked into: it equals its baseline, or cannot be read as numbers."""


class _HealthTally:
    """Health gathered block by block."""

    def __init__(self) -> None:
        self.nan = self.infinite = 0
        self.low, self.high = math.inf, -math.inf
        self.squares: list[float] = []

    def add(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Count one block and return where it is finite."""
        finite = np.isfinite(values)
        good = values if finite.all() else values[finite]
        if good.size < values.size:
            nan = int(np.isnan(values).sum())
            self.nan += nan
            self.infinite += int(values.size - good.size) - nan
        if good.size:
            self.low, self.high = min(self.low, float(good.min())), max(self.high, float(good.max()))
            with np.errstate(over="ignore"):
                self.squares.append(float(np.square(good).sum()))
        return finite

    def done(self) -> Health:
        return Health(
            nan=self.nan,
            infinite=self.infinite,
            low=self.low,
            high=self.high,
            squares=math.inf if (squares := _total(self.squares)) is None else squares,
        )


def _blocks(tensor: TensorBytes) -> Iterator[tuple[int, int]]:
    width = numpy_dtype(tensor.dtype).itemsize
    step = BLOCK * width
    return ((start, min(start + step, tensor.size)) for start in range(0, tensor.size, step))


def examine(tensor: TensorBytes) -> Health | None:
    """Look at one tensor; ``None`` for dtypes that are packed below a byte."""
    if not is_decodable(tensor.dtype):
        return None
    tally = _HealthTally()
    for start, stop in _blocks(tensor):
        tally.add(decode(tensor.read(start, stop), tensor.dtype))
    return tally.done()


def fingerprint(tensor: TensorBytes) -> bytes:
    """Return 128 bits over dtype, shape and bytes: equal for the same tensor under any name."""
    digest = hashlib.blake2b(f"{tensor.dtype}{tensor.shape}".encode(), digest_size=16)
    for start in range(0, tensor.size, HASH_WINDOW):
        digest.update(tensor.read(start, min(start + HASH_WINDOW, tensor.size)))
    return digest.digest()


def _changed_bits(old: bytes, new: bytes, width: int) -> int:
    """Count elements whose bits differ: a negative zero or another NaN is a change too."""
    return int((np.frombuffer(old, f"u{width}") != np.frombuffer(new, f"u{width}")).sum())


def _same(left: NDArray[np.float64], right: NDArray[np.float64]) -> bool:
    return bool(np.array_equal(left, right, equal_nan=True))


def _opaque(baseline: TensorBytes, current: TensorBytes) -> Measure:
    """Compare bytes where the numbers cannot be read, or do not pair up."""
    changed = abs(baseline.size - current.size)
    content = hashlib.blake2b(digest_size=_DIGEST)
    for start in range(0, current.size, HASH_WINDOW):
        content.update(current.read(start, min(start + HASH_WINDOW, current.size)))
    for start in range(0, min(baseline.size, current.size), HASH_WINDOW):
        stop = min(start + HASH_WINDOW, baseline.size, current.size)
        left = np.frombuffer(baseline.read(start, stop), np.uint8)
        right = np.frombuffer(current.read(start, stop), np.uint8)
        changed += int((left != right).sum())
    return Measure(
        count=baseline.size,
        changed=changed,
        content=content.digest(),
        # One side may be plain numbers all the same, and NaN among them is a fault.
        baseline_health=examine(baseline) or UNSEEN,
        current_health=examine(current) or UNSEEN,
    )


def _same_bytes(baseline: TensorBytes, current: TensorBytes) -> bool:
    """Whether two tensors are equal, found out at the speed of memory; most tensors of most releases are."""
    windows = ((start, min(start + HASH_WINDOW, baseline.size)) for start in range(0, baseline.size, HASH_WINDOW))
    return all(baseline.read(start, stop) == current.read(start, stop) for start, stop in windows)


def measure(baseline: TensorBytes, current: TensorBytes) -> Measure:
    """Compare two tensors of the same shape, element by element, in windows."""
    same_dtype = baseline.dtype == current.dtype
    # A complex number is read as two, which have nothing to be set against where the other side holds one.
    apart = not same_dtype and _COMPLEX in (baseline.dtype, current.dtype)
    if apart or not (is_decodable(baseline.dtype) and is_decodable(current.dtype)):
        return _opaque(baseline, current)
    if same_dtype and baseline.size and _same_bytes(baseline, current):
        return Measure(count=math.prod(current.shape), changed=0, baseline_health=UNSEEN, current_health=UNSEEN)
    through = list(NARROWER.get(baseline.dtype, ())) if same_dtype else []
    forth, back = not same_dtype, not same_dtype
    healths = _HealthTally(), _HealthTally()
    sums: tuple[list[float], list[float], list[float], list[float]] = ([], [], [], [])
    count = changed = 0
    max_abs = 0.0
    digest = hashlib.blake2b(digest_size=_DIGEST)
    for (start, stop), (first, last) in zip(_blocks(baseline), _blocks(current), strict=True):
        old_bytes, new_bytes = baseline.read(start, stop), current.read(first, last)
        digest.update(new_bytes)
        old, new = decode(old_bytes, baseline.dtype), decode(new_bytes, current.dtype)
        count += old.size
        finite = healths[0].add(old) & healths[1].add(new)
        if not same_dtype:
            changed += int((~((old == new) | (np.isnan(old) & np.isnan(new)))).sum())
        elif old_bytes != new_bytes:
            changed += _changed_bits(old_bytes, new_bytes, numpy_dtype(baseline.dtype).itemsize)
        through = [dtype for dtype in through if _same(rounded(old, dtype), new)]
        forth = forth and _is_float(current.dtype) and _same(rounded(old, current.dtype), new)
        back = back and _is_float(baseline.dtype) and _same(rounded(new, baseline.dtype), old)
        if not finite.all():
            old, new = old[finite], new[finite]
        with np.errstate(over="ignore", invalid="ignore"):
            gap = new - old
            for total, term in zip(sums, (old * old, new * new, gap * gap, old * new), strict=True):
                total.append(float(term.sum()))
        max_abs = max(max_abs, float(np.abs(gap).max(initial=0.0)))
    squares = [_total(total) for total in sums]
    return Measure(
        count=count,
        changed=changed,
        baseline_squares=squares[0],
        current_squares=squares[1],
        difference_squares=squares[2],
        product=squares[3],
        max_abs=max_abs,
        content=digest.digest(),
        through=tuple(through),
        recast=forth or back,
        baseline_health=healths[0].done(),
        current_health=healths[1].done(),
    )


def _total(terms: list[float]) -> float | None:
    """Add exactly; ``None`` for a sum that no double holds."""
    try:
        total = math.fsum(terms)
    except (OverflowError, ValueError):
        return None
    return total if math.isfinite(total) else None


def _is_float(dtype: str) -> bool:
    return dtype.startswith(("F", "BF"))
