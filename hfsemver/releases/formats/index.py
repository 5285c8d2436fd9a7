"""Shard indexes: which shard holds which tensor, as ``save_pretrained`` writes it.

Format: https://huggingface.co/docs/transformers/big_models#shard-metadata
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped
from hfsemver.releases.formats.strict_json import kind_of, load_object
from hfsemver.releases.source import FileKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue
    from hfsemver.releases.source import FileInfo

MAX_SIZE = 32 << 20

_HINT = "write the index again with save_pretrained"
# A name that any system resolves inside the folder of the index, and that names a file there.
_PLAIN_NAME = re.compile(r"(?!\.{1,2}$)[^/\\:\x00-\x1f\x7f]+")


def read_weight_map(data: bytes, where: str, files: Mapping[str, FileInfo]) -> Mapping[str, str]:
    """Return the path of the shard that holds each tensor, by tensor name.

    A shard that is not among ``files`` is named like any other. Raises ``FormatError`` for an index without a
    ``weight_map`` of names, for a name that leads out of the folder of the index, and for a shard that is listed
    as something to follow: a symbolic link or a submodule.
    """
    index = load_object(data, where)
    _check_metadata(index, where)
    weight_map = index.get("weight_map")
    if not isinstance(weight_map, dict):
        problem = f"is {kind_of(weight_map)}, not an object" if "weight_map" in index else "is missing"
        raise FormatError(problem, where, "weight_map", hint=_HINT)
    folder = where[: where.rfind("/") + 1]
    paths: dict[str, str] = {}
    shards: dict[str, str] = {}
    for tensor, name in weight_map.items():
        if not isinstance(name, str):
            raise _fault(f"the shard is {kind_of(name)}, not a string", where, tensor)
        path = shards.get(name)
        if path is None:
            path = shards[name] = _shard(name, folder, where, tensor, files)
        paths[tensor] = path
    return MappingProxyType(dict(sorted(paths.items())))


def _shard(name: str, folder: str, where: str, tensor: str, files: Mapping[str, FileInfo]) -> str:
    if not _PLAIN_NAME.fullmatch(name):
        raise _fault(f'the shard "{clipped(name)}" is not the name of a file beside the index', where, tensor)
    info = files.get(folder + name)
    if info is not None and info.kind not in {FileKind.FILE, FileKind.POINTER}:
        raise _fault(f'the shard "{clipped(name)}" {info.refusal}', where, tensor)
    return folder + name


def _fault(problem: str, where: str, tensor: str) -> FormatError:
    return FormatError(problem, where, "weight_map", f'"{clipped(tensor)}"', hint=_HINT)


def _check_metadata(index: JsonObject, where: str) -> None:
    metadata: JsonValue = index.get("metadata")
    if metadata is None:
        return
    if not isinstance(metadata, dict):
        raise FormatError(f"is {kind_of(metadata)}, not an object", where, "metadata", hint=_HINT)
    size = metadata.get("total_size")
    if size is not None and (isinstance(size, bool) or not isinstance(size, int | float)):
        raise FormatError(f"is {kind_of(size)}, not a number", where, "metadata", "total_size", hint=_HINT)
