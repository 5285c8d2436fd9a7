"""The index of a sharded model and the headers of its shards disagree.

Why: loaders that follow the index drop the tensor or fill it with random values, although the save returned cleanly.
Fix: save the model again, so that index and shards are written together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.location import Location
from hfsemver.diff.weights.index_faults import new_index_faults
from hfsemver.rules.rule import POLICY, Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

ONE, TWO = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
SHARDS = {ONE: {"a": "F32[8]"}, TWO: {"b": "F32[8]"}}
SOUND = {**SHARDS, "model.safetensors.index.json": {"weight_map": {"a": ONE, "b": TWO}}}
DROPPED = Example(
    baseline=SOUND, current={**SHARDS, "model.safetensors.index.json": {"weight_map": {"a": ONE}}}, findings=1
)
SWAPPED = Example(
    baseline=SOUND, current={**SHARDS, "model.safetensors.index.json": {"weight_map": {"a": TWO, "b": ONE}}}, findings=2
)
LOST = Example(baseline=SOUND, current=SHARDS, findings=1)
AGREEING = Example(baseline=SOUND, current=SOUND)
KNOWN = Example(baseline=DROPPED.current, current=DROPPED.current)


@rule(
    bump=POLICY,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(DROPPED, SWAPPED, LOST, AGREEING, KNOWN),
    mirror="none: it judges one release",
)
def shard_index_inconsistent(diff: ReleaseDiff) -> Notes:
    for weight_set in diff.current.weights.sets.values():
        # A repository that never held the shards keeps them in another place, which is no fault of this release.
        told = weight_set.index_file is not None or weight_set.dangling
        if told and weight_set.name not in diff.tensors.elsewhere:
            faults: dict[str, list[str]] = {}
            for name, problem in new_index_faults(diff.baseline, diff.current, weight_set):
                faults.setdefault(problem, []).append(name)
            for problem, names in faults.items():
                message = problem if len(names) == 1 else f"{len(names)} tensors, such as this one: {problem}"
                yield Note(
                    location=Location(file=weight_set.index_path, pointer=names[0]),
                    message=message,
                    current=problem,
                )
    for name in diff.lost_indexes:
        yield Note(location=Location(file=name), message="the shards are here, and their index is gone", current="gone")
    for weight_set in diff.current.weights.sets.values():
        if weight_set.index_file is not None and weight_set.missing:
            raise EvidenceMissing(weight_set.missing[0], "only its LFS pointer is here, so its header cannot be read")
    if diff.tensors.elsewhere:
        diff.tensors.require_headers()
