"""The weights got other values in one format, and another format of the same model kept the old ones.

Why: there are two models under one version now, and a loader takes whichever format it prefers.
Fix: export the other formats anew, or take them out and release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.diff.siblings import stale_formats
from hfsemver.rules.rule import POLICY, Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

OLD, NEW = {"q": "F32[64,64]"}, {"q": "F32[64,64] seed=1 scale=1e-3"}
ONNX = {"onnx/model.onnx": b"a graph"}
UPDATED = ("weights-updated",)
LEFT = Example(
    baseline={"model.safetensors": OLD, **ONNX}, current={"model.safetensors": NEW, **ONNX}, findings=1, also=UPDATED
)
TAKEN_OUT = Example(
    baseline={"model.safetensors": OLD, **ONNX}, current={"model.safetensors": NEW}, also=(*UPDATED, "format-removed")
)
NOISE = Example(
    baseline={"model.safetensors": OLD, **ONNX},
    current={"model.safetensors": {"q": "F32[64,64] as=BF16"}, **ONNX},
    also=("weights-roundtrip-noise",),
)
OTHER_MODEL = Example(
    baseline={"model.safetensors": OLD, "draft/model.safetensors": OLD},
    current={"model.safetensors": NEW, "draft/model.safetensors": OLD},
    also=UPDATED,
)


@rule(
    bump=POLICY,
    cost=Cost.VALUES,
    promise="load",
    since="0.2.0",
    examples=(LEFT, TAKEN_OUT, NOISE, OTHER_MODEL),
    mirror="none: it judges formats of one release against each other",
)
def sibling_format_stale(diff: ReleaseDiff) -> Notes:
    """Yield one note for each format that stayed behind."""
    for stale, changed in stale_formats(diff):
        yield Note(
            location=Location(file=stale.name),
            message=f"{changed} has other values, and {stale.name} is the one of the baseline",
            current="of the baseline",
            witness=f"sha256sum {stale.files[0]} is the same in both releases",
        )
