"""Measures of the tensors that both sides have, each taken once whatever a policy makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.weights.estimating import estimate_all, sample_pairs
from hfsemver.diff.weights.padding import Padding
from hfsemver.tensors import measure_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.diff.weights.reading import WeightReading
    from hfsemver.diff.weights.tensors import TensorPair
    from hfsemver.tensors import Measure, TensorBytes


@dataclass(frozen=True, eq=False)
class Measuring:
    """What the values of pairs of tensors show; rows of an embedding that no token reaches take no part in it."""

    reading: WeightReading
    _taken: dict[TensorPair, Measure | EvidenceMissing] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def _padding(self) -> Padding:
        return Padding(baseline=self.reading.baseline, current=self.reading.current)

    def measures(self, pairs: Iterable[TensorPair]) -> Iterator[Measure | EvidenceMissing]:
        """Return the measure of each pair, or why its bytes are not here."""
        wanted = tuple(pairs)
        unseen = tuple(pair for pair in dict.fromkeys(wanted) if pair not in self._taken)
        told = {pair: one for pair in unseen if (one := self.reading.old.described(pair.old)) is not None}
        self.reading.new.announce(pair.new for pair in told)
        padded = frozenset(pair for pair in told if self._padding.limit(pair) is not None)
        self._taken.update(zip(told, estimate_all(self.reading, told, padded), strict=True))
        new = tuple(pair for pair in unseen if pair not in told)
        if not self.reading.depth.reads_values:
            limits = {pair: self._padding.limit(pair) for pair in new}
            self._taken.update(zip(new, sample_pairs(self.reading, limits), strict=True))
            new = ()
        self.reading.old.announce(pair.old for pair in new)
        self.reading.new.announce(pair.new for pair in new)
        for pair, measure in zip(new, measure_all(map(self._bytes, new)), strict=True):
            self._taken[pair] = measure if isinstance(measure, EvidenceMissing) else self._with_padding(pair, measure)
        return (self._taken[pair] for pair in wanted)

    def _bytes(self, pair: TensorPair) -> tuple[TensorBytes, TensorBytes]:
        limit = self._padding.limit(pair)
        return self.reading.old.stored(pair.old, limit), self.reading.new.stored(pair.new, limit)

    def _with_padding(self, pair: TensorPair, measure: Measure) -> Measure:
        """Padding takes no part in the band, and NaN in it is NaN all the same."""
        if self._padding.limit(pair) is None:
            return measure
        (old,), (new,) = self.reading.old.healths([pair.old]), self.reading.new.healths([pair.new])
        return replace(
            measure,
            baseline_health=old or measure.baseline_health,
            current_health=new or measure.current_health,
        )
