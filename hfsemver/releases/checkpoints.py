"""The tensors of a release in files of ``torch.save``, grouped into the sets that a loader opens as one.

Such a file may hold anything, so one that cannot be read is no error: its set says why, and what differs in it stays an
open question. Its index only tells which files belong together: ``torch.load`` takes in a shard as a whole.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.core.location import unsharded
from hfsemver.releases.formats import index
from hfsemver.releases.formats.checkpoint import read_checkpoint
from hfsemver.releases.source import FileKind
from hfsemver.releases.weight_formats import safe_twins
from hfsemver.releases.weights import INDEX_SUFFIX, WeightSet, infos, opened_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.releases.source import FileInfo, ReadFile, Source
    from hfsemver.releases.weight_formats import WeightFormat
    from hfsemver.releases.weights import DescribeFile

_KIND: Final = "pytorch"


def parts(item: WeightFormat) -> dict[str, list[str]]:
    """Return the sets of a format by name: shards are one, while files by rank each hold a slice of every tensor."""
    found: dict[str, list[str]] = {}
    for path in item.files if item.kind == _KIND else ():
        found.setdefault(unsharded(path), []).append(path)
    return found


def are_comparable(old: WeightFormat, new: WeightFormat) -> bool:
    """Whether the sets of a format match one by one; not so where every tensor is sliced for another number of ranks."""
    before, after = parts(old), parts(new)
    return bool(before) and (before.keys() == after.keys() or len(before) == len(after) == 1)


def read_checkpoints(
    formats: Mapping[str, WeightFormat],
    files: Mapping[str, FileInfo],
    source: Source,
    read: ReadFile,
    describe: DescribeFile,
) -> dict[str, WeightSet]:
    """Read the directory and the pickle of every file that ``torch.save`` may have written; no tensor bytes."""
    found = {}
    for item in formats.values():
        twin = next((name for name in sorted(safe_twins(item.name)) if name in formats), None)
        for name, paths in parts(item).items():
            found[name] = _read_set(files, source, read, describe, name, paths, twin)
    return found


def _read_set(
    files: Mapping[str, FileInfo],
    source: Source,
    read: ReadFile,
    describe: DescribeFile,
    name: str,
    paths: list[str],
    twin: str | None,
) -> WeightSet:
    weight_map, problem = _weight_map(files, read, name + INDEX_SUFFIX)
    opened = opened_files(name, paths, weight_map)
    tensors: dict[str, TensorInfo] = {}
    refused: dict[str, str] = {path: problem for path in (name + INDEX_SUFFIX, *opened) if problem}
    absent: set[str] = set()
    for path in opened:
        info = files[path]
        told = describe(path)
        if told is None and info.kind is FileKind.POINTER:
            absent.add(path)
            continue
        if path in refused:
            continue
        if told is None and not info.readable:
            refused[path] = info.refusal
            continue
        try:
            held = read_checkpoint(source.read, path, info.size) if told is None else infos(told)
        except FormatError as error:
            refused[path] = str(error).removeprefix(f"{path}: ")
            continue
        twice = next((tensor.name for tensor in held if tensor.name in tensors), None)
        if twice is not None:
            refused[path] = f"holds a tensor {twice!r}, as {tensors[twice].file} does"
            continue
        tensors.update((tensor.name, tensor) for tensor in held)
    return WeightSet(
        name=name,
        files=tuple(sorted(opened)),
        tensors=MappingProxyType(dict(sorted(tensors.items()))),
        missing=tuple(sorted({*refused, *absent})),
        leftovers=tuple(sorted({*paths} - {*opened})),
        refused=MappingProxyType(refused),
        is_pickle=True,
        twin=twin,
    )


def _weight_map(files: Mapping[str, FileInfo], read: ReadFile, path: str) -> tuple[Mapping[str, str] | None, str]:
    """Return what the index says, and what keeps it from being read: then nobody knows which files are opened."""
    try:
        data = read(path, index.MAX_SIZE)
        return (None if data is None else index.read_weight_map(data, path, files)), ""
    except (FormatError, EvidenceMissing) as error:
        return None, f"the index cannot be read: {error}"
