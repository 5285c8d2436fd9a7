"""Tensors carry the names that a newer transformers library gives them.

Why: transformers reads both spellings, but engines and converters with tables of their own may know only the old one.
Fix: release a new minor version, and say which loaders read the new names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

PARTS = {"config.json": {"model_type": "qwen2_vl", "vision_config": {"depth": 2}}}
VISION = Example(
    baseline={**PARTS, "visual.q": "F32[4,4]", "language_model.model.q": "F32[4,4]"},
    current={
        **PARTS,
        "model.visual.q": "F32[4,4] of=visual.q",
        "model.language_model.q": "F32[4,4] of=language_model.model.q",
    },
    findings=1,
)
TRAINED = Example(
    baseline={"h.LayerNorm.gamma": "F32[8]"},
    current={"h.LayerNorm.weight": "F32[8] seed=1"},
    findings=1,
    also=("weights-updated",),
)
LONE_TEXT = Example(
    baseline={"model.q": "F32[4,4]"},
    current={"model.language_model.q": "F32[4,4] of=model.q"},
    also=("tensor-renamed",),
)
KEPT = Example(baseline={"LayerNorm.gamma": "F32[8]"}, current={"LayerNorm.gamma": "F32[8]"})


@rule(
    bump=Bump.MINOR,
    level=Level.WARN,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(VISION, TRAINED, LONE_TEXT, KEPT),
    mirror="none: the way back is a respelling too",
)
def tensor_respelled(diff: ReleaseDiff) -> Notes:
    pairs = diff.tensors.respelled
    if pairs:
        first = pairs[0]
        yield Note(
            location=Location(file=first.new.file),
            message=f"{len(pairs)} tensors have the names of a newer transformers, such as {first.new.name}",
            baseline=first.old.name,
            current=first.new.name,
        )
