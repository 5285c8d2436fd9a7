"""A few random sums that stand for a tensor, and what two such sketches say about the distance between their tensors.

Each element is added, under a random sign, to one of ``ROW`` sums (a count sketch: Charikar, Chen and Farach-Colton,
https://doi.org/10.1007/3-540-45465-9_59); then sums are added to one another until as few are left as are to be kept. The
squares of the sums of a difference add up to the squares of the difference, on average over the signs, with a relative
variance of at most two over their number. Sketches are linear: the difference of two is the sketch of the difference.
"""

from __future__ import annotations

import hashlib
import math
from array import array
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from hfsemver.tensors.dtypes import code, holds_all, is_decodable, is_float, numbers, pair_up, width
from hfsemver.tensors.estimate import Distance, Estimate, Squares, Z
from hfsemver.tensors.jobs import Job, run
from hfsemver.tensors.kernel import passes
from hfsemver.tensors.measure import UNSEEN, Measure, combined, equal, hashed
from hfsemver.tensors.passes import ROW, ways_through
from hfsemver.tensors.stored import window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hfsemver.core.errors import EvidenceMissing
    from hfsemver.tensors.measure import Health
    from hfsemver.tensors.passes import Comparison
    from hfsemver.tensors.stored import TensorBytes

_ROUNDING: Final = 2.0**-24
"""Largest relative error of a sum that was stored in single precision."""
_HARDLY: Final = 0.025
"""How many elements fall into one sum with another, on average, before intervals allow for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is kept of one tensor: 128 bits that name it, its health, and sums, none where its numbers cannot be read.

    ``content`` and ``through`` are those of a ``Measure``, known of a tensor whose bytes are here: what tells its bytes from
    others, and the narrower dtypes that hold all of its values.
    """

    fingerprint: bytes
    health: Health
    sums: tuple[float, ...]
    content: bytes = b""
    through: tuple[str, ...] = ()


