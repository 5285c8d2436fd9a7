"""A dtype that only one side declares, against the dtype that the other side stores."""

from __future__ import annotations

from collections import Counter
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.core.tensor import DTYPE_BITS
from hfsemver.diff.config.change import ABSENT

if TYPE_CHECKING:
    from hfsemver.diff.config.change import KeyChange
    from hfsemver.releases.release import Release

_STORED: Final = MappingProxyType({
    "bfloat16": "BF16", "float16": "F16", "half": "F16", "float32": "F32", "float": "F32", "float64": "F64",
    "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
})  # fmt: skip


def is_stored(change: KeyChange, baseline: Release, current: Release) -> bool:
    """Whether the declaration adds nothing to how the weights are stored. Reads headers alone; shards that are not here do not count.

    Either ``dtype="auto"`` gives the same on both sides, or the declared dtype is simply that of the weights beside it,
    and where the other side stores another, that is told of the tensors.
    """
    declared = change.new if change.old is ABSENT else change.old
    most = [_most(release) for release in (baseline, current)]
    return isinstance(declared, str) and None not in most and _STORED.get(declared) in most


def _most(release: Release) -> str | None:
    """Return the dtype that most of the weights are stored in, ``None`` where no header is here."""
    bits: Counter[str] = Counter()
    for weight_set in release.weights.sets.values():
        for tensor in weight_set.tensors.values():
            bits[tensor.dtype] += prod(tensor.shape) * DTYPE_BITS.get(tensor.dtype, 0)
    most = bits.most_common(1)
    return most[0][0] if most else None
