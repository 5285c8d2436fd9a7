"""One file as a release: whatever lies at a place, under the path that it has in a repository."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import printable
from hfsemver.releases.disk import read_small
from hfsemver.releases.lfs import MAX_POINTER, parse_pointer
from hfsemver.releases.local import LocalSource
from hfsemver.releases.memory import MemorySource

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.releases.lfs import LfsStore
    from hfsemver.releases.source import FileInfo, OpenFile, Source


@dataclass(frozen=True, eq=False)
class OneFile:
    """The file at ``place``, which is called ``path`` here."""

    path: str
    place: Path

    def files(self) -> tuple[FileInfo, ...]:
        """List it."""
        return tuple(replace(info, path=self.path) for info in self._folder.files())

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        """Return a range of it."""
        return self._folder.read(self._name(path), start, stop)

    def open_file(self, path: str) -> OpenFile:
        """Open it for many reads."""
        return self._folder.open_file(self._name(path))

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of the content in hex."""
        return self._folder.sha256(self._name(path))

    @cached_property
    def _folder(self) -> LocalSource:
        # Whatever git ignores beside it has nothing to do with it.
        return LocalSource(self.place.parent, only=frozenset({self.place.name}), whole=True)

    def _name(self, path: str) -> str:
        return self.place.name if path == self.path else path


def open_one(path: str, place: Path, store: LfsStore | None) -> Source:
    """Return the release that holds one file, an empty one where ``place`` is the null device.

    Where an LFS pointer lies there, it stands for its object in ``store``. Raises ``SourceError``.
    """
    if str(place) == os.devnull:
        return MemorySource({})
    if not place.is_symlink() and not place.is_file():
        raise SourceError(f"{printable(str(place))} is no file", hint="name one")
    pointer = None
    if not place.is_symlink() and place.stat().st_size < MAX_POINTER:
        pointer = parse_pointer(read_small(place, MAX_POINTER) or b"")
    stored = store.find(pointer) if store is not None and pointer is not None else None
    return OneFile(path, stored or place)
