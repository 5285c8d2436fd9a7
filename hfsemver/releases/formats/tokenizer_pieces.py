"""The pieces of a SentencePiece model file, read as the protocol buffer that it is.

Field 1 of a ``ModelProto`` repeats once for each piece, whose own field 1 is its text; the id of a piece is its place.
https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing, FormatError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PIECES: Final = 4_000_000
_MAX_VARINT: Final = 10
_PIECES = 1
_TEXT = 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def read_pieces(data: bytes, where: str) -> tuple[str, ...]:
    """Return the texts of all pieces in the order of their ids.

    Raises ``FormatError`` for a file that breaks off or is no protocol buffer, ``EvidenceMissing`` for another format
    that is published under the same name (lines of base64 and a rank).
    """
    if not data:
        raise FormatError("empty", where, offset=0)
    if data[0] != (_PIECES << 3 | _BYTES) and data[:1].isalnum() and b" " in data[:64]:
        raise EvidenceMissing(where, "is no SentencePiece model", hint="publish tokenizer.json beside it")
    pieces: list[str] = []
    for field, kind, start, stop in _fields(data, 0, len(data), where):
        if field == _PIECES and kind == _BYTES:
            pieces.append(_text(data, start, stop, where))
            if len(pieces) > MAX_PIECES:
                raise FormatError(f"more than {MAX_PIECES} pieces", where, offset=start)
    if not pieces:
        raise FormatError("holds no piece", where)
    return tuple(pieces)


def _text(data: bytes, start: int, stop: int, where: str) -> str:
    for field, kind, first, last in _fields(data, start, stop, where):
        if field == _TEXT and kind == _BYTES:
            try:
                return data[first:last].decode()
            except UnicodeDecodeError as error:
                raise FormatError("a piece is not UTF-8", where, offset=first + error.start) from None
    return ""


def _fields(data: bytes, start: int, stop: int, where: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield number, wire type, first and last byte of every field between two offsets."""
    at = start
    while at < stop:
        key, first = _varint(data, at, stop, where)
        field, kind = key >> 3, key & 7
        if kind == _BYTES:
            size, first = _varint(data, first, stop, where)
            last = first + size
        elif kind == _VARINT:
            _, last = _varint(data, first, stop, where)
        elif kind in (_FIXED32, _FIXED64):
            last = first + (4 if kind == _FIXED32 else 8)
        else:
            raise FormatError(f"wire type {kind}, which no SentencePiece model has", where, offset=at)
        if field == 0 or last > stop:
            raise FormatError("a field ends after the message that holds it", where, offset=at)
        yield field, kind, first, last
        at = last


def _varint(data: bytes, at: int, stop: int, where: str) -> tuple[int, int]:
    value = 0
    for shift, place in enumerate(range(at, min(at + _MAX_VARINT, stop))):
        byte = data[place]
        value |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:  # noqa: PLR2004 -- the bit that says that another byte follows
            return value, place + 1
    raise FormatError("a number breaks off", where, offset=at)
