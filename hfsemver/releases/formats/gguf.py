"""Headers of GGUF files: what llama.cpp is told of a model, and where its tensors lie.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, versions 2 and 3 in little-endian order, which are those
that ``gguf.cpp`` reads. Nothing is allocated for what a file only claims to hold, and a vocabulary is hashed and not kept.
"""

from __future__ import annotations

from itertools import accumulate
from math import prod
from operator import mul
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped
from hfsemver.releases.formats.gguf_cursor import Cursor
from hfsemver.releases.formats.gguf_types import BLOCKS, GgufArray, GgufHeader, GgufTensor
from hfsemver.releases.formats.gguf_values import read_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hfsemver.releases.formats.gguf_types import GgufValue
    from hfsemver.releases.formats.safetensors import ReadRange

MAX_KEYS: Final = 1 << 12
MAX_TENSORS: Final = 1 << 17
MAX_NAME: Final = (1 << 16) - 1
"""Bytes of a key, by the specification, and here of a tensor's name too."""
MAX_DIMENSIONS: Final = 4

_MAGIC: Final = b"GGUF"
_VERSIONS: Final = (2, 3)
_ALIGNMENT: Final = "general.alignment"
_DEFAULT_ALIGNMENT: Final = 32
_OLD: Final = "convert the model again with a llama.cpp of today, which writes version 3 in little-endian order"
# The smallest entry: the length of a name of one byte, then a type and a byte, or a rank, a type and an offset.
_SMALLEST_KEY: Final = 14
_SMALLEST_TENSOR: Final = 25
_WORD: Final = 1 << 63


class UnreadVersionError(FormatError):
    """A file that may be sound, in an order of bytes or a version of the format that nothing here reads."""


