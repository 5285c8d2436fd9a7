"""One edit of one tensor that shows in several places, told once: in a pickle beside safetensors, and in tied names.

Weights are often published in both formats, and loaders take the safetensors. What happened to a tensor there and to its
twin in the pickle alike is one edit. What happened to one of the two alone is told like any other.
In a pickle two names may share the same bytes; a change of these is one edit as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from hfsemver.diff.weights.heads import is_head

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.weights.tensors import Claimed, HeadChange, TensorDiff, TensorPair
    from hfsemver.releases.weights import Weights

    Faulty = tuple[TensorInfo, str]

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


def repeated_pairs(said: Mapping[TensorPair, Hashable], baseline: Weights, current: Weights) -> frozenset[TensorPair]:
    """Return the pairs of which another one says the same: ``said`` gives what became of the values of each."""
    named = {(_set(pair.new, current), pair.name): pair for pair in said}
    groups: dict[Hashable, list[TensorPair]] = {}
    for pair in said:
        pickled = _is_pickled(pair.new, current) and _is_pickled(pair.old, baseline)
        groups.setdefault(_places(pair) if pickled and pair.new.size else pair, []).append(pair)
    repeated: set[TensorPair] = set()
    for group in groups.values():
        twins = [(pair, named.get((_twin(pair.new, current), pair.name))) for pair in group]
        told = any(t is not None and (_edit(p), said[p]) == (_edit(t), said[t]) for p, t in twins)
        repeated.update(group if told else set(group) - {_first(group)})
    return frozenset(repeated)


def repeated_faults(faults: Iterable[Faulty], current: Weights) -> frozenset[Faulty]:
    """Return the tensors with what is wrong with them of which another one says the same."""
    faults = tuple(faults)
    named = {(_set(tensor, current), tensor.name, problem) for tensor, problem in faults}
    groups: dict[Hashable, list[Faulty]] = {}
    for tensor, problem in faults:
        if _is_pickled(tensor, current):
            groups.setdefault((tensor.file, tensor.data_offsets, problem), []).append((tensor, problem))
    repeated: set[Faulty] = set()
    for group in groups.values():
        told = any((_twin(tensor, current), tensor.name, problem) in named for tensor, problem in group)
        first = min(group, key=lambda faulty: (is_head(faulty[0].name), faulty[0].name))
        repeated.update(group if told else set(group) - {first})
    return frozenset(repeated)


def _first(pairs: Iterable[TensorPair]) -> TensorPair:
    """Return the one that speaks for pairs at the same bytes: the embeddings rather than the head that is tied to them."""
    return min(pairs, key=lambda pair: (is_head(pair.name), pair.name))


def _spoken(pairs: Iterable[TensorPair], twin: TensorDiff | None) -> Mapping[TensorPair, TensorPair | None]:
    """Return which pair speaks for each that lies at the same bytes as another; ``None`` where the twin speaks."""
    told = {_edit(pair) for pair in (*twin.reshaped, *twin.recast, *twin.packed)} if twin is not None else set()
    groups: dict[Hashable, list[TensorPair]] = {}
    for pair in pairs:
        groups.setdefault(_places(pair), []).append(pair)
    spoken: dict[TensorPair, TensorPair | None] = {}
    for group in groups.values():
        repeated = any(_edit(pair) in told for pair in group)
        spoken.update((pair, None if repeated else _first(group)) for pair in group if pair.new.size)
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


def _set(tensor: TensorInfo, weights: Weights) -> str | None:
    found = weights.by_file.get(tensor.file)
    return found.name if found is not None else None


def _twin(tensor: TensorInfo, weights: Weights) -> str | None:
    found = weights.by_file.get(tensor.file)
    return found.twin if found is not None else None


def _is_pickled(tensor: TensorInfo, weights: Weights) -> bool:
    found = weights.by_file.get(tensor.file)
    return found is not None and found.is_pickle
