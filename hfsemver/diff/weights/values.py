"""What happened to the values of the tensors that both sides have."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.weights.echoes import repeated_pairs
from hfsemver.diff.weights.tensors import Unread, require_read
from hfsemver.releases.checkpoints import are_comparable, parts
from hfsemver.tensors import Band, Estimate, Measure, band_of, doubt_of_median, joined
from hfsemver.tensors.bands import MATRIX_ELEMENTS, unrelated_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.diff.files.formats import FormatsDiff, WeightFormat
    from hfsemver.diff.weights.measuring import Measuring
    from hfsemver.diff.weights.reading import WeightReading
    from hfsemver.diff.weights.tensors import TensorDiff, TensorPair
    from hfsemver.tensors import Distance

_MATRIX = 2

_FIRST_FACTORS = frozenset({"lora_A", "lora_down"})
"""What libraries call the factor of a low-rank adapter that starts at random."""

HEADERS_ONLY = "its values were not compared, because --weights header looks at headers and digests only"


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorValues:
    """One tensor whose values were looked at: its band and, unless a digest settled it, its measure."""

    pair: TensorPair
    band: Band
    measure: Measure | None = None
    network: str = ""
    """The set of pickles that it lies in: a network of its own beside the one in safetensors, which has no name here."""

    @property
    def is_matrix(self) -> bool:
        """Whether the tensor can tell related from unrelated: norms and biases look alike in any two releases.

        Kernels of convolutions and stacks of experts are matrices too, or a network of little else could not be judged.
        """
        wide = sum(size > 1 for size in self.pair.new.shape)
        return wide >= _MATRIX and self.pair.new.count >= MATRIX_ELEMENTS

    @property
    def is_first_factor(self) -> bool:
        """Whether this is the factor of a low-rank adapter that starts at random."""
        return not _FIRST_FACTORS.isdisjoint(self.pair.name.split("."))


@dataclass(frozen=True, kw_only=True)
class ValuesDiff:
    """Bands of all comparable tensors. ``unread`` lists what could not be looked at, and why."""

    tensors: tuple[TensorValues, ...] = ()
    unread: tuple[Unread, ...] = ()
    echoes: tuple[TensorValues, ...] = ()
    """Tensors whose values say what those of another tensor say: they were looked at, and count for nothing more."""

    def of(self, band: Band) -> tuple[TensorValues, ...]:
        """Return the tensors of one band."""
        return tuple(values for values in self.tensors if values.band is band)

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many tensors each band holds, by name, in the order of the bands."""
        counted = Counter(values.band for values in self.tensors)
        return tuple((band.word, counted[band]) for band in Band if counted[band])

    @cached_property
    def is_adapter(self) -> bool:
        """Whether these are factors of low-rank adapters, whatever else was saved beside them."""
        return any(values.is_first_factor for values in self.tensors)

    @cached_property
    def _matrix_cosines(self) -> tuple[Estimate, ...]:
        """Cosine to the baseline of each matrix, of an adapter's first factors alone; unchanged ones count as 1.

        A pickle that was left as it was beside other safetensors, or the other way round, vouches for nothing: of several
        networks the one that went furthest counts.
        """
        cosines: dict[str, list[Estimate]] = {}
        for values in (*self.tensors, *self.echoes):
            if values.is_matrix and (values.is_first_factor or not self.is_adapter):
                cosines.setdefault(values.network, []).append(_cosine(values))
        return tuple(min(cosines.values(), key=lambda found: median(one.value for one in found), default=()))

    @property
    def matrix_cosines(self) -> tuple[float, ...]:
        """The cosines that the median is taken of."""
        return tuple(cosine.value for cosine in self._matrix_cosines)

    @property
    def median_doubt(self) -> float:
        """How far the median cosine may be off, in 95 of 100 cases, where old weights are known by a surface only."""
        return doubt_of_median(self._matrix_cosines)

    @property
    def median_cosine(self) -> float | None:
        """Median cosine to the baseline over the matrices that tell; ``None`` without one."""
        return median(self.matrix_cosines) if self.matrix_cosines else None

    @property
    def unrelated_below(self) -> float:
        """How far from zero the median cosine has to lie for the releases to be related."""
        return unrelated_below(adapter=self.is_adapter)

    @cached_property
    def relative_l2(self) -> Estimate | None:
        """||current - baseline|| / ||baseline|| over the tensors whose values changed, exact where both sides were read."""
        found = self._distance
        return None if found is None else found.relative_l2

    @cached_property
    def cosine(self) -> Estimate | None:
        """Cosine between the two sides over the tensors whose values changed."""
        found = self._distance
        return None if found is None else found.cosine

    @cached_property
    def _distance(self) -> Distance | None:
        moved = [v.measure.apart for v in self.tensors if v.measure is not None and v.band is not Band.IDENTICAL]
        return joined([apart for apart in moved if apart is not None])

    @property
    def max_abs(self) -> float | None:
        """Largest absolute difference of one element."""
        return max(_moved(self.tensors, "max_abs"), default=None)

    @property
    def changed_share(self) -> float | None:
        """Share of elements that differ, over the tensors whose values changed."""
        moved = [v.measure for v in self.tensors if v.measure is not None and v.band is not Band.IDENTICAL]
        changed = [m.changed for m in moved if m.changed is not None]
        count = sum(m.count for m in moved)
        return sum(changed) / count if count and len(changed) == len(moved) else None

    def require_complete(self) -> None:
        """Raise ``EvidenceMissing`` when some values could not be looked at."""
        require_read(self.unread)


