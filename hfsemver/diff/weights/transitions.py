"""One edit, one finding: each cause claims the raw changes of tensors that follow from it.

A change of architecture renames and reshapes everything; new quantisation packs, scales and adds; one more token grows the
embeddings; an untied head appears. Each would show as hundreds of removed, added and reshaped tensors. Causes are asked in a
fixed order, the widest first, and what no cause claims stays a plain change: an unknown cause keeps reporting.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hfsemver.diff.weights import renames
from hfsemver.diff.weights.heads import claim_head
from hfsemver.diff.weights.stacking import stacked
from hfsemver.diff.weights.tensors import Claimed, TensorDiff, gather, is_repacked

if TYPE_CHECKING:
    from collections.abc import Callable

    from hfsemver.diff.config.config import ConfigDiff
    from hfsemver.diff.files.formats import FormatsDiff
    from hfsemver.diff.weights.reading import FileIdentity


def compare_tensors(identity: FileIdentity | None, config: ConfigDiff, formats: FormatsDiff) -> TensorDiff:
    """Return every change of tensors in exactly one place; empty for a first release, which has no ``identity``."""
    if identity is None:
        return TensorDiff()
    baseline, current, depth = identity.baseline, identity.current, identity.depth
    raw = gather(identity, formats)
    known = [pair for pair in raw.common if pair.old.dtype and pair.new.dtype]
    alike = [pair for pair in known if pair.old.shape == pair.new.shape]
    recast = [pair for pair in alike if pair.old.dtype != pair.new.dtype]
    diff = TensorDiff(
        added=raw.added,
        removed=raw.removed,
        reshaped=tuple(pair for pair in known if pair.old.shape != pair.new.shape),
        recast=tuple(pair for pair in recast if not is_repacked(pair)),
        packed=tuple(pair for pair in recast if is_repacked(pair)),
        # A packed dtype explains whatever its values became.
        compared=tuple(pair for pair in alike if not is_repacked(pair)),
        unread=raw.unread,
        reshardings=raw.reshardings,
        elsewhere=raw.elsewhere,
    )
    if config.architecture:
        diff = _claim_everything(diff, "architecture-changed")
    if config.quantization:
        diff = _claim_everything(diff, "quantization-config-changed")
    diff = claim_head(diff, baseline, current, config, depth)
    if depth.reads_values:
        diff = _claim_renames(diff, lambda d: renames.by_bytes(baseline, current, d.removed, d.added))
    diff = _claim_renames(diff, lambda d: renames.by_prefix(d.removed, d.added))
    diff = stacked(diff)
    if config.geometry:
        diff = _claim_shapes(diff, "geometry-changed")
    return diff


def _claim_everything(diff: TensorDiff, cause: str) -> TensorDiff:
    names = {t.name for t in (*diff.added, *diff.removed)}
    names |= {pair.name for pair in (*diff.reshaped, *diff.recast, *diff.packed)}
    claimed = Claimed(cause=cause, tensors=tuple(sorted(names)))
    return replace(
        diff,
        added=(),
        removed=(),
        reshaped=(),
        recast=(),
        packed=(),
        claimed=(*diff.claimed, claimed) if names else diff.claimed,
    )


def _claim_shapes(diff: TensorDiff, cause: str) -> TensorDiff:
    names = {t.name for t in (*diff.added, *diff.removed)} | {pair.name for pair in diff.reshaped}
    claimed = Claimed(cause=cause, tensors=tuple(sorted(names)))
    return replace(diff, added=(), removed=(), reshaped=(), claimed=(*diff.claimed, claimed) if names else diff.claimed)


def _claim_renames(diff: TensorDiff, find: Callable[[TensorDiff], renames.Renames]) -> TensorDiff:
    if not (diff.added and diff.removed):
        return diff
    found = find(diff)
    return replace(
        diff,
        added=found.added,
        removed=found.removed,
        renamed=(*diff.renamed, *(pair for pair in found.pairs if not renames.is_respelling(pair))),
        respelled=(*diff.respelled, *(pair for pair in found.pairs if renames.is_respelling(pair))),
        compared=(*diff.compared, *found.pairs),
    )
