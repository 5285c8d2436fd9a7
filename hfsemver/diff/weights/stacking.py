"""Experts that were stored one by one and now lie stacked in one tensor, or the other way round."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.weights.tensors import TensorPair, Unread
from hfsemver.tensors import equal_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.weights.reading import WeightReading, WeightSide
    from hfsemver.diff.weights.tensors import TensorDiff

_EXPERT: Final = re.compile(r"^(?P<layer>.*\.experts)\.(?:(?P<number>\d+)\.)?(?P<part>.+)$")
# What the library calls the stacks, with and without the name of the parameter.
_STACKS: Final = frozenset(
    f"{part}{ending}"
    for part in ("gate_up_proj", "gate_proj", "up_proj", "down_proj", "w1", "w2", "w3")
    for ending in ("", ".weight")
)
_OTHER_LAYOUT: Final = (
    "its experts lie in another layout, so that their values could not be set against those of before"
)
_HEADERS: Final = "whether its experts kept their values was not read, because --weights header looks at headers only"


@dataclass(frozen=True, slots=True)
class _Side:
    """The experts of one layer in one release: by number and part, or stacked over all numbers."""

    weights: WeightSide
    tensors: tuple[TensorInfo, ...]

    @property
    def stacks(self) -> tuple[TensorInfo, ...]:
        return tuple(t for t in self.tensors if not _number(t))

    def singles(self) -> dict[str, dict[int, TensorInfo]]:
        """The tensors of single experts by part and number."""
        found: dict[str, dict[int, TensorInfo]] = defaultdict(dict)
        for tensor in self.tensors:
            match = _EXPERT.match(tensor.name)
            if match and match["number"]:
                found[match["part"]][int(match["number"])] = tensor
        return found


def stacked(diff: TensorDiff, reading: WeightReading) -> TensorDiff:
    """Claim the experts of a layer when both sides hold as many elements of one dtype, in another number of tensors.

    Each old tensor is paired with the first new one of its layer: the pairs name the edit. The values are the same where
    the bytes prove it; where they do not, the file is told as one whose values could not be compared.
    """
    olds, news = _by_layer(diff.removed), _by_layer(diff.added)
    pairs: list[TensorPair] = []
    come: set[str] = set()
    unmeasured: dict[str, Unread] = {}
    for layer in sorted(olds.keys() & news.keys()):
        before, after = _Side(reading.old, tuple(olds[layer])), _Side(reading.new, tuple(news[layer]))
        if not _is_restacked(before, after):
            continue
        pairs.extend(TensorPair(old=t, new=after.tensors[0]) for t in before.tensors)
        come.update(t.name for t in after.tensors)
        if not (reading.depth.reads_values and _has_the_same_values(before, after)):
            reason = _OTHER_LAYOUT if reading.depth.reads_values else _HEADERS
            for tensor in after.tensors:
                deep = reading.depth.reads_values
                unmeasured[tensor.file] = Unread(file=tensor.file, reason=reason, differs=deep, here=deep)
    gone = {pair.old.name for pair in pairs}
    return replace(
        diff,
        removed=tuple(t for t in diff.removed if t.name not in gone),
        added=tuple(t for t in diff.added if t.name not in come),
        respelled=(*diff.respelled, *pairs),
        unmeasured=(*diff.unmeasured, *(unmeasured[file] for file in sorted(unmeasured))),
    )


def _number(tensor: TensorInfo) -> str | None:
    match = _EXPERT.match(tensor.name)
    return match["number"] if match else None


def _by_layer(tensors: Iterable[TensorInfo]) -> dict[str, list[TensorInfo]]:
    layers: dict[str, list[TensorInfo]] = defaultdict(list)
    for tensor in tensors:
        match = _EXPERT.match(tensor.name)
        if match and tensor.dtype:
            layers[match["layer"].replace(".block_sparse_moe.", ".mlp.")].append(tensor)
    return layers


def _is_restacked(before: _Side, after: _Side) -> bool:
    """Whether one side holds single experts and the other stacks of as many, under names that loaders know."""
    tensors = (*before.tensors, *after.tensors)
    single, stack = (before, after) if after.stacks else (after, before)
    experts = {len(numbers) for numbers in single.singles().values()}
    return (
        not single.stacks
        and all(_part(t) in _STACKS and t.shape[:1] == (max(experts, default=0),) for t in stack.tensors)
        and sum(t.count for t in before.tensors) == sum(t.count for t in after.tensors)
        and len({t.dtype for t in tensors}) == 1
    )


def _part(tensor: TensorInfo) -> str | None:
    """Return the name of a stack below its layer; ``None`` for a single expert."""
    match = _EXPERT.match(tensor.name)
    return match["part"] if match and not match["number"] else None


def _has_the_same_values(before: _Side, after: _Side) -> bool:
    """Whether every stack is its experts one behind the other, each the rows of its parts in the order of their names.

    That is how the library stacks them (``MergeModulelist``, then ``Concatenate``):
    https://github.com/huggingface/transformers/blob/main/src/transformers/conversion_mapping.py
    """
    single, stack = (before, after) if after.stacks and not before.stacks else (after, before)
    parts = single.singles()
    if not parts or any(_number(t) for t in stack.tensors):
        return False
    left = dict(parts)
    try:
        for tensor in stack.stacks:
            used = next((names for names in _choices(left) if _is_stack_of(stack, tensor, single, names, left)), None)
            if used is None:
                return False
            for name in used:
                del left[name]
    except EvidenceMissing:
        return False
    return not left


def _choices(parts: dict[str, dict[int, TensorInfo]]) -> Iterator[tuple[str, ...]]:
    """One part alone, or two of them side by side: what a stack may be made of."""
    names = sorted(parts)
    yield from ((name,) for name in names)
    yield from ((one, other) for one in names for other in names if one < other)


def _is_stack_of(
    stack: _Side, tensor: TensorInfo, single: _Side, names: tuple[str, ...], parts: dict[str, dict[int, TensorInfo]]
) -> bool:
    numbers = sorted(parts[names[0]])
    if numbers != [*range(len(numbers))] or any(sorted(parts[name]) != numbers for name in names):
        return False
    rows = [parts[name][number] for number in numbers for name in names]
    if not tensor.shape or tensor.shape[0] != len(numbers) or sum(t.size for t in rows) != tensor.size:
        return False
    whole = stack.weights.stored(tensor)
    ends = [*accumulate((row.size for row in rows), initial=0)]
    pairs = ((whole.part(*ends[n : n + 2]), single.weights.stored(row)) for n, row in enumerate(rows))
    for same in equal_all(pairs):
        if isinstance(same, EvidenceMissing):
            raise same
        if not same:
            return False
    return True
