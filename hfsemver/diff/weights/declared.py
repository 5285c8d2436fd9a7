"""A dtype that the configuration declares, against the one that the weights are stored in."""

from __future__ import annotations

from collections import Counter
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.core.tensor import DTYPE_BITS
from hfsemver.diff.config.change import ABSENT

if TYPE_CHECKING:
    from hfsemver.diff.config.change import KeyChange
    from hfsemver.diff.weights.reading import WeightReading
    from hfsemver.releases.release import Release

_STORED: Final = MappingProxyType({
    "bfloat16": "BF16", "float16": "F16", "half": "F16", "float32": "F32", "float": "F32", "float64": "F64",
    "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
})  # fmt: skip


def unstored(changes: tuple[KeyChange, ...], reading: WeightReading | None) -> tuple[KeyChange, ...]:
    """Return those of the dtypes declared on one side alone that say something which the weights do not.

    A declaration adds nothing where it names the dtype of the weights beside it, on either side: ``dtype="auto"`` gives the
    same then, and where the other side stores another, that is told of the tensors. Reads headers alone; shards that are
    not here do not count.
    """
    return tuple(change for change in changes if reading is None or not _is_stored(change, reading))


def _is_stored(change: KeyChange, reading: WeightReading) -> bool:
    declared = change.new if change.old is ABSENT else change.old
    folder = change.file.rpartition("/")[0]
    most = [_most(release, f"{folder}/" if folder else "") for release in (reading.baseline, reading.current)]
    return isinstance(declared, str) and None not in most and _STORED.get(declared) in most


def _most(release: Release, folder: str) -> str | None:
    """Return the dtype that most of the weights of a folder are stored in, ``None`` where no header is here."""
    bits: Counter[str] = Counter()
    inside = [one for one in release.weights.sets.values() if one.name.startswith(folder)]
    # A loader takes safetensors where there are some.
    safe = [one for one in inside if not one.is_pickle]
    for weight_set in safe or inside:
        for tensor in weight_set.tensors.values():
            bits[tensor.dtype] += prod(tensor.shape) * DTYPE_BITS.get(tensor.dtype, 0)
    most = bits.most_common(1)
    return most[0][0] if most else None