def identity(tensors: Iterable[TensorValues]) -> str:
    """Return 16 hex digits that name one change of values, whatever engine measured it and in whichever files they lie.

    They stand on what is exact and known with or without the old weights: which tensors differ, and the bytes that they have now.
    A sample names the bytes that it saw.
    """
    lines = (
        f"{values.pair.name}\0{values.pair.new.dtype}\0{m.content.hex()}"
        for values in tensors
        if (m := values.measure) is not None
    )
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _moved(tensors: Iterable[TensorValues], name: str) -> Iterator[float]:
    for values in tensors:
        figure = getattr(values.measure, name, None) if values.band is not Band.IDENTICAL else None
        if isinstance(figure, float):
            yield figure


def _cosine(values: TensorValues) -> Estimate:
    if values.measure is None or values.measure.changed == 0:
        return Estimate.exact(1.0)
    apart = values.measure.apart
    # A matrix that became or was zero has no direction; an all-zero LoRA B before training is related to what it becomes.
    return Estimate.exact(1.0) if apart is None or apart.cosine is None else apart.cosine


def compare_values(measuring: Measuring | None, tensors: TensorDiff, formats: FormatsDiff) -> ValuesDiff:
    """Put every comparable tensor into its band, reading only files that digests do not prove equal."""
    if measuring is None:
        return ValuesDiff()
    reading = measuring.reading
    unread = {u.file: u for u in (*tensors.unread, *tensors.unmeasured, *_other_formats(reading, formats))}
    equal: set[TensorPair] = set()
    differing: dict[TensorPair, bool] = {}
    for pair in tensors.compared:
        same = reading.same(pair.old.file, pair.new.file)
        if (same and pair.old.data_offsets == pair.new.data_offsets) or reading.are_known_equal(pair.old, pair.new):
            equal.add(pair)
        elif reading.depth.looks_at_values:
            differing[pair] = same is False
        else:
            unread.setdefault(pair.new.file, Unread(file=pair.new.file, reason=HEADERS_ONLY, differs=same is False))
    found: dict[TensorPair, TensorValues] = {}
    for pair, measure in zip(differing, measuring.measures(differing), strict=True):
        if isinstance(measure, EvidenceMissing):
            reason = measure.problem.removeprefix(f"{measure.where}: ")
            unread.setdefault(measure.where, Unread(file=measure.where, reason=reason, differs=differing[pair]))
        else:
            band = band_of(measure, pair.old.dtype, pair.new.dtype)
            found[pair] = TensorValues(pair=pair, band=band, measure=measure, network=_network(reading, pair))
    found |= {pair: TensorValues(pair=pair, band=Band.IDENTICAL, network=_network(reading, pair)) for pair in equal}
    said = {pair: _said(seen) for pair, seen in found.items()}
    echoes = repeated_pairs(said, reading.baseline.weights, reading.current.weights)
    return ValuesDiff(
        tensors=tuple(found[pair] for pair in tensors.compared if pair in found and pair not in echoes),
        echoes=tuple(found[pair] for pair in tensors.compared if pair in echoes),
        unread=tuple(unread[file] for file in sorted(unread)),
    )


def _said(values: TensorValues) -> tuple[object, ...]:
    """Return what tells one change of values from another: the band and, where there is a change, the bytes."""
    measure = values.measure if values.band is not Band.IDENTICAL else None
    return (values.band, measure.changed, measure.content) if measure is not None else (values.band,)


def _network(reading: WeightReading, pair: TensorPair) -> str:
    found = reading.current.weights.by_file.get(pair.new.file)
    return found.name if found is not None and found.is_pickle else ""


def _other_formats(reading: WeightReading, formats: FormatsDiff) -> Iterator[Unread]:
    """Weights in formats whose values are not read, where their bytes differ or may differ."""
    for old, new in (*formats.kept, *formats.renamed):
        if old.kind == "safetensors":
            continue
        if are_comparable(old, new):
            yield from _leftovers(reading, old, new)
            continue
        if all(file in old.files and reading.same(file, file) for file in new.files):
            continue  # what was left over from another sharding is gone, what loaders open is the same
        if len(old.files) != len(new.files):
            reason = f"was split into other files, and values are not read in the {new.kind} format"
            yield Unread(file=new.name, reason=reason, differs=True)
            continue
        for old_path, new_path in zip(old.files, new.files, strict=True):
            same = reading.same_whole(old_path, new_path)
            if same is None:
                yield Unread(file=new_path, reason=HEADERS_ONLY, differs=False)
            elif not same:
                reason = f"its bytes changed, and values are not read in the {new.kind} format"
                yield Unread(file=new_path, reason=reason, differs=True)


def _leftovers(reading: WeightReading, old: WeightFormat, new: WeightFormat) -> Iterator[Unread]:
    """Files beside the pickles that are compared tensor by tensor, where they came or their bytes differ or may differ."""
    for name in parts(new):
        for file in reading.current.weights.sets[name].leftovers:
            if file in old.files and reading.same_whole(file, file):
                continue
            yield Unread(file=file, reason="it lies beside the files that its library opens", differs=file in old.files)
