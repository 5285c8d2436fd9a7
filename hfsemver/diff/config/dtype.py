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
    """Whether the side that declares no dtype stores its weights in the dtype that the other side declares.

    Then ``dtype="auto"`` gives the same on both sides. Reads headers alone; shards that are not here do not count.
    """
    silent, declared = (baseline, change.new) if change.old is ABSENT else (current, change.old)
    if not isinstance(declared, str):
        return False
    bits: Counter[str] = Counter()
    for weight_set in silent.weights.sets.values():
        for tensor in weight_set.tensors.values():
            bits[tensor.dtype] += prod(tensor.shape) * DTYPE_BITS.get(tensor.dtype, 0)
    most = bits.most_common(1)
    return bool(most) and most[0][0] == _STORED.get(declared)