def read_header(read: ReadRange, path: str, size: int) -> GgufHeader:
    """Read the header of the file of ``size`` bytes that ``read(path, start, stop)`` gives bytes of; no tensor bytes.

    Raises ``FormatError`` with the place of the fault, as in ``x.gguf: tensor "output.weight"``, ``UnreadVersionError`` for
    version 1, a later one and big-endian order, and whatever ``read`` raises.
    """
    cursor = Cursor(read, path, size)
    version = _version(cursor)
    tensor_count = _count(cursor, "tensors", MAX_TENSORS, _SMALLEST_TENSOR)
    key_count = _count(cursor, "metadata keys", MAX_KEYS, _SMALLEST_KEY)
    metadata: dict[str, GgufValue] = {}
    for _ in range(key_count):
        start = cursor.offset
        key = _name(cursor, "metadata key")
        where = f'"{clipped(key)}"'
        if key in metadata:
            raise FormatError("is there twice", path, where, offset=start)
        metadata[key] = read_value(cursor, where)
    alignment = _alignment(metadata, path)
    tensors: dict[str, GgufTensor] = {}
    for _ in range(tensor_count):
        start = cursor.offset
        tensor = _tensor(cursor)
        if tensor.name in tensors:
            raise FormatError("is there twice", path, _place(tensor), offset=start)
        tensors[tensor.name] = tensor
    data = -(-cursor.offset // alignment) * alignment
    _check_cover(tensors.values(), path, data, size, alignment)
    return GgufHeader(version=version, metadata=metadata, tensors=tuple(tensors.values()))


def _version(cursor: Cursor) -> int:
    magic = cursor.take(4, "magic")
    if magic == _MAGIC[::-1]:
        raise UnreadVersionError("in big-endian order, which is not read", cursor.path, "magic", offset=0, hint=_OLD)
    if magic != _MAGIC:
        raise FormatError(f"{clipped(repr(magic))} and not {_MAGIC!r}", cursor.path, "magic", offset=0)
    version = cursor.number("I", "version")
    if version not in _VERSIONS:
        swapped = int.from_bytes(version.to_bytes(4, "little"), "big")
        problem = f"{version}, of which only {' and '.join(map(str, _VERSIONS))} are read"
        if swapped in _VERSIONS:
            problem = f"{swapped} in big-endian order, which is not read"
        raise UnreadVersionError(problem, cursor.path, "version", offset=4, hint=_OLD)
    return version


def _count(cursor: Cursor, what: str, most: int, smallest: int) -> int:
    """Read how many entries follow; more than the rest of the file could hold are refused before anything is read."""
    start = cursor.offset
    count = cursor.number("Q", what)
    if count > most:
        raise FormatError(f"{count} {what}, more than the {most} that are read", cursor.path, offset=start)
    if count * smallest > cursor.left:
        raise FormatError(f"{count} {what} do not fit into {cursor.left} bytes", cursor.path, offset=start)
    return count


def _name(cursor: Cursor, what: str) -> str:
    start = cursor.offset
    length = cursor.number("Q", what)
    if not 0 < length <= MAX_NAME:
        raise FormatError(f"a {what} of {length} bytes, not of 1 to {MAX_NAME}", cursor.path, offset=start)
    data = cursor.take(length, what)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        problem = f"a {what} is not UTF-8"
        raise FormatError(problem, cursor.path, offset=cursor.offset - length + error.start) from None


def _alignment(metadata: dict[str, GgufValue], path: str) -> int:
    value = metadata.get(_ALIGNMENT, _DEFAULT_ALIGNMENT)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1 or value & (value - 1):
        shown = "a list" if isinstance(value, GgufArray) else clipped(repr(value), 40)
        raise FormatError(f"{shown} is no power of two", path, f'"{_ALIGNMENT}"')
    return value


def _place(tensor: GgufTensor) -> str:
    return f'tensor "{clipped(tensor.name)}"'


def _tensor(cursor: Cursor) -> GgufTensor:
    name = _name(cursor, "tensor name")
    where = f'tensor "{clipped(name)}"'
    start = cursor.offset
    rank = cursor.number("I", where)
    if rank > MAX_DIMENSIONS:
        problem = f"{rank} dimensions, more than {MAX_DIMENSIONS}"
        raise FormatError(problem, cursor.path, where, offset=start)
    shape = tuple(cursor.number("Q", where) for _ in range(rank))
    # Each part of the way, because a zero at the end hides what overflowed before it.
    if any(elements >= _WORD for elements in accumulate(shape, mul)):
        raise FormatError(f"{clipped(repr(shape))} overflows 64 bits", cursor.path, where, offset=start)
    kind = cursor.number("I", where)
    return GgufTensor(name=name, shape=shape, type=kind, offset=cursor.number("Q", where))


def _check_cover(tensors: Iterable[GgufTensor], path: str, data: int, size: int, alignment: int) -> None:
    """Refuse tensors that are not aligned, lie outside of the file or share bytes; of an unknown type only the begin is known."""
    end, previous = 0, ""
    for tensor in sorted(tensors, key=lambda one: one.offset):
        begin = data + tensor.offset
        where = _place(tensor)
        if tensor.offset % alignment:
            problem = f"begins at {tensor.offset}, no multiple of {alignment}"
            raise FormatError(problem, path, where, offset=begin)
        if tensor.offset < end:
            raise FormatError(f'begins inside "{clipped(previous)}"', path, where, offset=begin)
        length = _bytes(tensor, path)
        if begin + length > size:
            problem = f"ends at {begin + length}, behind the {size} bytes of the file"
            raise FormatError(problem, path, where, offset=size)
        end, previous = tensor.offset + length, tensor.name


def _bytes(tensor: GgufTensor, path: str) -> int:
    """Return how many bytes a tensor takes, none for a type that is not known."""
    if tensor.type not in BLOCKS:
        return 0
    block, taken = BLOCKS[tensor.type]
    row = tensor.shape[0] if tensor.shape else 1
    if row % block:
        raise FormatError(f"rows of {row} elements are no whole blocks of {block}", path, _place(tensor))
    return prod(tensor.shape) // block * taken
