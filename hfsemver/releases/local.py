"""A release as a folder on disk, as it is now."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing, RefError, SourceError
from hfsemver.core.escape import clipped
from hfsemver.releases.disk import RegularFile, checked_range
from hfsemver.releases.hub_cache import HubCache
from hfsemver.releases.lfs import MAX_POINTER, Pointer, parse_pointer
from hfsemver.releases.listing import MAX_DEPTH, MAX_ENTRIES
from hfsemver.releases.repository import Repository
from hfsemver.releases.source import FileInfo, FileKind, ReadThrough

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hfsemver.releases.lfs import LfsStore
    from hfsemver.releases.source import OpenFile

NOTES = ".cache/hfsemver"
"""Where the journal of what was published from a folder lies."""
# ``hf download --local-dir`` keeps its notes in the other one; no upload takes either along.
_NOTES = frozenset({NOTES, ".cache/huggingface"})
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One file of the folder: what is told about it, and where else its bytes lie if not under its own name.

    ``written`` is when they were written to last, in nanoseconds; what lies under its own digest needs no watching.
    """

    info: FileInfo
    pointer: Pointer | None = None
    elsewhere: Path | None = None
    target: str = ""
    written: int | None = None


@dataclass(frozen=True, eq=False)
class LocalSource:
    """The files below ``root``. Links are listed and never followed, except those of a snapshot in the Hub's cache.

    Left out: ``.git``, what git ignores (see ``ignored``), pipes, sockets and devices. No push takes them along.
    A folder with a ``.git`` of its own is a ``SUBMODULE``. An LFS pointer stands for its object in the store of the
    repository around ``root``. With ``only``, nothing else is listed or looked into, however much lies there. As a
    ``whole`` it is listed as those find it who load it: what git ignores and what tools note there is left out no more.
    """

    root: Path
    only: frozenset[str] | None = None
    whole: bool = False

    @cached_property
    def _base(self) -> Path:
        return self.root.resolve()

    @cached_property
    def _cache(self) -> HubCache | None:
        return HubCache.around(self._base)

    @cached_property
    def _repository(self) -> Repository | None:
        try:
            return Repository.discover(self._base)
        except RefError:
            return None

    @cached_property
    def _store(self) -> LfsStore | None:
        return self._repository.lfs_store if self._repository else None

    @cached_property
    def ignored(self) -> frozenset[str]:
        """What git ignores, and no push takes along: left out at the top of a repository alone.

        Whoever names a folder inside one means what is in it.
        """
        if self.whole:
            return frozenset()
        top = self._repository is not None and self._repository.root.resolve() == self._base
        return self._repository.ignored() if self._repository is not None and top else frozenset()

    @cached_property
    def _found(self) -> Mapping[str, _Found]:
        return {found.info.path: found for found in sorted(self._walk(), key=lambda found: found.info.path)}

    def files(self) -> tuple[FileInfo, ...]:
        """List the files, sorted by path; reads only those small enough to be LFS pointers."""
        return tuple(found.info for found in self._found.values())

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        """Return a range of a file; of a link, the text that it holds."""
        found = self._here(path)
        start, stop = checked_range(path, start, stop, found.info.size)
        if found.info.kind is FileKind.SYMLINK:
            return os.fsencode(found.target)[start:stop]
        with closing(self._open(found)) as file:
            return file.read(start, stop)

    def open_file(self, path: str) -> OpenFile:
        """Open a file for many reads; of a link, the text that it holds."""
        found = self._here(path)
        return ReadThrough(self, path) if found.info.kind is FileKind.SYMLINK else self._open(found)

    def place(self, path: str) -> Path:
        """Return where the bytes of a file lie. Raises ``EvidenceMissing`` where they are not here."""
        found = self._here(path)
        return found.elsewhere or self._base.joinpath(*path.split("/"))

    def written(self, path: str) -> int | None:
        """Return when a file had been written to last as it was listed, in nanoseconds; ``None`` for what lies under its digest."""
        return self._here(path).written

    def _here(self, path: str) -> _Found:
        found = self._known(path)
        if found.info.kind is FileKind.POINTER:
            raise EvidenceMissing(path, f"only its LFS pointer is in {self.root}", hint="fetch it: git lfs pull")
        if found.info.kind is FileKind.SUBMODULE:
            raise EvidenceMissing(path, "is a submodule", hint="put the files themselves in its place")
        return found

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of the content in hex; that of the commit id for a submodule."""
        found = self._known(path)
        if found.pointer:
            return found.pointer.oid
        if found.info.kind is FileKind.SYMLINK:
            return hashlib.sha256(os.fsencode(found.target)).hexdigest()
        if found.info.kind is FileKind.SUBMODULE:
            return hashlib.sha256(self._commit_of(path).encode()).hexdigest()
        with closing(self._open(found)) as file:
            return file.sha256()

    def _commit_of(self, path: str) -> str:
        try:
            return Repository.discover(self._base / path).resolve("HEAD")
        except RefError as error:
            hint = "commit in it, or remove its .git to make its files part of the release"
            raise EvidenceMissing(path, "is a repository without a commit", hint=hint) from error

    def _known(self, path: str) -> _Found:
        found = self._found.get(path)
        if found is None:
            raise SourceError(
                f"there is no file {path} in {self.root}", hint="the folder changed: run the command again"
            )
        return found

    def _open(self, found: _Found) -> RegularFile:
        path, size = found.info.path, found.info.size
        if found.elsewhere:
            return RegularFile(found.elsewhere, path, size, written=found.written)
        with self._folder(path.split("/")[:-1]) as folder:
            return RegularFile(path.rpartition("/")[2], path, size, folder, found.written)

    @contextmanager
    def _folder(self, names: list[str]) -> Iterator[int]:
        """Open a folder step by step, so that no part of the way can be a link."""
        descriptor = self._step(str(self._base), None)
        try:
            for name in names:
                inner = self._step(name, descriptor)
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)

    def _step(self, name: str, folder: int | None) -> int:
        try:
            return os.open(name, _OPEN_FOLDER, dir_fd=folder)
        except OSError as error:
            fault = f"folder {clipped(name)} cannot be opened: {error.strerror}"
            raise SourceError(fault, hint="check that the folder is there and readable") from error

    def _walk(self) -> Iterator[_Found]:
        pending: list[list[str]] = [[]]
        count = 0
        while pending:
            names = pending.pop()
            with self._folder(names) as folder:
                for entry in self._entries(names, folder):
                    path = "/".join((*names, entry.name))
                    if path in self.ignored or not self._is_wanted(path):
                        continue
                    count += 1
                    if count > MAX_ENTRIES or len(names) > MAX_DEPTH:
                        fault = f"{self.root}: more than {MAX_ENTRIES} files, or {MAX_DEPTH} levels of folders"
                        raise SourceError(fault, hint="name the folder of the release itself")
                    if not entry.is_dir(follow_symlinks=False):
                        yield from self._file(path, entry, folder)
                    elif self._is_submodule(entry.name, folder):
                        yield _Found(info=FileInfo(path=path, size=0, kind=FileKind.SUBMODULE))
                    elif self.whole or path not in _NOTES:
                        pending.append([*names, entry.name])

    def _is_wanted(self, path: str) -> bool:
        return self.only is None or path in self.only or path in self._on_the_way

    @cached_property
    def _on_the_way(self) -> frozenset[str]:
        parents = (path.split("/")[:-1] for path in self.only or ())
        return frozenset("/".join(names[:count]) for names in parents for count in range(1, len(names) + 1))

    def _entries(self, names: list[str], folder: int) -> list[os.DirEntry[str]]:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if entry.name != ".git"]
        for entry in entries:
            raw = os.fsencode(entry.name)
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError:
                fault = f"{'/'.join((str(self.root), *names))}: the file name {raw!r} is not UTF-8"
                raise SourceError(fault, hint="rename the file: the Hub takes names in UTF-8 only") from None
        return entries

    def _is_submodule(self, name: str, folder: int) -> bool:
        try:
            os.stat(f"{name}/.git", dir_fd=folder, follow_symlinks=False)
        except OSError:
            return False
        return True

    def _file(self, path: str, entry: os.DirEntry[str], folder: int) -> Iterator[_Found]:
        try:
            about = entry.stat(follow_symlinks=False)
            if stat.S_ISLNK(about.st_mode):
                yield self._link(path, os.readlink(entry.name, dir_fd=folder))
            elif stat.S_ISREG(about.st_mode):
                yield self._regular(path, entry.name, folder, about)
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror}", hint="the folder changed: run the command again") from error

    def _regular(self, path: str, name: str, folder: int, about: os.stat_result) -> _Found:
        pointer, size = None, about.st_size
        if 0 < size < MAX_POINTER:
            with closing(RegularFile(name, path, size, folder, about.st_mtime_ns)) as file:
                pointer = parse_pointer(file.read(0, size))
        if pointer is None:
            return _Found(info=FileInfo(path=path, size=size), written=about.st_mtime_ns)
        stored = self._store.find(pointer) if self._store else None
        kind = FileKind.FILE if stored else FileKind.POINTER
        info = FileInfo(path=path, size=pointer.size, kind=kind, digest=pointer.digest)
        return _Found(info=info, pointer=pointer, elsewhere=stored)

    def _link(self, path: str, target: str) -> _Found:
        blob = self._cache.blob(str((self._base / path).parent), target) if self._cache else None
        if self._cache and blob:
            place = self._cache.blobs / blob
            try:
                about = place.lstat()
            except OSError as error:
                fault = f"{path}: its blob {blob} is not in the cache ({error.strerror})"
                raise SourceError(fault, hint="download the release again: hf download") from error
            return _Found(info=FileInfo(path=path, size=about.st_size), elsewhere=place, written=about.st_mtime_ns)
        return _Found(info=FileInfo(path=path, size=len(os.fsencode(target)), kind=FileKind.SYMLINK), target=target)
