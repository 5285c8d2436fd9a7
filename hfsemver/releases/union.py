"""A release as it will be once a folder is uploaded onto another one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.source import FileInfo, OpenFile, Source


@dataclass(frozen=True, eq=False)
class UnionSource:
    """The files ``above`` in the place of those ``below``, or beside them, without those that are ``removed``.

    Those above that are ``behind`` do not count: what lies below is a later state of the same.
    """

    below: Source
    above: Source
    removed: frozenset[str] = frozenset()
    behind: frozenset[str] = frozenset()

    def files(self) -> tuple[FileInfo, ...]:
        """List the files, sorted by path."""
        kept = (info for info in self.below.files() if info.path not in self._above and info.path not in self.removed)
        return tuple(sorted((*kept, *self._above.values()), key=lambda info: info.path))

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        """Return a range of a file."""
        return self.source_of(path).read(path, start, stop)

    def open_file(self, path: str) -> OpenFile:
        """Open a file for many reads."""
        return self.source_of(path).open_file(path)

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of the content in hex."""
        return self.source_of(path).sha256(path)

    def source_of(self, path: str) -> Source:
        """Return the side that a file comes from."""
        return self.above if path in self._above else self.below

    @cached_property
    def _above(self) -> Mapping[str, FileInfo]:
        return {info.path: info for info in self.above.files() if info.path not in self.behind}
