"""Experts that were stored one by one and now lie stacked in one tensor, or the other way round."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from hfsemver.diff.weights.tensors import TensorPair

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.weights.tensors import TensorDiff

_EXPERTS = re.compile(r"^(?P<layer>.*\.experts)\.")


def _by_layer(tensors: Iterable[TensorInfo]) -> dict[str, list[TensorInfo]]:
    layers: dict[str, list[TensorInfo]] = defaultdict(list)
    for tensor in tensors:
        match = _EXPERTS.match(tensor.name)
        if match and tensor.dtype:
            layers[match["layer"].replace(".block_sparse_moe.", ".mlp.")].append(tensor)
    return layers


def stacked(diff: TensorDiff) -> TensorDiff:
    """Claim the experts of a layer when both sides hold as many elements of one dtype, in another number of tensors.

    Each old tensor is paired with the first new one of its layer: the pairs name the edit, their values are not comparable.
    """
    olds, news = _by_layer(diff.removed), _by_layer(diff.added)
    pairs: list[TensorPair] = []
    gone: set[str] = set()
    come: set[str] = set()
    for layer in sorted(olds.keys() & news.keys()):
        before, after = olds[layer], news[layer]
        same_elements = sum(t.count for t in before) == sum(t.count for t in after)
        if same_elements and len({t.dtype for t in (*before, *after)}) == 1 and len(before) != len(after):
            pairs.extend(TensorPair(old=t, new=after[0]) for t in before)
            gone.update(t.name for t in before)
            come.update(t.name for t in after)
    return replace(
        diff,
        removed=tuple(t for t in diff.removed if t.name not in gone),
        added=tuple(t for t in diff.added if t.name not in come),
        respelled=(*diff.respelled, *pairs),
    )
