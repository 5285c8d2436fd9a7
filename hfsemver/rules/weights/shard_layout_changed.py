"""The same tensors lie in other files than before.

Why: only people who name shard files in scripts or caches notice; tensors are the contract, not files.
Fix: release a new patch version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

SPLIT = Example(
    baseline={"model.safetensors": {"a": "F32[8]", "b": "F32[8]"}},
    current={
        "model-00001-of-00002.safetensors": {"a": "F32[8]"},
        "model-00002-of-00002.safetensors": {"b": "F32[8]"},
        "model.safetensors.index.json": {
            "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
        },
    },
    findings=1,
)
MOVED_WITHIN = Example(
    baseline={"model.safetensors": {"a": "F32[8]", "b": "F32[8]"}},
    current={"model.safetensors": {"b": "F32[8]", "a": "F32[8]"}},
)


@rule(
    bump=Bump.PATCH,
    level=Level.WARN,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(SPLIT, MOVED_WITHIN),
    mirror="none: the way back is another layout too",
)
def shard_layout_changed(diff: ReleaseDiff) -> Notes:
    for old, new in diff.formats.kept:
        if old.files != new.files:
            yield Note(
                location=Location(file=new.name),
                message=f"{len(old.files)} {_files(old.files)} became {len(new.files)}",
                baseline=", ".join(old.files[:2]) + (", ..." if len(old.files) > 2 else ""),  # noqa: PLR2004 -- two show the scheme
                current=", ".join(new.files[:2]) + (", ..." if len(new.files) > 2 else ""),  # noqa: PLR2004 -- two show the scheme
            )


def _files(files: tuple[str, ...]) -> str:
    return "file" if len(files) == 1 else "files"
