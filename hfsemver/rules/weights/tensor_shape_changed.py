"""A tensor kept its name but not its shape, and no change of the configured geometry explains it.

Why: fine-tunes, adapters, delta weights and quantisation recipes stop with a size mismatch.
Fix: restore the shape, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.diff.weights.folding import fold_pairs
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

GREW = Example(baseline={"head": "F32[8,4]"}, current={"head": "F32[9,4]"}, findings=1)
EXPLAINED = Example(
    baseline={"head": "F32[8,4]", "config.json": {"model_type": "bert", "vocab_size": 8}},
    current={"head": "F32[9,4]", "config.json": {"model_type": "bert", "vocab_size": 9}},
    also=("geometry-changed",),
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(GREW, EXPLAINED),
    mirror="none: the way back is a change of shape too",
)
def tensor_shape_changed(diff: ReleaseDiff) -> Notes:
    for group in fold_pairs(diff.tensors.reshaped):
        yield Note(
            location=group.location,
            message=f"{group} changed its shape",
            baseline=group.old + group.mark,
            members=group.names,
            current=group.new,
            witness=f"size mismatch for {group.names[0]}: {group.old} is what adapters and fine-tunes were made for",
        )
    diff.tensors.require_headers()
