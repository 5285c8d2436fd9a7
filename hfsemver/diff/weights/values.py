"""What happened to the values of the tensors that both sides have."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.weights.echoes import repeated_pairs
from hfsemver.diff.weights.kinship import Kinship, kinship_of
from hfsemver.diff.weights.tensor_values import TensorValues
from hfsemver.diff.weights.tensors import Unread, require_read
from hfsemver.releases.checkpoints import are_comparable, parts
from hfsemver.tensors import Band, band_of, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.diff.files.formats import FormatsDiff, WeightFormat
    from hfsemver.diff.weights.measuring import Measuring
    from hfsemver.diff.weights.reading import WeightReading
    from hfsemver.diff.weights.tensors import TensorDiff, TensorPair
    from hfsemver.tensors import Distance, Estimate

HEADERS_ONLY = "its values were not compared, because --weights header looks at headers and digests only"


@dataclass(frozen=True, kw_only=True)
class ValuesDiff:
    """Bands of all comparable tensors. ``unread`` lists what could not be looked at, and why."""

    tensors: tuple[TensorValues, ...] = ()
    unread: tuple[Unread, ...] = ()
    echoes: tuple[TensorValues, ...] = ()
    """Tensors whose values say what those of another tensor say: they were looked at, and count for nothing more."""
    kinship: Kinship = field(default_factory=Kinship)

    def of(self, band: Band) -> tuple[TensorValues, ...]:
        """Return the tensors of one band."""
        return tuple(values for values in self.tensors if values.band is band)

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many tensors each band holds, by name, in the order of the bands."""
        counted = Counter(values.band for values in self.tensors)
        return tuple((band.word, counted[band]) for band in Band if counted[band])

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
        kinship=kinship_of(
            found.values(),
            ((pair, _network(reading, pair)) for pair in tensors.compared if pair not in found),
            _hidden(reading),
        ),
    )


def _said(values: TensorValues) -> tuple[object, ...]:
    """Return what tells one change of values from another: the band and, where there is a change, the bytes."""
    measure = values.measure if values.band is not Band.IDENTICAL else None
    return (values.band, measure.changed, measure.content) if measure is not None else (values.band,)


def _hidden(reading: WeightReading) -> int:
    """Count the tensors whose shards are not here, at the worst as many as would turn everything that is."""
    hidden = 0
    for one in reading.current.weights.sets.values():
        if one.missing and not one.is_pickle:
            names = len((one.weight_map or {}).keys() - one.tensors.keys())
            hidden += names or len(one.tensors) + 1
    return hidden


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
