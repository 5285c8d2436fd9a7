"""One edit, one finding: each cause claims the raw changes of tensors that follow from it.

A change of architecture renames and reshapes everything; new quantisation packs, scales and adds; one more token grows the
embeddings; an untied head appears. Each would show as hundreds of removed, added and reshaped tensors. Causes are asked in a
fixed order, the widest first, and what no cause claims stays a plain change: an unknown cause keeps reporting.
A cause that the policy leaves out claims nothing, or leaving it out would hide what follows from it as well.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from hfsemver.core.rule_id import RuleId
from hfsemver.diff.adapter.files import is_of_adapter
from hfsemver.diff.config.labels import COUNT, DEFAULT_COUNT
from hfsemver.diff.weights import renames
from hfsemver.diff.weights.echoes import told_once
from hfsemver.diff.weights.heads import claim_head
from hfsemver.diff.weights.implied import claim_implied
from hfsemver.diff.weights.stacking import stacked
from hfsemver.diff.weights.tensors import Claimed, TensorDiff, is_repacked

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from hfsemver.diff.config.config import ConfigDiff
    from hfsemver.diff.weights.reading import WeightReading
    from hfsemver.diff.weights.tensors import RawTensors, TensorPair


def compare_tensors(
    reading: WeightReading | None,
    raws: tuple[RawTensors, ...],
    config: ConfigDiff,
    left_out: frozenset[str],
    adapters: frozenset[str] = frozenset(),
) -> TensorDiff:
    """Return every change of tensors in exactly one place; empty for a first release, which has no ``reading``.

    ``left_out`` names the causes that claim nothing, ``adapters`` the folders of adapters that have another contract.
    """
    if reading is None:
        return TensorDiff()
    diff = TensorDiff(elsewhere=frozenset(raw.name for raw in raws if raw.elsewhere))
    parts = {raw.name: _claim(raw, reading, config, left_out, adapters) for raw in raws}
    for name, part in parts.items():
        weight_set = reading.current.weights.sets[name]
        if weight_set.is_pickle:
            part = told_once(part, parts.get(weight_set.twin or ""))  # noqa: PLW2901 -- the same part, without echoes
        sums = {f.name: getattr(diff, f.name) + getattr(part, f.name) for f in fields(diff) if f.name != "elsewhere"}
        diff = replace(diff, **sums)
    return diff


def _claim(
    raw: RawTensors, reading: WeightReading, config: ConfigDiff, left_out: frozenset[str], adapters: frozenset[str]
) -> TensorDiff:
    """Sort the changes of one set."""
    known = [pair for pair in raw.common if pair.old.dtype and pair.new.dtype]
    alike = [pair for pair in known if pair.old.shape == pair.new.shape]
    recast = [pair for pair in alike if pair.old.dtype != pair.new.dtype]
    # A packed dtype explains whatever its values became.
    unpacked = alike if RuleId.TENSOR_DTYPE_PACKED in left_out else [pair for pair in alike if not is_repacked(pair)]
    diff = TensorDiff(
        added=raw.added,
        removed=raw.removed,
        reshaped=tuple(pair for pair in known if pair.old.shape != pair.new.shape),
        recast=tuple(pair for pair in recast if not is_repacked(pair)),
        packed=tuple(pair for pair in recast if is_repacked(pair)),
        respelled=raw.respelled,
        compared=tuple(unpacked),
        unread=raw.unread,
        reshardings=raw.reshardings,
    )
    if config.architecture and RuleId.ARCHITECTURE_CHANGED not in left_out:
        diff = _claim_everything(diff, RuleId.ARCHITECTURE_CHANGED, raw.name)
    if config.quantization and RuleId.QUANTIZATION_CONFIG_CHANGED not in left_out:
        diff = _claim_everything(diff, RuleId.QUANTIZATION_CONFIG_CHANGED, raw.name)
    if RuleId.ADAPTER_CONTRACT_CHANGED not in left_out and any(_is_of(diff, folder) for folder in adapters):
        diff = _claim_shapes(diff, RuleId.ADAPTER_CONTRACT_CHANGED, raw.name)
    diff = claim_implied(diff, raw, reading)
    if RuleId.TIED_EMBEDDINGS_CHANGED not in left_out:
        diff = claim_head(diff, raw, reading, config)
    if reading.depth.reads_values:
        diff = _claim_renames(diff, lambda d: renames.by_bytes(reading, d.removed, d.added))
    diff = _claim_renames(diff, lambda d: renames.by_prefix(d.removed, d.added))
    diff = stacked(diff, reading)
    if config.geometry and RuleId.GEOMETRY_CHANGED not in left_out:
        diff = _claim_shapes(diff, RuleId.GEOMETRY_CHANGED, raw.name)
    if config.labels and RuleId.LABEL_CONTRACT_CHANGED not in left_out:
        diff = _claim_classes(diff, config, raw.name)
    return diff


def _is_of(diff: TensorDiff, folder: str) -> bool:
    """Whether the changed tensors are those of the adapter in a folder."""
    changed = (*diff.added, *diff.removed, *(pair.new for pair in diff.reshaped))
    return bool(changed) and all(is_of_adapter(tensor.file, folder) for tensor in changed)


def _claim_everything(diff: TensorDiff, cause: str, weight_set: str) -> TensorDiff:
    names = {pair.name for pair in (*diff.recast, *diff.packed)}
    names |= {name for pair in diff.respelled for name in (pair.old.name, pair.new.name)}
    return _claim_shapes(replace(diff, recast=(), packed=(), respelled=()), cause, weight_set, names)


def _claim_shapes(diff: TensorDiff, cause: str, weight_set: str, more: AbstractSet[str] = frozenset()) -> TensorDiff:
    names = {t.name for t in (*diff.added, *diff.removed)} | {pair.name for pair in diff.reshaped} | more
    if not names:
        return diff
    claimed = Claimed(cause=cause, weight_set=weight_set, tensors=tuple(sorted(names)))
    return replace(diff, added=(), removed=(), reshaped=(), claimed=(*diff.claimed, claimed))


def _claim_classes(diff: TensorDiff, config: ConfigDiff, weight_set: str) -> TensorDiff:
    """Claim the tensors that have one row for each class, where the number of classes changed."""
    counts = [(change.old, change.new) for change in config.labels if change.key == COUNT]
    old, new = counts[0] if counts else (None, None)
    sizes = (old if isinstance(old, int) else DEFAULT_COUNT, new if isinstance(new, int) else DEFAULT_COUNT)
    found = [pair for pair in diff.reshaped if counts and _rows(pair) == sizes]
    if not found:
        return diff
    names = tuple(sorted(pair.name for pair in found))
    claimed = Claimed(cause=RuleId.LABEL_CONTRACT_CHANGED, weight_set=weight_set, tensors=names)
    rest = tuple(pair for pair in diff.reshaped if pair not in found)
    return replace(diff, reshaped=rest, claimed=(*diff.claimed, claimed))


def _rows(pair: TensorPair) -> tuple[int, int] | None:
    """Return the number of rows on both sides, ``None`` where more than that changed."""
    old, new = pair.old.shape, pair.new.shape
    return (old[0], new[0]) if old and new and old[1:] == new[1:] else None


def _claim_renames(diff: TensorDiff, find: Callable[[TensorDiff], renames.Renames]) -> TensorDiff:
    if not (diff.added and diff.removed):
        return diff
    found = find(diff)
    return replace(
        diff,
        added=found.added,
        removed=found.removed,
        renamed=(*diff.renamed, *found.pairs),
        compared=(*diff.compared, *found.pairs),
    )
