"""A place in the header of a GGUF file that only moves forward, through pieces of bounded size."""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError

if TYPE_CHECKING:
    from hfsemver.releases.formats.safetensors import ReadRange

MAX_HEADER: Final = 64 << 20
"""Bytes that are read; the largest vocabularies and their merges take about 16 MB."""

_FIRST: Final = 64 << 10
_PIECE: Final = 1 << 20
_LENGTH: Final = struct.Struct("<Q")


class Cursor:
    """The bytes of a file from ``offset`` on. Whatever lies behind its end or behind the bound is a ``FormatError``."""

    def __init__(self, read: ReadRange, path: str, size: int) -> None:
        self.path = path
        self.size = size
        self._read = read
        self._base = 0
        self._held = b""
        self._at = 0

    @property
    def offset(self) -> int:
        """Where the next byte lies in the file."""
        return self._base + self._at

    @property
    def left(self) -> int:
        """How many bytes the file has from here on."""
        return self.size - self.offset

    def take(self, count: int, where: str) -> bytes:
        """Return the next ``count`` bytes, all of which are held at once."""
        self._need(count, where)
        data = self._held[self._at : self._at + count]
        self._at += count
        return data

    def number(self, code: str, where: str) -> int:
        """Return the next whole number, by its code in ``struct``."""
        (value,) = struct.unpack("<" + code, self.take(struct.calcsize(code), where))
        return int(value)

    def digest(self, count: int, where: str) -> str:
        """Return the SHA-256 of the next ``count`` bytes in hex, holding a piece of them at a time."""
        found = hashlib.sha256()
        self._pass(found, count, where)
        return found.hexdigest()

    def digest_texts(self, count: int, where: str) -> str:
        """Return the SHA-256 in hex of the next ``count`` texts, each behind its length."""
        found = hashlib.sha256()
        while count:
            self._need(_LENGTH.size, where)
            held, at, last = self._held, self._at, len(self._held) - _LENGTH.size
            while count and at <= last:
                end = at + _LENGTH.size + _LENGTH.unpack_from(held, at)[0]
                if end > len(held):
                    break
                at = end
                count -= 1
            found.update(memoryview(held)[self._at : at])
            if at == self._at:  # longer than what is held
                (length,) = _LENGTH.unpack_from(held, at)
                self._pass(found, length + _LENGTH.size, where)
                count -= 1
            else:
                self._at = at
        return found.hexdigest()

    def _pass(self, found: hashlib._Hash, count: int, where: str) -> None:
        self._check(count, where)
        while count:
            piece = self.take(min(count, _PIECE), where)
            found.update(piece)
            count -= len(piece)

    def _check(self, count: int, where: str) -> None:
        if count > self.left:
            problem = f"cut off: {count} bytes should follow, the file has {self.left}"
            raise FormatError(problem, self.path, where, offset=self.offset)
        if self.offset + count > MAX_HEADER:
            problem = f"the header has more than the {MAX_HEADER} bytes that are read"
            raise FormatError(problem, self.path, where, offset=self.offset)

    def _need(self, count: int, where: str) -> None:
        if self._at + count <= len(self._held):
            return
        self._check(count, where)
        rest = self._held[self._at :]
        start = self.offset + len(rest)
        stop = min(self.size, start + max(count - len(rest), _PIECE if start else _FIRST))
        self._base, self._at = self.offset, 0
        self._held = rest + self._read(self.path, start, stop)
