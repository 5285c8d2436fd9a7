"""Figures of the weights of one comparison, in all, layer by layer and tensor by tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.report import WeightFigures
from hfsemver.diff.weights.depth import Depth
from hfsemver.diff.weights.layers import by_layer, changed_tensors
from hfsemver.tensors import Band

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff


def weight_figures(diff: ReleaseDiff, *, detailed: bool) -> WeightFigures | None:
    """Return what the comparison of weights stood on and showed; ``None`` without weights to compare.

    There is one row for each layer, and in detail also one for each module of a layer and each tensor that changed.
    """
    if not diff.current.weights.sets:
        return None
    try:
        values = diff.values
    except EvidenceMissing:
        return None  # the rules about values are skips that say why
    read = diff.evidence.bytes_read
    if values.unread:
        evidence = "partial" if read else "header"
    else:
        evidence = "full" if read else "digest" if values.tensors else "header"
        old = diff.evidence.reading.old if diff.evidence.reading is not None else None
        if old is not None and any(old.described(seen.pair.old) is not None for seen in values.tensors):
            evidence = "surface"
    if read and diff.depth is Depth.SAMPLE:
        evidence = "sample"
    return WeightFigures(
        evidence=evidence,
        tensors=diff.current.weights.count,
        changed=sum(seen.band is not Band.IDENTICAL for seen in values.tensors),
        bytes_read=read,
        relative_l2=None if values.relative_l2 is None else values.relative_l2.value,
        cosine=None if values.cosine is None else values.cosine.value,
        relative_l2_interval=None if values.relative_l2 is None else values.relative_l2.bounds,
        cosine_interval=None if values.cosine is None else values.cosine.bounds,
        max_abs=values.max_abs,
        changed_share=values.changed_share,
        bands=values.counts,
        layers=by_layer(values.tensors, modules=detailed),
        changed_tensors=changed_tensors(values.tensors) if detailed else None,
    )
