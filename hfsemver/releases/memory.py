"""A release held in memory: the reference that every other source is tested against."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.releases.disk import checked_range
from hfsemver.releases.lfs import parse_pointer
from hfsemver.releases.source import FileInfo, FileKind, ReadThrough

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class MemorySource:
    """Files by path. Content that is an LFS pointer counts as a pointer without its object, as everywhere."""

    content: Mapping[str, bytes]

    def files(self) -> tuple[FileInfo, ...]:
        """List the files, sorted by path."""
        return tuple(self._info(path) for path in sorted(self.content))

    def _info(self, path: str) -> FileInfo:
        data = self.content[path]
        pointer = parse_pointer(data)
        if pointer:
            return FileInfo(path=path, size=pointer.size, kind=FileKind.POINTER, digest=pointer.digest)
        return FileInfo(path=path, size=len(data))

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        """Return a range of a file."""
        data = self.content[path]
        if parse_pointer(data):
            raise EvidenceMissing(path, "only its LFS pointer is here")
        start, stop = checked_range(path, start, stop, len(data))
        return data[start:stop]

    def open_file(self, path: str) -> ReadThrough:
        """Open a file for many reads."""
        return ReadThrough(self, path)

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of the content in hex."""
        pointer = parse_pointer(self.content[path])
        return pointer.oid if pointer else hashlib.sha256(self.content[path]).hexdigest()
