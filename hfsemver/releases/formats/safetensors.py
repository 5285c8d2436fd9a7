"""Headers of safetensors files, checked in full before anything is believed of them.

Format: https://huggingface.co/docs/safetensors/index#format. Eight bytes give the length of a JSON object that says of
each tensor its dtype, its shape and where its bytes lie; those bytes follow without a gap, to the end of the file.
What is accepted here, the library accepts; besides, a name that is there twice and a field of no meaning are faults.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, TypeGuard, cast

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped
from hfsemver.core.tensor import DTYPE_BITS, TensorInfo
from hfsemver.releases.formats.strict_json import kind_of, load_object

if TYPE_CHECKING:
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

ReadRange = Callable[[str, int, int | None], bytes]

# The library reads headers of up to 100 MB; the header of 90,000 tensors takes about 10 MB.
MAX_HEADER = 32 << 20
MAX_TENSORS = 500_000
MAX_DIMENSIONS = 64
FIRST_READ = 16 << 10
"""Bytes that are read before the length of the header is known; most headers of shards lie in them."""

_LENGTH_SIZE = 8
_FIELDS = {"dtype", "shape", "data_offsets"}
_METADATA = "__metadata__"
_WORD = 1 << 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The tensors in the order of their bytes."""

    tensors: tuple[TensorInfo, ...]


def read_header(read: ReadRange, path: str, size: int) -> Header:
    """Read the header of the file of ``size`` bytes that ``read(path, start, stop)`` gives bytes of.

    Reads nothing beyond the first 16 KiB and the header. Raises ``FormatError`` with the path to the fault, as in
    ``model.safetensors: header: "lm_head.weight".shape``, and whatever ``read`` raises.
    """
    data = read(path, 0, min(size, FIRST_READ))
    if len(data) < _LENGTH_SIZE:
        raise FormatError(f"{size} bytes are too few to hold a header", path, offset=0)
    _check_length(data, path, size)
    end = header_end(data)
    if end > len(data):
        data += read(path, len(data), end)
    content = _load(data[_LENGTH_SIZE:end], path)
    _check_metadata(content.get(_METADATA), path)
    tensors = [_tensor(name, entry, path, end) for name, entry in content.items() if name != _METADATA]
    tensors.sort(key=lambda tensor: tensor.data_offsets)
    _check_cover(tensors, path, end, size)
    return Header(tensors=tuple(tensors))


def header_end(front: bytes) -> int:
    """Return where the header ends by what the first bytes of a file say, of which there have to be eight."""
    return _LENGTH_SIZE + int.from_bytes(front[:_LENGTH_SIZE], "little")


def _check_length(data: bytes, path: str, size: int) -> None:
    length = header_end(data) - _LENGTH_SIZE
    if length == 0:
        raise FormatError("has no bytes", path, "header", offset=0)
    if length > MAX_HEADER:
        raise FormatError(f"{length} bytes, more than the {MAX_HEADER} that are read", path, "header", offset=0)
    if _LENGTH_SIZE + length > size:
        problem = f"{length} bytes, but the file has only {size - _LENGTH_SIZE} behind its first {_LENGTH_SIZE}"
        raise FormatError(problem, path, "header", offset=0)


def _load(data: bytes, path: str) -> JsonObject:
    try:
        content = load_object(data, "header")
    except FormatError as error:
        offset = None if error.offset is None else error.offset + _LENGTH_SIZE
        raise FormatError(error.fault, path, *error.where, offset=offset) from None
    if len(content) > MAX_TENSORS:
        raise FormatError(f"{len(content)} tensors, more than the {MAX_TENSORS} that are read", path, "header")
    return content


def _check_metadata(value: JsonValue, path: str) -> None:
    """Refuse free text of the writer that the library refuses; no rule looks at it."""
    if value is None:  # MLX writes null where there is nothing to say, and the library reads it
        return
    if not isinstance(value, dict):
        raise FormatError(f"is {kind_of(value)}, not an object", path, "header", _METADATA)
    for key, text in value.items():
        if not isinstance(text, str):
            raise FormatError(f"is {kind_of(text)}, not a string", path, "header", f'{_METADATA}."{clipped(key)}"')


