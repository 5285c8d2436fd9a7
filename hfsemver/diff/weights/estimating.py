"""Measures from less than all bytes: against a baseline of which the surface alone is here, or of a sample."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.tensors import Health, Sketch, measured, rounded_into_all, sample_all, seed_of, sketch_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.core.surface import DescribedTensor
    from hfsemver.diff.weights.reading import WeightReading
    from hfsemver.diff.weights.tensors import TensorPair
    from hfsemver.tensors import Measure

UNDECIDED: Final = "whether its values were trained or only rounded cannot be told from the surface of the baseline, which is all that is here"

PADDED: Final = "whether rows that tokens reach have other values cannot be told from the surface of the baseline, which stands for all rows"
_SAME: Final = "{} of its {} bytes were sampled, and what was read does not differ, which says nothing about the rest"
_ROUNDED: Final = (
    "{} of its {} bytes were sampled, and what was read may have been rounded only, which says nothing about the rest"
)
_TOO_SMALL: Final = "is too small to be sampled, or holds no plain numbers"


def estimate_all(
    reading: WeightReading, told: Mapping[TensorPair, DescribedTensor], padded: frozenset[TensorPair]
) -> Iterator[Measure | EvidenceMissing]:
    """Compare tensors with what a surface says of their baselines: equal or not exactly, how far apart within intervals.

    The bytes of the current release are read once, those of tensors of another dtype twice: whether the baseline is current,
    rounded into its dtype, is exact. Where neither is certain the answer is ``EvidenceMissing``, and so it is for an embedding that differs
    and has rows that no token reaches (``padded``).
    """
    surface = reading.baseline.surface
    if surface is None:  # nothing is described without one
        return
    wanted = ((reading.new.stored(pair.new), seed_of(pair.old.name, surface.seed)) for pair in told)
    recast = [pair for pair in told if pair.old.dtype != pair.new.dtype]
    reading.new.announce(pair.new for pair in recast)
    backs = dict(zip(recast, rounded_into_all((reading.new.stored(p.new), p.old.dtype) for p in recast), strict=True))
    for (pair, before), now in zip(told.items(), sketch_all(wanted), strict=True):
        back = backs.get(pair, frozenset())
        if isinstance(now, EvidenceMissing):
            yield now
        elif isinstance(back, EvidenceMissing):
            yield back
        elif pair in padded and now.fingerprint != before.fingerprint:
            yield EvidenceMissing(pair.new.file, PADDED)
        else:
            widened = before.fingerprint in back
            found = measured(_sketch(before), now, pair.old.dtype, pair.new.dtype, pair.new.count, widened=widened)
            yield EvidenceMissing(pair.new.file, UNDECIDED) if found is None else found


def _sketch(told: DescribedTensor) -> Sketch:
    squares = math.inf if told.squares is None else told.squares
    health = Health(nan=told.nan, infinite=told.infinite, constant=told.constant, squares=squares)
    return Sketch(fingerprint=told.fingerprint, health=health, sums=told.sums)


def sample_pairs(
    reading: WeightReading, limits: Mapping[TensorPair, int | None]
) -> Iterator[Measure | EvidenceMissing]:
    """Sample pairs of tensors, of the rows that count. ``EvidenceMissing`` is the answer where a sample shows no change."""
    wanted = (
        (pair.name, reading.old.stored(pair.old, rows, in_part=True), reading.new.stored(pair.new, rows, in_part=True))
        for pair, rows in limits.items()
    )
    for pair, found in zip(limits, sample_all(wanted), strict=True):
        if isinstance(found, EvidenceMissing):
            yield found
        elif found is None:
            yield EvidenceMissing(pair.new.file, f"{pair.name} {_TOO_SMALL}")
        else:
            reading.old.looked_at(pair.old, found.octets[0])
            reading.new.looked_at(pair.new, found.octets[1])
            measure = found.measure()
            words = (_ROUNDED if found.differs else _SAME).format(found.octets[1], pair.new.size)
            yield EvidenceMissing(pair.new.file, f"{pair.name}: {words}") if measure is None else measure
