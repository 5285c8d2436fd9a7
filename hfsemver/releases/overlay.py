"""A release in which a few files are others than they are: what it will be once they are written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.releases.disk import checked_range
from hfsemver.releases.source import FileInfo, ReadThrough

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.source import OpenFile, Source


@dataclass(frozen=True, slots=True)
class OverlaySource:
    """``below`` with ``files`` in the place of its own, or beside them; ``None`` takes a file away."""

    below: Source
    files_above: Mapping[str, bytes | None]

    def files(self) -> tuple[FileInfo, ...]:
        """List the files, sorted by path."""
        kept = (info for info in self.below.files() if info.path not in self.files_above)
        above = (FileInfo(path=path, size=len(data)) for path, data in self.files_above.items() if data is not None)
        return tuple(sorted((*kept, *above), key=lambda info: info.path))

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        """Return a range of a file."""
        data = self.files_above.get(path)
        if data is None:
            return self.below.read(path, start, stop)
        start, stop = checked_range(path, start, stop, len(data))
        return data[start:stop]

    def open_file(self, path: str) -> OpenFile:
        """Open a file for many reads."""
        return self.below.open_file(path) if self.files_above.get(path) is None else ReadThrough(self, path)

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of the content in hex."""
        data = self.files_above.get(path)
        return self.below.sha256(path) if data is None else hashlib.sha256(data).hexdigest()
