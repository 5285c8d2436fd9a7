"""Values in the metadata of a GGUF file: what is small is kept, what is large is hashed."""

from __future__ import annotations

import struct
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError
from hfsemver.releases.formats.gguf_types import GgufArray, GgufType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.formats.gguf_cursor import Cursor
    from hfsemver.releases.formats.gguf_types import GgufValue

MAX_TEXT: Final = 1 << 20
"""Bytes of a text that is kept, as many as a chat template may have."""
MAX_TEXTS: Final = 1 << 21
"""Texts in a list; the largest vocabularies have 262,144 tokens and about twice as many merges."""
MAX_DEPTH: Final = 3
"""Lists in lists, of which the specification sets no bound and llama.cpp reads none."""
MAX_LISTS: Final = 16
"""Lists in one list."""
KEPT: Final = 64
"""Elements of a list up to which its values are kept."""

_KEPT_TEXT: Final = 4096
_CODES: Final[Mapping[GgufType, str]] = MappingProxyType({
    GgufType.UINT8: "B", GgufType.INT8: "b", GgufType.UINT16: "H", GgufType.INT16: "h", GgufType.UINT32: "I",
    GgufType.INT32: "i", GgufType.FLOAT32: "f", GgufType.UINT64: "Q", GgufType.INT64: "q", GgufType.FLOAT64: "d",
    GgufType.BOOL: "B",
})  # fmt: skip
_SMALLEST: Final = MappingProxyType({GgufType.STRING: 8, GgufType.ARRAY: 12})


def read_value(cursor: Cursor, where: str) -> GgufValue:
    """Read a type and the value of that type. Raises ``FormatError``, with ``where`` as the place."""
    return _of_type(cursor, _type(cursor, where), where, depth=0)


def _type(cursor: Cursor, where: str) -> GgufType:
    start = cursor.offset
    number = cursor.number("I", where)
    try:
        return GgufType(number)
    except ValueError:
        raise FormatError(f"{number} is not a type of the format", cursor.path, where, offset=start) from None


def _of_type(cursor: Cursor, kind: GgufType, where: str, depth: int) -> GgufValue:
    if kind is GgufType.ARRAY:
        return _array(cursor, where, depth + 1)
    if kind is GgufType.STRING:
        return _text(cursor, where, _KEPT_TEXT if depth else MAX_TEXT)
    code = _CODES[kind]
    start = cursor.offset
    value: float
    (value,) = struct.unpack("<" + code, cursor.take(struct.calcsize(code), where))
    if kind is GgufType.BOOL and value > 1:
        raise FormatError(f"{value} is neither true nor false", cursor.path, where, offset=start)
    return bool(value) if kind is GgufType.BOOL else value


def _text(cursor: Cursor, where: str, kept: int) -> GgufValue:
    length = cursor.number("Q", where)
    if length > kept:
        return GgufArray(kind=GgufType.UINT8, count=length, sha256=cursor.digest(length, where))
    data = cursor.take(length, where)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise FormatError("not UTF-8", cursor.path, where, offset=cursor.offset - length + error.start) from None


def _array(cursor: Cursor, where: str, depth: int) -> GgufArray:
    start = cursor.offset
    if depth > MAX_DEPTH:
        raise FormatError(f"lists in lists, more than {MAX_DEPTH} deep", cursor.path, where, offset=start)
    kind = _type(cursor, where)
    count = cursor.number("Q", where)
    code = _CODES.get(kind)
    width = _SMALLEST[kind] if code is None else struct.calcsize(code)
    if count * width > cursor.left:
        problem = f"{count} elements do not fit into {cursor.left} bytes"
        raise FormatError(problem, cursor.path, where, offset=start)
    if kind is GgufType.ARRAY and count > MAX_LISTS:
        raise FormatError(f"{count} lists in a list, more than {MAX_LISTS}", cursor.path, where, offset=start)
    if kind is GgufType.STRING and count > MAX_TEXTS:
        raise FormatError(f"{count} texts, more than the {MAX_TEXTS} that are read", cursor.path, where, offset=start)
    if kind is GgufType.ARRAY or (depth == 1 and count <= KEPT):
        values = tuple(_of_type(cursor, kind, where, depth) for _ in range(count))
        return GgufArray(kind=kind, count=count, values=values)
    sha256 = cursor.digest_texts(count, where) if code is None else cursor.digest(count * width, where)
    return GgufArray(kind=kind, count=count, sha256=sha256)
