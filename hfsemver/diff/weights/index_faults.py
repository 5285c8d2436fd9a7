"""Where an index and the headers of its shards contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.release import Release
    from hfsemver.releases.weights import WeightSet


def index_faults(release: Release, weight_set: WeightSet) -> Iterator[tuple[str, str]]:
    """Yield each contradiction, after the tensor or the key that it is about.

    Of an index that is left over beside a single file it only counts that its shards are gone: whoever follows it
    finds nothing, while old shards that are still there only take room.
    """
    for file, count in weight_set.dangling:
        yield "weight_map", _absent(file, count)
    if weight_set.weight_map is None:
        return
    weight_map = weight_set.weight_map
    absent = sorted({file for file in weight_map.values() if file not in release.files})
    for file in absent:
        count = sum(shard == file for shard in weight_map.values())
        yield "weight_map", _absent(file, count)
    for name, file in sorted(weight_map.items()):
        if file in absent or file in weight_set.missing:
            continue
        tensor = weight_set.tensors.get(name)
        if tensor is None:
            yield name, f"is said to lie in {file}, which does not hold it"
        elif tensor.file != file:
            yield name, f"is said to lie in {file} and lies in {tensor.file}"
    for name, tensor in weight_set.tensors.items():
        if name not in weight_map:
            yield name, f"lies in {tensor.file} and is not in the index"


def new_index_faults(baseline: Release | None, current: Release, weight_set: WeightSet) -> Iterator[tuple[str, str]]:
    """Yield the contradictions of a set that the set of the same name in the baseline does not have."""
    before = None if baseline is None else baseline.weights.sets.get(weight_set.name)
    known = frozenset() if baseline is None or before is None else frozenset(index_faults(baseline, before))
    return (fault for fault in index_faults(current, weight_set) if fault not in known)


def _absent(file: str, count: int) -> str:
    return f"{count} tensors are said to lie in {file}, which does not exist"


def lost_indexes(baseline: Release | None, current: Release) -> tuple[str, ...]:
    """Return the indexes that the baseline has for sets which are still sharded; without one no loader finds the shards."""
    before = {} if baseline is None else baseline.weights.sets
    return tuple(
        old.index_file
        for name, old in before.items()
        if old.index_file
        and name in (now := current.weights.sets)
        and now[name].is_sharded
        and not now[name].index_file
    )
