"""Weights are stored, or declared, in another dtype of the same class.

Why: memory budgets and numerics move for everyone who loads with ``dtype="auto"``.
Fix: release a new minor version and name the new dtype in its notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

HALVED = Example(
    baseline={"head": "F32[8,4]", "norm": "F32[4]"}, current={"head": "BF16[8,4]", "norm": "BF16[4]"}, findings=1
)
DECLARED = Example(
    baseline={"head": "F32[8,4]", "config.json": {"model_type": "bert", "torch_dtype": "float32"}},
    current={"head": "F32[8,4]", "config.json": {"model_type": "bert", "dtype": "bfloat16"}},
    findings=1,
)
RESPELLED = Example(
    baseline={"head": "F32[8,4]", "config.json": {"model_type": "bert", "torch_dtype": "float32"}},
    current={"head": "F32[8,4]", "config.json": {"model_type": "bert", "dtype": "float32"}},
)


@rule(
    bump=Bump.MINOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(HALVED, DECLARED, RESPELLED),
    mirror="none: the way back is a change of dtype too",
)
def tensor_dtype_changed(diff: ReleaseDiff) -> Notes:
    pairs = diff.tensors.recast
    for old, new in sorted({(pair.old.dtype, pair.new.dtype) for pair in pairs}):
        alike = [pair for pair in pairs if (pair.old.dtype, pair.new.dtype) == (old, new)]
        yield Note(
            location=Location(file=alike[0].new.file, pointer=alike[0].name if len(alike) == 1 else ""),
            message=f"{len(alike)} tensors went from {old} to {new}",
            baseline=old,
            current=new,
        )
    for change in diff.declared_dtype:
        yield Note(
            location=Location(file=change.file, pointer=change.key),
            message=f"the declared dtype went from {change.old} to {change.new}",
            baseline=str(change.old),
            current=str(change.new),
        )
    diff.tensors.require_headers()
