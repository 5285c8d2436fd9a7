"""The tensors of a release, grouped into the sets that a loader opens as one.

A set is a file, or the shards of an index, whatever their number: ``model.safetensors`` and
``model-00001-of-00002.safetensors`` are the same set. Variants, subfolders and adapters are sets of their own,
since a loader asks for them by name.

Saving a model again may leave earlier files where they are: an upload removes nothing, and ``save_pretrained`` shards
alone, neither a single file nor an index. The library of the model opens no such leftovers, so they are no part of the
set.
transformers takes the single file where there is one, and the index otherwise (``_get_resolved_checkpoint_files``):
https://github.com/huggingface/transformers/blob/main/src/transformers/modeling_utils.py
diffusers follows an index wherever there is one, and fails where it leads nowhere (``ModelMixin.from_pretrained``):
https://github.com/huggingface/diffusers/blob/main/src/diffusers/models/modeling_utils.py
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from hfsemver.core.errors import FormatError
from hfsemver.core.location import unsharded
from hfsemver.releases.formats import index, safetensors
from hfsemver.releases.source import FileKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hfsemver.core.surface import DescribedTensor
    from hfsemver.core.tensor import TensorInfo
    from hfsemver.releases.source import FileInfo, ReadFile, Source

    DescribeFile = Callable[[str], Mapping[str, DescribedTensor] | None]

INDEX_SUFFIX = ".index.json"
# One saving of a model: all its shards say of how many they are.
_SHARD_NUMBER = re.compile(r"[-_]\d{5,}(?=-of-\d{5,}\.[^/]+$)")
# How diffusers names the weights of every model (WEIGHTS_NAME and SAFETENSORS_WEIGHTS_NAME):
# https://github.com/huggingface/diffusers/blob/main/src/diffusers/utils/constants.py
_INDEX_FIRST = "diffusion_pytorch_model"


@dataclass(frozen=True)
class WeightSet:
    """Tensors that are loaded as one.

    ``missing`` lists shards whose bytes are not here: their tensors are unknown, not absent. So are those of a file in
    ``refused``, of which it says why it cannot be read; all of ``missing`` are there as pointers, or refused.
    ``weight_map`` is what the index says, ``None`` for a set without one. ``leftovers`` are files and an index under the
    set's name that its library does not open, and ``dangling`` counts the tensors that such an index seeks in files
    which do not exist: diffusers and some servers follow it all the same.
    """

    name: str
    files: tuple[str, ...]
    tensors: Mapping[str, TensorInfo]
    missing: tuple[str, ...] = ()
    weight_map: Mapping[str, str] | None = None
    index_file: str | None = None
    leftovers: tuple[str, ...] = ()
    dangling: tuple[tuple[str, int], ...] = ()
    refused: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    is_pickle: bool = False
    twin: str | None = None
    """The set of safetensors that loaders take in the place of these pickles."""

    @property
    def index_path(self) -> str:
        """Where the index of the set lies, or would lie if there were one."""
        return self.name + INDEX_SUFFIX

    @property
    def pointers(self) -> tuple[str, ...]:
        """Those of the missing that are here as pointers; of a refused one all that can be told is that it is a pickle."""
        return tuple(file for file in self.missing if file not in self.refused)

    @property
    def is_sharded(self) -> bool:
        """Whether its files are numbered shards, not one file of the set's own name."""
        return bool(self.files) and self.name not in self.files

    @property
    def is_elsewhere(self) -> bool:
        """Whether there is an index and not one of its shards, not even as a pointer."""
        return bool(self.weight_map) and not self.files


@dataclass(frozen=True)
class Weights:
    """All weight sets of a release in safetensors, and those that ``torch.save`` wrote, by name."""

    sets: Mapping[str, WeightSet]

    @cached_property
    def safe(self) -> tuple[WeightSet, ...]:
        """The sets in safetensors."""
        return tuple(weight_set for weight_set in self.sets.values() if not weight_set.is_pickle)

    @cached_property
    def by_file(self) -> Mapping[str, WeightSet]:
        """The set that each file belongs to."""
        return MappingProxyType({file: one for one in self.sets.values() for file in one.files})

    @cached_property
    def count(self) -> int:
        """Number of tensors whose header was read."""
        return sum(len(weight_set.tensors) for weight_set in self.sets.values())


def series(path: str) -> str:
    """Return the path of a shard without its number, which is the same for all shards of one saving."""
    return _SHARD_NUMBER.sub("", path)