def seed_of(name: str, seed: int) -> int:
    """Return the seed of one tensor, so that no two share their signs."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8, key=seed.to_bytes(8, "little"))
    return int.from_bytes(digest.digest(), "little")


def sketch_all(
    tensors: Iterable[tuple[TensorBytes, int]], sums: int = ROW, threads: int | None = None
) -> Iterator[Sketch | EvidenceMissing]:
    """Sketch tensors, each under the seed given with it, onto as many ``sums`` (a power of two); each is read once."""
    return run((_sketching(tensor, seed, sums) for tensor, seed in tensors), threads)


def _sketching(tensor: TensorBytes, seed: int, sums: int) -> Job[Sketch, Sketch]:
    # One step: the name of a tensor is a hash over all of its bytes, one after the other.
    return Job((partial(_sketch, tensor, seed, sums),), lambda found: found[0], tensor.size)


def _sketch(tensor: TensorBytes, seed: int, sums: int) -> Sketch:
    digest = hashed(tensor.dtype, tensor.shape)
    totals = array("d", bytes(8 * ROW))
    parts: list[Comparison] = []
    readable = is_decodable(tensor.dtype)
    ways = ways_through(tensor.dtype)
    for start, stop in tensor.chunks():
        view = window(tensor, start, stop)
        digest.update(view)
        if readable:
            # With itself: that gives its health, its content, and which narrower dtypes hold its values.
            parts.append(passes().compare(view, view, code(tensor.dtype), code(tensor.dtype), ways))
            passes().sketch(view, code(tensor.dtype), start // width(tensor.dtype) // ROW, seed, totals)
    if not readable:
        return Sketch(fingerprint=digest.digest(), health=UNSEEN, sums=())
    seen = combined(numbers(tensor.dtype, tensor.shape), tensor.size, parts)
    return Sketch(
        fingerprint=digest.digest(),
        health=seen.current_health,
        sums=folded(totals, sums),
        content=seen.content,
        through=seen.through,
    )


def folded(sums: Sequence[float], fewer: int) -> tuple[float, ...]:
    """Return the sketch of the same tensor onto fewer sums."""
    while len(sums) > fewer:
        sums = [one + other for one, other in zip(sums[::2], sums[1::2], strict=True)]
    return tuple(sums)


def distance(baseline: Sketch, current: Sketch) -> Distance | None:
    """Estimate how far apart two tensors lie that were sketched under one seed.

    ``None`` where one has no numbers, or such as no double holds the squares of.
    """
    count = min(len(baseline.sums), len(current.sums))
    a, b = baseline.health.squares, current.health.squares
    if not count or not (math.isfinite(a) and math.isfinite(b)):
        return None
    try:
        return _distance(baseline, current, count)
    except OverflowError:
        return None


def _clash(parts: Sequence[float]) -> float:
    """Return the largest of the parts of a sum; 0 where two of as many as make it up hardly ever meet in one place."""
    largest = max(parts)
    if not largest:
        return 0.0
    # How many equal ones would be spread as they are: that many elements, if they are few.
    shares = [part / largest for part in parts]
    alike = math.fsum(shares) ** 2 / math.fsum(share * share for share in shares)
    return largest if alike * (alike + 1) / (2 * len(parts)) > _HARDLY else 0.0


def _distance(baseline: Sketch, current: Sketch, count: int) -> Distance:
    old, new = folded(baseline.sums, count), folded(current.sums, count)
    norms = [math.sqrt(math.fsum(value * value for value in sums)) for sums in (old, new)]
    gaps = [(after - before) ** 2 for before, after in zip(old, new, strict=True)]
    products = [before * after for before, after in zip(old, new, strict=True)]
    slack = _ROUNDING * math.fsum(norms)
    squares = Squares(total=math.fsum(gaps), freedom=float(count), slack=slack, clash=_clash(gaps))
    a, b = baseline.health.squares, current.health.squares
    product = math.fsum(products)
    doubt = max(Z * math.sqrt((a * b + product * product) / count), _clash([abs(one) for one in products]))
    direct = Estimate(value=product, low=product - doubt, high=product + doubt)
    return Distance(squares=squares, baseline_squares=a, current_squares=b, product=direct)


_ROUNDED_BY: Final = {
    "F32": (2.0**-23, 2.0**-149, math.inf),
    "BF16": (2.0**-8, 2.0**-133, math.inf),
    "F16": (2.0**-10, 2.0**-24, math.inf),
    "F8_E4M3": (2.0**-3, 2.0**-9, 448.0),
    "F8_E5M2": (2.0**-2, 2.0**-16, 57344.0),
}
"""How far rounding into a dtype moves one number at the most: relative to it, or below its normal numbers at all; both are
twice as much, for what two roundings do. And what it makes of all larger ones, where that is not infinite."""


def rounded_into_all(
    tensors: Iterable[tuple[TensorBytes, str]], threads: int | None = None
) -> Iterator[frozenset[bytes] | EvidenceMissing]:
    """Return the fingerprints that tensors have once they are rounded into another dtype, each by the one given with it.

    Two where libraries may do it by way of single precision; none where no number of one is a number of the other.
    """
    return run((_rounding(tensor, dtype) for tensor, dtype in tensors), threads)


def _rounding(tensor: TensorBytes, dtype: str) -> Job[frozenset[bytes], frozenset[bytes]]:
    if not pair_up(dtype, tensor.dtype):
        return Job((), lambda _: frozenset(), 0)
    return Job((partial(_rounded, tensor, dtype),), lambda found: found[0], tensor.size)


def _rounded(tensor: TensorBytes, dtype: str) -> frozenset[bytes]:
    # Only who changes the dtype of a release pays for NumPy.
    from hfsemver.tensors.decoding import encoded

    digests = {way: hashed(dtype, tensor.shape) for way in (("", "F32") if is_float(dtype) else ("",))}
    for start, stop in tensor.chunks():
        view = window(tensor, start, stop)
        for by_way, digest in digests.items():
            other = encoded(view, tensor.dtype, dtype, by_way)
            if other is None:
                return frozenset()
            digest.update(other)
    return frozenset(digest.digest() for digest in digests.values())


def measured(
    baseline: Sketch, current: Sketch, old: str, new: str, count: int, *, widened: bool = False
) -> Measure | None:
    """Return what two sketches show of tensors of the dtypes ``old`` and ``new``; ``None`` where they cannot tell.

    Equal and unequal are exact. Whether a tensor was only rounded shows in its baseline alone, element by element: where it may
    have been, because its values fit a narrower dtype and lie near enough, there is no answer. ``widened`` says that the
    baseline is current, rounded into its dtype.
    """
    if baseline.fingerprint == current.fingerprint:
        return equal(count)
    apart = distance(baseline, current) if pair_up(old, new) else None
    fits = current.through if old == new else (new,) if is_float(new) and not (widened or holds_all(new, old)) else ()
    if any(_may_be_rounded(apart, dtype, count) for dtype in fits):
        return None
    # Sums hold a zero for NaN and infinity; how far those pairs of elements lie apart counts nowhere else.
    if any(one.health.nan or one.health.infinite for one in (baseline, current)):
        apart = None
    return Measure(
        count=count,
        changed=None,
        baseline_squares=baseline.health.squares if apart is not None else None,
        current_squares=current.health.squares if apart is not None else None,
        distance=apart,
        recast=widened,
        content=current.content or current.fingerprint,
        baseline_health=baseline.health,
        current_health=current.health,
    )


def _may_be_rounded(apart: Distance | None, dtype: str, count: int) -> bool:
    if apart is None or dtype not in _ROUNDED_BY:
        return True
    relative, absolute, largest = _ROUNDED_BY[dtype]
    if apart.current_squares >= largest**2:  # else none of its numbers is as large
        return True
    most = relative * math.sqrt(apart.baseline_squares) + absolute * math.sqrt(count)
    return math.sqrt(apart.squares.interval().low) <= most
