"""A release of which the surface alone is here, and what of its files can be had besides."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hfsemver.core.digest import Algorithm, Digest
from hfsemver.core.errors import EvidenceMissing, SourceError
from hfsemver.core.surface import PATH
from hfsemver.releases.disk import checked_range, read_named
from hfsemver.releases.formats.surface import MAX_SIZE, read_surface
from hfsemver.releases.local import LocalSource
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.source import FileInfo, FileKind, ReadThrough

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hfsemver.core.surface import Surface
    from hfsemver.releases.source import Source

SMALL: Final = 64 << 20
"""Bytes of the largest file that is looked for elsewhere."""


@dataclass(frozen=True, eq=False)
class SurfaceSource:
    """The release that the surface at ``path`` describes.

    Every file is there by size and digest. Those whose text it keeps can be read, and those of at most ``SMALL`` bytes that
    ``folder``, or the release ``beside`` it, holds under the same path with the same digest; all others are pointers without
    their objects.
    """

    path: Path
    folder: Path
    beside: Source | None = None

    @cached_property
    def _data(self) -> bytes:
        return read_named(self.path, MAX_SIZE)

    @cached_property
    def _surface(self) -> Surface:
        return read_surface(self._data, str(self.path))

    @cached_property
    def _lent(self) -> Mapping[str, Source]:
        files = self._surface.files
        kept = MemorySource({path: text.encode() for path, text in self._surface.texts.items()})
        found: dict[str, Source] = dict.fromkeys(self._surface.texts, kept)
        small = frozenset(path for path, told in files.items() if told.size <= SMALL)
        for lender in (LocalSource(self.folder, small), *(() if self.beside is None else (self.beside,))):
            sizes = {info.path: info.size for info in lender.files() if info.readable}
            for path in small - found.keys():
                if sizes.get(path) == files[path].size and lender.sha256(path) == files[path].sha256:
                    found[path] = lender
        return found

    @property
    def lent(self) -> int:
        """How many of the files can be read."""
        return len(self._lent)

    def files(self) -> tuple[FileInfo, ...]:
        """List the described files, and the surface itself, sorted by path."""
        infos = [FileInfo(path=PATH, size=len(self._data))] if PATH not in self._surface.files else []
        for path, told in self._surface.files.items():
            kind = FileKind.FILE if path in self._lent else FileKind.POINTER
            digest = Digest(algorithm=Algorithm.SHA256, hex=told.sha256)
            infos.append(FileInfo(path=path, size=told.size, kind=kind, digest=digest))
        return tuple(sorted(infos, key=lambda info: info.path))

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        """Return a range of a file that is here."""
        if path == PATH:
            start, stop = checked_range(path, start, stop, len(self._data))
            return self._data[start:stop]
        self._known(path)
        if path not in self._lent:
            hint = "name the release itself as the baseline, or a folder that holds this file beside the surface"
            raise EvidenceMissing(path, f"only its digest is known, from {self.path}", hint=hint)
        return self._lent[path].read(path, start, stop)

    def open_file(self, path: str) -> ReadThrough:
        """Open a file for many reads."""
        return ReadThrough(self, path)

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of the content in hex, from the surface."""
        return hashlib.sha256(self._data).hexdigest() if path == PATH else self._known(path)

    def _known(self, path: str) -> str:
        told = self._surface.files.get(path)
        if told is None:
            raise SourceError(f"there is no file {path} in {self.path}", hint="name another file")
        return told.sha256
