"""The passes of the compiled kernel in NumPy, for machines without it: the same arithmetic, and equal results bit by bit.

Sums go into ``LANES`` lanes of float32 for ``BLOCK`` elements, then into float64, in an order that depends on nothing.
A block whose numbers are not finite, or whose squares leave the range of float32, is summed again in float64.
Source of the scheme: ``native/block.c``, which says the same in C.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from hfsemver.tensors.decoding import FORMATS, decode, rounded, widened
from hfsemver.tensors.dtypes import dtype_of, is_narrow, width
from hfsemver.tensors.passes import BLOCK, ROW, THROUGH, Ways

if TYPE_CHECKING:
    from array import array

    from numpy.typing import NDArray

    from hfsemver.tensors.passes import Buffer, Comparison, Side

    Floats = NDArray[np.float32] | NDArray[np.float64]

LANES: Final = 32
HASH_LANES: Final = 8

_MOST, _LEAST = 2.0**116, 2.0**-88
_NONE, _CONSTANT, _SEVERAL = range(3)


class NumpyPasses:
    """Implements ``Passes``."""

    name = "numpy"

    def compare(self, baseline: Buffer, current: Buffer, old: int, new: int, ways: int) -> Comparison:
        """Compare as many elements on both sides."""
        from_, to = dtype_of(old), dtype_of(new)
        a, b = decode(baseline, from_), decode(current, to)
        if a.size != b.size:
            raise ValueError(f"{a.size} elements cannot be compared with {b.size}")
        tally = _Tally(narrow=is_narrow(from_) and is_narrow(to))
        tally.add(a, b)
        if old == new:
            bits = f"u{width(from_)}"
            changed = int((np.frombuffer(baseline, bits) != np.frombuffer(current, bits)).sum())
        else:
            changed = int((~_same(widened(a), widened(b))).sum())
        left = _ways_left(a, b, from_, to, ways)
        sides = _side(a, tally.own[0]), _side(b, tally.own[1])
        old_squares, new_squares, gap_squares, product = tally.sums
        return changed, (old_squares, new_squares, gap_squares, product, tally.max_abs), left, *sides, _hashed(current)

    def examine(self, tensor: Buffer, dtype: int) -> Side:
        """Look at one tensor."""
        values = decode(tensor, dtype_of(dtype))
        tally = _Tally(narrow=is_narrow(dtype_of(dtype)))
        tally.add(values, values)
        return _side(values, tally.own[0])

    def is_equal(self, baseline: Buffer, current: Buffer) -> bool:
        """Whether two runs of bytes are the same."""
        return bool(np.array_equal(np.frombuffer(baseline, np.uint8), np.frombuffer(current, np.uint8)))

    def sketch(self, tensor: Buffer, dtype: int, first_row: int, seed: int, sums: array[float]) -> None:
        """Add each element under a random sign to one of the sums; see ``native/block.c``."""
        values = widened(decode(tensor, dtype_of(dtype)))
        values[~np.isfinite(values)] = 0.0
        rows = _padded(values, ROW).reshape(-1, ROW)
        numbers: NDArray[np.uint64] = np.arange(first_row, first_row + len(rows), dtype=np.uint64)
        steps: NDArray[np.uint64] = np.arange(1, ROW // 64 + 1, dtype=np.uint64)
        with np.errstate(over="ignore"):
            keys = _mixed(_mixed(numbers) ^ np.full_like(numbers, seed))
            words = _mixed(keys[:, None] + steps)
        signs = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little").reshape(rows.shape)
        odd = (keys & np.uint64(0x3FF)).astype(np.int64) | 1
        places = (np.arange(ROW) * odd[:, None] + (keys >> np.uint64(32)).astype(np.int64)[:, None]) % ROW
        totals = np.frombuffer(sums, np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            for row, place in zip(rows * (1.0 - 2.0 * signs), places, strict=True):
                totals[place] += row


class _Tally:
    """Sums over pairs of elements, added block by block."""

    def __init__(self, *, narrow: bool) -> None:
        self.narrow = narrow
        self.sums = [0.0, 0.0, 0.0, 0.0]
        self.own = [0.0, 0.0]
        self.max_abs = 0.0

    def add(self, a: Floats, b: Floats) -> None:
        for start in range(0, a.size, BLOCK):
            self._block(a[start : start + BLOCK], b[start : start + BLOCK])

    def _block(self, x: Floats, y: Floats) -> None:
        if self.narrow and x.size % LANES == 0:
            sums, far = _add_up(x, y)
            if _is_sound(sums, far):
                self._take(sums, (sums[0], sums[1]), far)
                return
        x, y = widened(x), widened(y)
        finite = np.isfinite(x), np.isfinite(y)
        with np.errstate(over="ignore", invalid="ignore"):
            own = tuple(
                _lanes(np.where(good, values * values, 0.0)) for good, values in zip(finite, (x, y), strict=True)
            )
        both = finite[0] & finite[1]
        sums, far = _add_up(np.where(both, x, 0.0), np.where(both, y, 0.0))
        self._take(sums, (own[0], own[1]), far)

    def _take(self, sums: tuple[float, ...], own: tuple[float, float], far: float) -> None:
        for place, term in enumerate(sums):
            self.sums[place] += term
        self.own[0] += own[0]
        self.own[1] += own[1]
        self.max_abs = max(self.max_abs, far)


def _add_up(x: Floats, y: Floats) -> tuple[tuple[float, ...], float]:
    """Return squares of both, squares of the difference, the product, and the largest difference."""
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        gap = y - x
        return (_lanes(x * x), _lanes(y * y), _lanes(gap * gap), _lanes(x * y)), float(np.abs(gap).max(initial=0.0))


def _padded(values: Floats, row: int) -> Floats:
    rest = -values.size % row
    return np.concatenate((values, np.zeros(rest, values.dtype))) if rest else values


def _lanes(terms: Floats) -> float:
    """Add terms up in lanes of their own type, row after row, then the lanes in halves as float64."""
    rows = _padded(terms, LANES).reshape(-1, LANES)
    with np.errstate(over="ignore", invalid="ignore"):
        # Along the first axis NumPy adds row to row in order; along the last one it would add in pairs.
        lanes = np.add.reduce(rows, axis=0).astype(np.float64)
        half = LANES // 2
        while half:
            lanes[:half] += lanes[half : 2 * half]
            half //= 2
    return float(lanes[0])


def _is_sound(sums: tuple[float, ...], far: float) -> bool:
    old, new, gap, _ = sums
    if not (_LEAST <= old <= _MOST and _LEAST <= new <= _MOST):
        return False
    return math.isfinite(gap) and (far == 0.0 or gap >= _LEAST)


def _side(values: Floats, squares: float) -> Side:
    finite = np.isfinite(values)
    good = values if finite.all() else values[finite]
    nan = int(np.isnan(values).sum()) if good.size < values.size else 0
    if not good.size:
        return nan, values.size - good.size - nan, _NONE, 0.0, squares
    variety = _CONSTANT if bool((good == good[0]).all()) else _SEVERAL
    return nan, int(values.size - good.size - nan), variety, float(good[0]), squares


def _same(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = (a == b) | (np.isnan(a) & np.isnan(b))
    return same


def _is_rounded(source: NDArray[np.float64], result: NDArray[np.float64], dtype: str, *, narrow: bool) -> bool:
    """Whether ``result`` is ``source`` rounded at once or, as many libraries do it, by way of float32."""
    right = _same(rounded(source, dtype), result)
    if not narrow and dtype in FORMATS and not right.all():
        right |= _same(rounded(rounded(source, "F32"), dtype), result)
    return bool(right.all())


def _ways_left(a: Floats, b: Floats, old: str, new: str, ways: int) -> int:
    """Try each way block by block: nearly always the first says no, and no more need be rounded."""
    for start in range(0, a.size, BLOCK):
        if not ways:
            break
        x, y = (widened(side[start : start + BLOCK]) for side in (a, b))
        asked = [(Ways.FORTH, x, y, new, old), (Ways.BACK, y, x, old, new)]
        asked += [(way, x, y, dtype, old) for dtype, way in THROUGH.items()]
        for way, source, result, dtype, kind in asked:
            if ways & way and not _is_rounded(source, result, dtype, narrow=is_narrow(kind)):
                ways &= ~way
    return int(ways)


def _hashed(data: Buffer) -> bytes:
    """Return sums of 64-bit words in lanes, and sums of those sums, modulo 2**64."""
    octets = np.frombuffer(data, np.uint8)
    row = HASH_LANES * 8
    if octets.size % row:
        octets = np.concatenate((octets, np.zeros(-octets.size % row, np.uint8)))
    words = octets.view("<u8").reshape(-1, HASH_LANES)
    weights = np.arange(len(words), 0, -1, dtype=np.uint64)[:, None]
    with np.errstate(over="ignore"):
        return np.concatenate((words.sum(axis=0), (words * weights).sum(axis=0))).astype("<u8").tobytes()


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Finaliser of splitmix64."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
