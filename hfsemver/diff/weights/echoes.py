"""One edit of one tensor that shows in several places, told once: in a pickle beside safetensors, and in tied names.

Weights are often published in both formats, and loaders take the safetensors. What happened to a tensor there and to its
twin in the pickle alike is one edit. What happened to one of the two alone is told like any other.
In a pickle two names may share the same bytes; a change of these is one edit as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from hfsemver.diff.weights.heads import is_head
from hfsemver.tensors import Band

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.weights.health import Fault
    from hfsemver.diff.weights.tensors import Claimed, HeadChange, TensorDiff, TensorPair
    from hfsemver.diff.weights.values import TensorValues
    from hfsemver.releases.weights import Weights

_Change = TypeVar("_Change")


def told_once(part: TensorDiff, twin: TensorDiff | None) -> TensorDiff:
    """Return the changes of a pickle set without those that its twin shows, and without those of a second name."""
    both = {*part.reshaped, *part.recast, *part.packed}
    spoken = _spoken(both, twin)

    def left(pairs: tuple[TensorPair, ...], others: tuple[TensorPair, ...]) -> tuple[TensorPair, ...]:
        known = {_edit(pair) for pair in others}
        return tuple(pair for pair in pairs if _edit(pair) not in known and spoken.get(pair, pair) is pair)

    if twin is None:
        return replace(
            part,
            reshaped=left(part.reshaped, ()),
            recast=left(part.recast, ()),
            packed=left(part.packed, ()),
        )
    return replace(
        part,
        added=_left(part.added, twin.added, _kind),
        removed=_left(part.removed, twin.removed, _kind),
        renamed=_left(part.renamed, twin.renamed, _edit),
        respelled=_left(part.respelled, twin.respelled, _edit),
        reshaped=left(part.reshaped, twin.reshaped),
        recast=left(part.recast, twin.recast),
        packed=left(part.packed, twin.packed),
        heads=_left(part.heads, twin.heads, _head),
        claimed=tuple(_claim(claim, twin.claimed) for claim in part.claimed),
    )


def values_told_once(
    values: Sequence[TensorValues], baseline: Weights, current: Weights
) -> tuple[tuple[TensorValues, ...], tuple[TensorValues, ...]]:
    """Return the values that speak for themselves, and those that only repeat another."""
    named = {(_set(v.pair.new, current), v.pair.new.name): v for v in values}
    groups: dict[Hashable, list[TensorValues]] = {}
    for number, seen in enumerate(values):
        pickled = _is_pickled(seen.pair.new, current) and _is_pickled(seen.pair.old, baseline)
        groups.setdefault(_places(seen.pair) if pickled and seen.pair.new.size else number, []).append(seen)
    echoes: set[int] = set()
    for group in groups.values():
        twins = [named.get((_twin(v.pair.new, current), v.pair.new.name)) for v in group]
        repeated = any(t is not None and _alike(v, t) for v, t in zip(group, twins, strict=True))
        first = None if repeated else min(group, key=lambda v: (is_head(v.pair.name), v.pair.name))
        echoes.update(id(v) for v in group if v is not first)
    return tuple(v for v in values if id(v) not in echoes), tuple(v for v in values if id(v) in echoes)


def faults_told_once(faults: Iterable[Fault], current: Weights) -> tuple[Fault, ...]:
    """Return the faults without those of a pickle that its twin has too, and without those of a second name."""
    faults = tuple(faults)
    told = {(_set(f.tensor, current), f.tensor.name, f.kind, f.problem) for f in faults}
    groups: dict[Hashable, list[Fault]] = {}
    for number, fault in enumerate(faults):
        place = (fault.tensor.file, fault.tensor.data_offsets, fault.kind, fault.problem)
        groups.setdefault(place if _is_pickled(fault.tensor, current) else number, []).append(fault)
    spoken: set[int] = set()
    for group in groups.values():
        if not any((_twin(f.tensor, current), f.tensor.name, f.kind, f.problem) in told for f in group):
            spoken.add(id(min(group, key=lambda f: (is_head(f.tensor.name), f.tensor.name))))
    return tuple(fault for fault in faults if id(fault) in spoken)


def _spoken(pairs: Iterable[TensorPair], twin: TensorDiff | None) -> Mapping[TensorPair, TensorPair | None]:
    """Return which pair speaks for each that lies at the same bytes as another; ``None`` where the twin speaks."""
    told = {_edit(pair) for pair in (*twin.reshaped, *twin.recast, *twin.packed)} if twin is not None else set()
    groups: dict[Hashable, list[TensorPair]] = {}
    for pair in pairs:
        groups.setdefault(_places(pair), []).append(pair)
    spoken: dict[TensorPair, TensorPair | None] = {}
    for group in groups.values():
        first = min(group, key=lambda pair: (is_head(pair.name), pair.name))
        repeated = any(_edit(pair) in told for pair in group)
        spoken.update((pair, None if repeated else first) for pair in group if pair.new.size)
    return spoken


def _left(
    mine: tuple[_Change, ...], others: tuple[_Change, ...], key: Callable[[_Change], Hashable]
) -> tuple[_Change, ...]:
    known = {key(item) for item in others}
    return tuple(item for item in mine if key(item) not in known)


def _kind(tensor: TensorInfo) -> Hashable:
    return tensor.name, tensor.dtype, tensor.shape


def _edit(pair: TensorPair) -> Hashable:
    return _kind(pair.old), _kind(pair.new)


def _places(pair: TensorPair) -> Hashable:
    old, new = pair.old, pair.new
    return old.file, old.data_offsets, old.dtype, old.shape, new.file, new.data_offsets, new.dtype, new.shape


def _head(change: HeadChange) -> Hashable:
    return _kind(change.head), change.embeddings, change.appeared, change.equal, change.tied


def _claim(claim: Claimed, others: tuple[Claimed, ...]) -> Claimed:
    known = {name for other in others if other.cause == claim.cause for name in other.tensors}
    return replace(claim, tensors=tuple(name for name in claim.tensors if name not in known))


def _alike(one: TensorValues, other: TensorValues) -> bool:
    """Whether two pairs show one edit: the same dtypes, the same band and, where they were measured, the same bytes."""
    if one.band is not other.band or _edit(one.pair) != _edit(other.pair):
        return False
    left, right = one.measure, other.measure
    if one.band is Band.IDENTICAL or left is None or right is None:
        return one.band is Band.IDENTICAL
    return (left.changed, left.content) == (right.changed, right.content)


def _set(tensor: TensorInfo, weights: Weights) -> str | None:
    found = weights.by_file.get(tensor.file)
    return found.name if found is not None else None


def _twin(tensor: TensorInfo, weights: Weights) -> str | None:
    found = weights.by_file.get(tensor.file)
    return found.twin if found is not None else None


def _is_pickled(tensor: TensorInfo, weights: Weights) -> bool:
    found = weights.by_file.get(tensor.file)
    return found is not None and found.is_pickle
