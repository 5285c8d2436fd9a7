"""``.hfsemver/surface.json``: read strictly, written so that the same release gives the same bytes.

A surface is data that somebody else may have written: everything in it is checked before it is believed, and what it says of
a file counts only where the digest of that file is known from elsewhere (``releases/described.py``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import struct
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped
from hfsemver.core.surface import DescribedFile, DescribedTensor, Surface
from hfsemver.core.tensor import DTYPE_BITS, TensorInfo
from hfsemver.releases.formats.safetensors import MAX_DIMENSIONS
from hfsemver.releases.formats.strict_json import load_object

if TYPE_CHECKING:
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

SCHEMA: Final = "hfsemver/surface/1"
MAX_SIZE: Final = 64 << 20

_HASH, _SHA256 = 32, 64
_MOST_SUMS = 1024
_WORD = 1 << 64
_HINT = "write it again: hfsemver surface write"


def write_surface(surface: Surface) -> bytes:
    """Return the surface as JSON, one line a file or a tensor, so that two of them can be compared by eye."""
    files = {path: {"size": one.size, "sha256": one.sha256} for path, one in sorted(surface.files.items())}
    weights = {
        file: {name: _written(tensor) for name, tensor in sorted(tensors.items())}
        for file, tensors in sorted(surface.tensors.items())
    }
    parts = {
        "schema": json.dumps(SCHEMA),
        "seed": str(surface.seed),
        "config": json.dumps(surface.config),
        "tokenizer": json.dumps(surface.tokenizer),
        "templates": json.dumps(dict(sorted(surface.templates.items()))),
        "files": _lines({path: json.dumps(entry) for path, entry in files.items()}, 1),
        "texts": _lines({path: json.dumps(text) for path, text in sorted(surface.texts.items())}, 1),
        "weights": _lines(
            {
                file: _lines({n: json.dumps(entry, separators=(",", ":")) for n, entry in tensors.items()}, 2)
                for file, tensors in weights.items()
            },
            1,
        ),
    }
    return (_lines(parts, 0) + "\n").encode("ascii")


def _lines(entries: dict[str, str], depth: int) -> str:
    if not entries:
        return "{}"
    inner = ",\n".join(f"{' ' * (depth + 1)}{json.dumps(key)}: {value}" for key, value in entries.items())
    return f"{{\n{inner}\n{' ' * depth}}}"


def _written(tensor: DescribedTensor) -> dict[str, JsonValue]:
    written: dict[str, JsonValue] = {
        "dtype": tensor.info.dtype,
        "shape": list(tensor.info.shape),
        "offset": tensor.info.data_offsets[0],
        "hash": tensor.fingerprint.hex(),
        "squares": tensor.squares,
    }
    for name in ("nan", "infinite"):
        if count := getattr(tensor, name):
            written[name] = count
    if tensor.constant is not None:
        written["constant"] = tensor.constant
    if tensor.sums and tensor.squares is not None:
        # In units of the norm, so that single precision holds them whatever the size of the numbers.
        unit = _unit(tensor.squares)
        packed = struct.pack(f"<{len(tensor.sums)}f", *(value / unit for value in tensor.sums))
        written["sketch"] = base64.b64encode(packed).decode()
    return written


def _unit(squares: float) -> float:
    return math.sqrt(squares) or 1.0


def read_surface(data: bytes, where: str) -> Surface:
    """Parse a surface. Raises ``FormatError`` with the path to the fault, and what to type next."""
    try:
        return _surface(load_object(data, where), where)
    except FormatError as error:
        raise FormatError(error.fault, *error.where, offset=error.offset, hint=_HINT) from None


def _surface(content: JsonObject, where: str) -> Surface:
    if content.get("schema") != SCHEMA:
        raise FormatError(f"is not {SCHEMA!r}, which this version reads", where, "schema")
    fields = {"schema", "seed", "config", "tokenizer", "templates", "files", "texts", "weights"}
    _insist_on_fields(content, fields, set(), where)
    seed = content["seed"]
    if not _is_count(seed):
        raise FormatError("is no seed", where, "seed")
    files = {path: _file(entry, where, path) for path, entry in _object(content["files"], where, "files").items()}
    weights = {}
    for file, entries in _object(content["weights"], where, "weights").items():
        if file not in files:
            raise FormatError("is not among the files", where, "weights", f'"{clipped(file)}"')
        weights[file] = MappingProxyType(
            {
                name: _tensor(entry, where, file, files[file].size, name)
                for name, entry in _object(entries, where, f'weights."{clipped(file)}"').items()
            }
        )
    templates = _object(content["templates"], where, "templates")
    for name, digest in templates.items():
        _digest(digest, _SHA256, where, f'templates."{clipped(name)}"')
    texts = _object(content["texts"], where, "texts")
    for path, text in texts.items():
        if path not in files or not _is_text_of(files[path], text):
            raise FormatError("is not what the digest of this file is of", where, f'texts."{clipped(path)}"')
    for name in ("config", "tokenizer"):
        if content[name] != "":
            _digest(content[name], _SHA256, where, name)
    return Surface(
        seed=cast("int", seed),
        files=MappingProxyType(files),
        tensors=MappingProxyType(weights),
        config=cast("str", content["config"]),
        tokenizer=cast("str", content["tokenizer"]),
        templates=MappingProxyType(cast("dict[str, str]", templates)),
        texts=MappingProxyType(cast("dict[str, str]", texts)),
    )


def _is_text_of(file: DescribedFile, value: JsonValue) -> bool:
    data = value.encode("utf-8", "replace") if isinstance(value, str) else b""
    return (len(data), hashlib.sha256(data).hexdigest()) == (file.size, file.sha256)


def _file(value: JsonValue, where: str, path: str) -> DescribedFile:
    pointer = f'files."{clipped(path)}"'
    entry = _object(value, where, pointer)
    _insist_on_fields(entry, {"size", "sha256"}, set(), where, pointer)
    size = entry["size"]
    if not _is_count(size):
        raise FormatError("is no size", where, f"{pointer}.size")
    return DescribedFile(size=cast("int", size), sha256=_digest(entry["sha256"], _SHA256, where, f"{pointer}.sha256"))


def _tensor(value: JsonValue, where: str, file: str, size: int, name: str) -> DescribedTensor:
    pointer = f'weights."{clipped(file)}"."{clipped(name)}"'
    entry = _object(value, where, pointer)
    optional = {"nan", "infinite", "constant", "sketch"}
    _insist_on_fields(entry, {"dtype", "shape", "offset", "hash", "squares"}, optional, where, pointer)
    dtype, shape = entry["dtype"], entry["shape"]
    if not isinstance(dtype, str) or dtype not in DTYPE_BITS:
        raise FormatError("is not a dtype", where, f"{pointer}.dtype")
    if not isinstance(shape, list) or not all(map(_is_count, shape)) or len(shape) > MAX_DIMENSIONS:
        raise FormatError(f"is not a list of at most {MAX_DIMENSIONS} sizes", where, f"{pointer}.shape")
    sizes = tuple(cast("list[int]", shape))
    counts = {key: entry.get(key, 0) for key in ("nan", "infinite")} | {"offset": entry["offset"]}
    for key, count in counts.items():
        if not _is_count(count):
            raise FormatError("is no count", where, f"{pointer}.{key}")
    begin = cast("int", counts["offset"])
    end = begin + math.prod(sizes) * DTYPE_BITS[dtype] // 8
    if end > size:
        raise FormatError(f"ends beyond the {size} bytes of its file", where, f"{pointer}.offset")
    squares = _number(entry["squares"], where, f"{pointer}.squares", at_least=0.0)
    if squares is None and "sketch" in entry:
        raise FormatError("has no squares to be a sketch of", where, f"{pointer}.sketch")
    return DescribedTensor(
        info=TensorInfo(name=name, dtype=dtype, shape=sizes, file=file, data_offsets=(begin, end)),
        fingerprint=bytes.fromhex(_digest(entry["hash"], _HASH, where, f"{pointer}.hash")),
        squares=squares,
        nan=cast("int", counts["nan"]),
        infinite=cast("int", counts["infinite"]),
        constant=_number(entry.get("constant"), where, f"{pointer}.constant"),
        sums=_sums(entry.get("sketch", ""), _unit(squares or 0.0), where, f"{pointer}.sketch"),
    )


def _sums(value: JsonValue, unit: float, where: str, pointer: str) -> tuple[float, ...]:
    try:
        packed = base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        packed = None
    count, rest = divmod(len(packed), 4) if packed is not None else (0, 1)
    if packed is None or rest or count > _MOST_SUMS or count & (count - 1):
        raise FormatError(f"is no base64 of 1 to {_MOST_SUMS} floats, a power of two", where, pointer)
    sums = tuple(value * unit for value in struct.unpack(f"<{count}f", packed))
    if not all(map(math.isfinite, sums)):
        raise FormatError("holds a number that is not finite", where, pointer)
    return sums


def _is_count(value: JsonValue) -> bool:
    return type(value) is int and 0 <= value < _WORD


def _number(value: JsonValue, where: str, pointer: str, at_least: float = -math.inf) -> float | None:
    if value is None:
        return None
    try:
        number = float(cast("float", value)) if type(value) in (int, float) else math.nan
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or number < at_least:
        raise FormatError("is no such number", where, pointer)
    return number


def _digest(value: JsonValue, length: int, where: str, pointer: str) -> str:
    if not isinstance(value, str) or len(value) != length or value.strip("0123456789abcdef"):
        raise FormatError(f"is no digest of {length} hex digits", where, pointer)
    return value


def _object(value: JsonValue, where: str, pointer: str) -> JsonObject:
    if not isinstance(value, dict):
        raise FormatError("is not an object", where, pointer)
    return value


def _insist_on_fields(entry: JsonObject, needed: set[str], optional: set[str], *where: str) -> None:
    if missing := sorted(needed - entry.keys()):
        raise FormatError(f"{missing[0]} is missing", *where)
    if unknown := sorted(entry.keys() - needed - optional):
        raise FormatError(f'there is no field "{clipped(unknown[0])}"', *where)
