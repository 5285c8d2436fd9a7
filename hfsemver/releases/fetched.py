"""A release in git whose large files lie on a Hub: their pointers are here, and their bytes are read there, by range."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.releases.source import FileKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.hub.source import HubSource
    from hfsemver.releases.source import FileInfo, OpenFile, Source


@dataclass(frozen=True, eq=False)
class FetchedSource:
    """The files of ``below``; what is only a pointer there comes from ``hub`` where that has the same content under the same path.

    The same content is told by the SHA-256 in the pointer, so that it does not matter which revision the Hub gives it of.
    """

    below: Source
    hub: HubSource

    @cached_property
    def _fetched(self) -> Mapping[str, FileInfo]:
        there = {info.path: info for info in self.hub.files()}
        return {
            info.path: replace(info, kind=FileKind.FILE)
            for info in self.below.files()
            if info.kind is FileKind.POINTER
            and (other := there.get(info.path)) is not None
            and (other.digest, other.size) == (info.digest, info.size)
        }

    def files(self) -> tuple[FileInfo, ...]:
        """List the files, sorted by path."""
        return tuple(self._fetched.get(info.path, info) for info in self.below.files())

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        """Return a range of a file."""
        return self.source_of(path).read(path, start, stop)

    def open_file(self, path: str) -> OpenFile:
        """Open a file for many reads."""
        return self.source_of(path).open_file(path)

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of the content in hex, from the pointer where there is one."""
        return self.below.sha256(path)

    def source_of(self, path: str) -> Source:
        """Return where the bytes of a file lie."""
        return self.hub if path in self._fetched else self.below