def read_weights(
    files: Mapping[str, FileInfo], source: Source, read: ReadFile, describe: DescribeFile
) -> dict[str, WeightSet]:
    """Read the header of every safetensors file and every index beside them; no tensor bytes.

    ``read`` returns a whole file of at most so many bytes, ``None`` when there is none; ``describe`` returns what is known of
    the tensors of a file that is here as a pointer only, ``None`` where nothing is.
    """
    shards: dict[str, list[str]] = {}
    for path in files:
        if _is_safetensors(path):
            shards.setdefault(unsharded(path), []).append(path)
    for path in files:
        if path.endswith(INDEX_SUFFIX) and _is_safetensors(path.removesuffix(INDEX_SUFFIX)):
            shards.setdefault(path.removesuffix(INDEX_SUFFIX), [])
    return {name: _read_set(files, source, read, describe, name, paths) for name, paths in shards.items()}


def _is_safetensors(path: str) -> bool:
    """Whether a file has that ending, which may be written in capitals: code may open it by its name all the same."""
    return path.lower().endswith(".safetensors")


def _read_set(
    files: Mapping[str, FileInfo],
    source: Source,
    read: ReadFile,
    describe: DescribeFile,
    name: str,
    paths: list[str],
) -> WeightSet:
    index_path = name + INDEX_SUFFIX
    weight_map: Mapping[str, str] | None = _described_map(files, source, describe, name, paths)
    if weight_map is None:
        data = read(index_path, index.MAX_SIZE)
        # An index that nobody follows has to be well-formed all the same.
        weight_map = None if data is None else index.read_weight_map(data, index_path, files)
    opened = opened_files(name, paths, weight_map)
    tensors: dict[str, TensorInfo] = {}
    missing: list[str] = []
    for path in opened:
        info = files[path]
        told = describe(path)
        if told is None and info.kind is FileKind.POINTER:
            missing.append(path)
            continue
        if told is None and not info.readable:
            raise FormatError(info.refusal, path, hint="commit the file itself in its place")
        held = safetensors.read_header(source.read, path, info.size).tensors if told is None else infos(told)
        for tensor in held:
            if tensor.name in tensors:
                fault = f"tensor {tensor.name!r} is also in {tensors[tensor.name].file}"
                raise FormatError(fault, path, "header")
            tensors[tensor.name] = tensor
    leftovers = sorted({*paths} - {*opened})
    dangling: Counter[str] = Counter()
    if weight_map and opened == [name] and name not in weight_map.values():
        leftovers.append(index_path)
        dangling.update(file for file in weight_map.values() if file not in files)
        weight_map = None
    return WeightSet(
        name=name,
        files=tuple(sorted(opened)),
        tensors=MappingProxyType(dict(sorted(tensors.items()))),
        missing=tuple(missing),
        weight_map=weight_map,
        index_file=None if weight_map is None else index_path,
        leftovers=tuple(sorted(leftovers)),
        dangling=tuple(sorted(dangling.items())),
    )


def _described_map(
    files: Mapping[str, FileInfo], source: Source, describe: DescribeFile, name: str, paths: list[str]
) -> dict[str, str] | None:
    """Return what an index says that is not here, where all of its shards are known and none can be a leftover."""
    info = files.get(name + INDEX_SUFFIX)
    if info is None or info.kind is not FileKind.POINTER or name in paths:
        return None
    found: dict[str, str] = {}
    for path in paths:
        told = describe(path)
        if told is None and not files[path].readable:
            return None
        held = safetensors.read_header(source.read, path, files[path].size).tensors if told is None else infos(told)
        if any(tensor.name in found for tensor in held):
            return None
        found.update((tensor.name, path) for tensor in held)
    return found


def infos(told: Mapping[str, DescribedTensor]) -> tuple[TensorInfo, ...]:
    """Return what a header would say of tensors that are known by description."""
    return tuple(one.info for one in told.values())


def opened_files(name: str, paths: list[str], weight_map: Mapping[str, str] | None) -> list[str]:
    """Return the files that loaders open, of all that bear the name of one set.

    With neither a single file nor an index that names one of them nothing tells which series is meant: all are.
    """
    named = set((weight_map or {}).values())
    follows_index = name in named or (name.rpartition("/")[2].startswith(_INDEX_FIRST) and named.intersection(paths))
    if name in paths and not follows_index:
        return [name]
    # A shard beside those that the index names, of the same saving, was forgotten there and is not left over.
    saved = {series(path) for path in named.intersection(paths)}
    return [path for path in paths if series(path) in saved] if saved else paths
