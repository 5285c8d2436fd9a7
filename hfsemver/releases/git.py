"""A release as it was committed: read by object from the database of a repository, never from a working tree."""

from __future__ import annotations

import hashlib
import threading
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.digest import Algorithm, Digest
from hfsemver.core.errors import EvidenceMissing, FormatError, SourceError
from hfsemver.core.escape import printable
from hfsemver.releases.disk import RegularFile, checked_range
from hfsemver.releases.git_command import start_of_git
from hfsemver.releases.lfs import MAX_POINTER, Pointer, parse_pointer
from hfsemver.releases.listing import MAX_DEPTH, MAX_ENTRIES
from hfsemver.releases.objects import Objects, damaged
from hfsemver.releases.source import FileInfo, FileKind, ReadThrough
from hfsemver.releases.spool import Spool
from hfsemver.releases.tree import MAX_TREE_SIZE, TreeEntry, parse_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hfsemver.releases.lfs import LfsStore
    from hfsemver.releases.repository import Repository
    from hfsemver.releases.source import OpenFile

# A blob up to the first size is read whole, and the last few are kept. Of a larger one the start is read first,
# since it holds the header; it is spooled to disk when more is asked for.
SMALL = 1 << 20
START = 256 << 10
KEPT = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blob:
    """One file of the release: what is told about it, the object it is, and the LFS object it stands for."""

    info: FileInfo
    oid: bytes
    pointer: Pointer | None = None
    stored: Path | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class GitSource:
    """The files of ``commit`` (a full id), or of its folder ``folder`` with paths relative to it.

    LFS pointers are resolved from the store of the repository; one whose object is not there is a ``POINTER``.
    """

    repository: Repository
    commit: str
    folder: str = ""
    _spools: dict[str, Spool] = field(default_factory=dict, init=False, repr=False)
    _contents: dict[str, bytes] = field(default_factory=dict, init=False, repr=False)
    _starts: dict[str, bytes] = field(default_factory=dict, init=False, repr=False)
    # Threads that read weights share what is kept of small blobs.
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    @cached_property
    def _objects(self) -> Objects:
        return Objects(self.repository)

    @cached_property
    def _store(self) -> LfsStore:
        return self.repository.lfs_store

    @cached_property
    def _blobs(self) -> Mapping[str, _Blob]:
        root = bytes.fromhex(self.repository.subtree(self.commit, self.folder))
        entries = sorted(self._walk(root), key=lambda item: item[0])
        sizes = self._objects.sizes({entry.oid for _, entry in entries if not entry.is_submodule})
        small = {oid for oid, size in sizes.items() if 0 < size < MAX_POINTER}
        contents = self._objects.contents(
            {entry.oid for _, entry in entries if entry.oid in small and not entry.is_link}
        )
        return {path: self._blob(path, entry, sizes, contents) for path, entry in entries}

    def files(self) -> tuple[FileInfo, ...]:
        """List the files, sorted by path; reads trees, sizes, and blobs small enough to be LFS pointers."""
        return tuple(blob.info for blob in self._blobs.values())

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        """Return a range of a file: from the LFS store where it lies there, else from the object database."""
        blob = self._here(path)
        start, stop = checked_range(path, start, stop, blob.info.size)
        if blob.stored:
            with closing(RegularFile(blob.stored, path, blob.info.size)) as file:
                return file.read(start, stop)
        if blob.info.size <= SMALL:
            return self._content(path, blob)[start:stop]
        if stop <= START and path not in self._spools:
            return self._start(path, blob)[start:stop]
        return self._spool(path, blob).read(start, stop)

    def open_file(self, path: str) -> OpenFile:
        """Open a file for many reads: in the LFS store, else its blob, written out when it is large."""
        blob = self._here(path)
        if blob.stored:
            return RegularFile(blob.stored, path, blob.info.size)
        return ReadThrough(self, path) if blob.info.size <= SMALL else self._spool(path, blob)

    def _here(self, path: str) -> _Blob:
        blob = self._known(path)
        if blob.info.kind is FileKind.POINTER:
            raise EvidenceMissing(path, f"only its LFS pointer is here, in commit {self.commit[:12]}")
        if blob.info.kind is FileKind.SUBMODULE:
            raise EvidenceMissing(path, "is a submodule", hint="commit the files themselves in its place")
        return blob

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of the content in hex; that of the commit id for a submodule."""
        blob = self._known(path)
        if blob.pointer:
            return blob.pointer.oid
        if blob.info.kind is FileKind.SUBMODULE:
            return hashlib.sha256(blob.oid.hex().encode()).hexdigest()
        if blob.info.size <= SMALL:
            return hashlib.sha256(self._content(path, blob)).hexdigest()
        return self._spool(path, blob).sha256(blob.info.size)

    def _known(self, path: str) -> _Blob:
        blob = self._blobs.get(path)
        if blob is None:
            fault = f"there is no file {path} in commit {self.commit[:12]}"
            raise SourceError(fault, hint=f"see what is there: git ls-tree -r --name-only {self.commit[:12]}")
        return blob

    def _where(self, path: str) -> str:
        return f"{self.commit[:12]}:{printable(path)}"

    def _walk(self, root: bytes) -> Iterator[tuple[str, TreeEntry]]:
        pending = [("", root, 0)]
        # A folder may stand in a release a million times and be one object of a few bytes.
        known: dict[bytes, tuple[TreeEntry, ...]] = {}
        count = 0
        while pending:
            prefix, oid, depth = pending.pop()
            entries = known.get(oid)
            if entries is None or depth > MAX_DEPTH:
                entries = known[oid] = self._tree(oid, depth, self._where(prefix))
            count += len(entries)
            if count > MAX_ENTRIES:
                fault = f"more than {MAX_ENTRIES} files and folders"
                raise FormatError(fault, self._where(""), hint="keep what belongs to the model, and little else")
            for entry in entries:
                if entry.is_tree:
                    pending.append((f"{prefix}{entry.name}/", entry.oid, depth + 1))
                else:
                    yield prefix + entry.name, entry

    def _tree(self, oid: bytes, depth: int, where: str) -> tuple[TreeEntry, ...]:
        size = self._objects.size(oid, "tree", where)
        if depth > MAX_DEPTH or size > MAX_TREE_SIZE:
            fault = f"a folder of {size} bytes, {depth} levels deep, is more than is read"
            raise FormatError(fault, where, hint="keep what belongs to the model, and little else")
        return parse_tree(self._objects.read(oid, "tree", where), where)

    def _blob(self, path: str, entry: TreeEntry, sizes: Mapping[bytes, int], contents: Mapping[bytes, bytes]) -> _Blob:
        if entry.is_submodule:
            return _Blob(info=FileInfo(path=path, size=0, kind=FileKind.SUBMODULE), oid=entry.oid)
        where = self._where(path)
        size = sizes.get(entry.oid)
        if size is None:
            size = self._objects.size(entry.oid, "blob", where)
        digest = Digest(algorithm=Algorithm.GIT_BLOB, hex=entry.oid.hex())
        if entry.is_link:
            return _Blob(info=FileInfo(path=path, size=size, kind=FileKind.SYMLINK, digest=digest), oid=entry.oid)
        pointer = None
        if 0 < size < MAX_POINTER:
            pointer = parse_pointer(contents.get(entry.oid) or self._objects.read(entry.oid, "blob", where))
        if pointer is None:
            return _Blob(info=FileInfo(path=path, size=size, digest=digest), oid=entry.oid)
        stored = self._store.find(pointer)
        kind = FileKind.FILE if stored else FileKind.POINTER
        info = FileInfo(path=path, size=pointer.size, kind=kind, digest=pointer.digest)
        return _Blob(info=info, oid=entry.oid, pointer=pointer, stored=stored)

    def _content(self, path: str, blob: _Blob) -> bytes:
        with self._lock:
            data = self._contents.get(path)
            if data is None:
                data = self._objects.read(blob.oid, "blob", self._where(path))
                self._contents[path] = data
                while len(self._contents) > KEPT:
                    self._contents.pop(next(iter(self._contents)), None)
        return data

    def _start(self, path: str, blob: _Blob) -> bytes:
        if path not in self._starts:
            data = start_of_git(self.repository.root, START, "cat-file", operands=("blob", blob.oid.hex()))
            if len(data) != START:
                raise damaged(blob.oid.hex(), self._where(path))
            self._starts[path] = data
        return self._starts[path]

    def _spool(self, path: str, blob: _Blob) -> Spool:
        if path not in self._spools:
            self._spools[path] = Spool(self.repository.root, blob.oid.hex(), self._where(path))
        return self._spools[path]