def _tensor(name: str, entry: JsonValue, path: str, start: int) -> TensorInfo:
    if type(entry) is not dict or entry.keys() != _FIELDS:
        raise _fields_fault(name, entry, path)
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    bits = DTYPE_BITS.get(dtype) if type(dtype) is str else None
    if bits is None:
        raise _fault(f"{_shown(dtype)} is not a dtype of the format", name, "dtype", path)
    if not _all_sizes(shape) or len(shape) > MAX_DIMENSIONS:
        raise _fault(f"{_shown(shape)} is not a list of at most {MAX_DIMENSIONS} sizes", name, "shape", path)
    if not _all_sizes(offsets) or len(offsets) != 2:  # noqa: PLR2004 -- begin and end
        raise _fault(f"{_shown(offsets)} is not a pair of offsets", name, "data_offsets", path)
    begin, end = offsets
    needed = prod(shape) * bits
    if begin > end:
        raise _fault(f"ends at {end}, before it begins at {begin}", name, "data_offsets", path)
    if (end - begin) * 8 != needed:
        raise _fault(
            f"{end - begin} bytes, but {dtype}{_shown(shape)} takes {_taken(needed)}", name, "data_offsets", path
        )
    if not needed and _overflows(shape):
        raise _fault(f"{_shown(shape)} overflows 64 bits on the way to zero", name, "shape", path)
    return TensorInfo(
        name=name, dtype=cast("str", dtype), shape=tuple(shape), file=path, data_offsets=(start + begin, start + end)
    )


def _all_sizes(value: JsonValue) -> TypeGuard[list[int]]:
    if type(value) is not list:
        return False
    for size in value:  # noqa: SIM110 -- a loop takes half the time of all() here, and headers hold hundreds of thousands
        if type(size) is not int or not 0 <= size < _WORD:
            return False
    return True


def _overflows(shape: list[int]) -> bool:
    """Return whether a product of leading sizes leaves 64 bits: with a zero behind it, the byte count cannot tell."""
    product = 64
    for size in shape:
        product *= size
        if product >= _WORD:
            return True
    return False


def _check_cover(tensors: list[TensorInfo], path: str, start: int, size: int) -> None:
    """Refuse bytes that belong to no tensor, or to two."""
    position = start
    previous = ""
    for tensor in tensors:
        begin, end = tensor.data_offsets
        if begin != position:
            problem = (
                _belong(begin - position, "before it") if begin > position else f'begins inside "{clipped(previous)}"'
            )
            raise _fault(problem, tensor.name, "data_offsets", path, min(begin, position))
        position = end
        previous = tensor.name
    if position > size:
        raise FormatError(f"cut off: {position} bytes are described, the file has {size}", path, offset=size)
    if position < size:
        raise FormatError(_belong(size - position, "at the end"), path, offset=position)


def _belong(count: int, place: str) -> str:
    return f"1 byte {place} belongs to no tensor" if count == 1 else f"{count} bytes {place} belong to no tensor"


def _fields_fault(name: str, entry: JsonValue, path: str) -> FormatError:
    if not isinstance(entry, dict):
        return _fault(f"is {kind_of(entry)}, not an object", name, "", path)
    missing, unknown = sorted(_FIELDS - entry.keys()), sorted(entry.keys() - _FIELDS)
    if missing:
        return _fault(f"{missing[0]} is missing", name, "", path)
    return _fault(f'the format has no field "{clipped(unknown[0])}"', name, "", path)


def _fault(problem: str, name: str, field: str, path: str, offset: int | None = None) -> FormatError:
    pointer = f'"{clipped(name)}"' + (f".{field}" if field else "")
    return FormatError(problem, path, "header", pointer, offset=offset)


def _shown(value: object) -> str:
    return clipped(json.dumps(value, separators=(",", ":")), 60)


def _taken(bits: int) -> str:
    return str(bits // 8) if bits % 8 == 0 else f"{bits} bits, no whole number of bytes"
