"""Weights went from plain floats to a packed, scaled or integer dtype.

Why: reading them takes kernels, packages or hardware that consumers of the baseline did not need.
Fix: publish the quantised weights as a repository or a variant of their own, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

PACKED = Example(baseline={"head": "F32[8,4]"}, current={"head": "F8_E4M3[8,4]"}, findings=1)
HALVED = Example(baseline={"head": "F32[8,4]"}, current={"head": "F16[8,4]"}, also=("tensor-dtype-changed",))


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(PACKED, HALVED),
    mirror="none: unpacking asks for nothing that consumers lack, and is tensor-dtype-changed",
)
def tensor_dtype_packed(diff: ReleaseDiff) -> Notes:
    pairs = diff.tensors.packed
    for old, new in sorted({(pair.old.dtype, pair.new.dtype) for pair in pairs}):
        alike = [pair for pair in pairs if (pair.old.dtype, pair.new.dtype) == (old, new)]
        yield Note(
            location=Location(file=alike[0].new.file, pointer=alike[0].name if len(alike) == 1 else ""),
            message=f"{len(alike)} tensors went from {old} to {new}",
            baseline=old,
            current=new,
        )
    diff.tensors.require_headers()
