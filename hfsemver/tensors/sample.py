"""A look at one hundredth of the bytes: whether tensors differ, and about how far, without reading them.

Each tensor is cut into strata of equal length, and from each of them one piece is read, at a place that a seed chooses. Sums over
pieces estimate those over the tensor; their spread over the pieces gives the interval, by the linearised variance of a ratio
(Cochran, Sampling Techniques, 1977, section 6.4) with the quantile of Student's distribution.

A sample proves that two tensors differ, and never that they do not.
"""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from hfsemver.tensors.dtypes import COMPLEX, code, pair_up, width
from hfsemver.tensors.engine import ways_of
from hfsemver.tensors.estimate import Distance, Estimate, Squares, Z
from hfsemver.tensors.jobs import Job, run
from hfsemver.tensors.kernel import passes
from hfsemver.tensors.measure import DIGEST, UNSEEN, Measure
from hfsemver.tensors.stored import window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hfsemver.core.errors import EvidenceMissing
    from hfsemver.tensors.passes import Comparison
    from hfsemver.tensors.stored import TensorBytes

SHARE: Final = 0.01
"""Of the bytes of a pair of tensors, how many are read at most."""

_PIECE, _SMALLEST = 16 << 10, 64
_MOST, _FEW, _FEWEST = 64, 8, 4

_ROUNDING: Final = 2.0**-22
"""Relative error of a sum that is taken in single precision by blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a sample of two tensors of ``count`` elements shows; ``octets`` were read of each side.

    ``differs`` is proved, its opposite is not. ``ways`` says that all that was read may be rounding alone. ``distance`` is
    ``None`` where too few pieces were read to say how sure it is.
    """

    count: int
    octets: tuple[int, int]
    differs: bool
    ways: int
    content: bytes
    distance: Distance | None

    def measure(self) -> Measure | None:
        """Return the measure of a tensor that surely has other values; ``None`` where that was not shown."""
        if not self.differs or self.ways:
            return None
        squares = None if self.distance is None else self.distance.baseline_squares
        return Measure(
            count=self.count,
            changed=None,
            baseline_squares=squares,
            current_squares=None if self.distance is None else self.distance.current_squares,
            distance=self.distance,
            content=self.content,
            sampled=True,
            baseline_health=UNSEEN,
            current_health=UNSEEN,
        )


def sample_all(
    pairs: Iterable[tuple[str, TensorBytes, TensorBytes]], threads: int | None = None
) -> Iterator[Sample | EvidenceMissing | None]:
    """Sample pairs of tensors of one shape, each under a name of its own that seeds its places.

    The answer is ``None`` for tensors of which one hundredth is less than a piece, or that cannot be read as numbers.
    """
    return run((_sampling(*pair) for pair in pairs), threads)


def places_of(name: str, size: int, step: int) -> tuple[tuple[int, int], ...]:
    """Return the ranges of elements to read of ``size`` elements of ``step`` bytes, one in each stratum, in order."""
    allowed = int(size * step * SHARE)
    piece = min(_PIECE, max(_SMALLEST, allowed // _MOST // _SMALLEST * _SMALLEST))
    count = min(_MOST, allowed // piece)
    length = piece // step
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    chosen = random.Random(int.from_bytes(digest, "little"))  # noqa: S311 -- places of a sample, no secret
    places = []
    for number in range(count):
        low, high = size * number // count, size * (number + 1) // count
        start = chosen.randint(low, max(low, high - length))
        places.append((start, min(start + length, size)))
    return tuple(places)


def _sampling(name: str, old: TensorBytes, new: TensorBytes) -> Job[tuple[Comparison, int], Sample | None]:
    count = math.prod(new.shape)
    readable = pair_up(old.dtype, new.dtype) and COMPLEX not in (old.dtype, new.dtype)
    widths = (width(old.dtype), width(new.dtype)) if readable else (1, 1)
    places = places_of(name, count, max(widths)) if readable else ()
    if not places:
        return Job((), lambda _: None, 0)
    ways = ways_of(old.dtype, new.dtype)

    def step(start: int, stop: int) -> tuple[Comparison, int]:
        left = window(old, start * widths[0], stop * widths[0], 0)
        right = window(new, start * widths[1], stop * widths[1], 1)
        return passes().compare(left, right, code(old.dtype), code(new.dtype), ways), stop - start

    def finish(parts: list[tuple[Comparison, int]]) -> Sample:
        looked = sum(length for _, length in parts)
        content = hashlib.blake2b(digest_size=DIGEST)
        left = ways
        for part, _ in parts:
            left &= part[2]
            content.update(part[5])
        return Sample(
            count=count,
            octets=(looked * widths[0], looked * widths[1]),
            differs=any(part[0] for part, _ in parts),
            ways=left,
            content=content.digest(),
            distance=_distance([part for part, _ in parts], count / looked),
        )

    piece = max(stop - start for start, stop in places)
    return Job([partial(step, start, stop) for start, stop in places], finish, sum(widths) * piece)


def _distance(parts: Sequence[Comparison], scale: float) -> Distance | None:
    """Blow sums of equal pieces up to the whole tensor, and say how far off they may be."""
    if len(parts) < _FEW:
        return None
    columns = [[part[1][place] for part in parts] for place in range(4)]
    old, new, gap, product = (math.fsum(column) for column in columns)
    if not all(map(math.isfinite, (old, new, gap, product))) or not old or not new:
        return None
    # Where a few pieces hold nearly all, there is nothing to tell by how much others would differ.
    if any(sum(column) and _spread_over(column) < _FEWEST for column in columns[:3]):
        return None
    ratio = gap / old
    spread = _spread([d - ratio * a for a, d in zip(columns[0], columns[2], strict=True)]) / old
    norms = math.sqrt(old) * math.sqrt(new)
    cosine = product / norms
    turns = [
        p / norms - cosine / 2 * (a / old + b / new) for a, b, p in zip(columns[0], columns[1], columns[3], strict=True)
    ]
    doubt = (_student(len(parts) - 1) * _spread(turns) + _ROUNDING) * norms * scale
    # As wide as Student's distribution makes it, in the degrees of freedom of a chi-square with the same spread.
    wide = spread * _student(len(parts) - 1) / Z
    return Distance(
        squares=Squares(total=gap * scale, freedom=2 * ratio * ratio / (wide * wide) if wide else math.inf),
        baseline_squares=old * scale,
        current_squares=new * scale,
        product=Estimate(value=product * scale, low=product * scale - doubt, high=product * scale + doubt),
        norms_known=False,
    )


def _spread_over(squares: Sequence[float]) -> float:
    """Return over how many pieces squares are spread, as if each of them held as much (Kish, Survey Sampling, 1965)."""
    whole = math.fsum(squares)
    return 1.0 / math.fsum((one / whole) ** 2 for one in squares)


def _spread(residuals: Sequence[float]) -> float:
    """Return the standard deviation of the sum of independent residuals."""
    count = len(residuals)
    return math.sqrt(count / (count - 1) * math.fsum(one * one for one in residuals))


def _student(freedom: int) -> float:
    """Return the quantile of Student's distribution that leaves 2.5 % above it, by the expansion of Fisher and Cornish."""
    z2 = Z * Z
    terms = (
        (z2 + 1) / 4,
        ((5 * z2 + 16) * z2 + 3) / 96,
        (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384,
    )
    return Z * (1 + math.fsum(term / float(freedom) ** power for power, term in enumerate(terms, 1)))
