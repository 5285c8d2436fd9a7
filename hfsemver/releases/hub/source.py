"""A release on a Hub: files are listed with their digests, and read by range where somebody asks for bytes."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from hfsemver.core.digest import Algorithm
from hfsemver.core.errors import SourceError
from hfsemver.core.escape import printable
from hfsemver.core.location import unsharded
from hfsemver.releases.disk import checked_range
from hfsemver.releases.formats.safetensors import FIRST_READ, header_end
from hfsemver.releases.hub.ahead import Ahead
from hfsemver.releases.hub.links import AT_MOST, find_links
from hfsemver.releases.hub.listing import list_files
from hfsemver.releases.hub.parts import Address, read_part
from hfsemver.releases.hub.wire import HubRefusal
from hfsemver.releases.source import FileInfo, ReadThrough

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from concurrent.futures import Future

    from hfsemver.releases.hub.wire import Wire
    from hfsemver.releases.source import OpenFile

START: Final = FIRST_READ
"""Bytes at the front of a large file that come in one piece."""
LONGEST_START: Final = 1 << 20
"""A header that ends within so many bytes comes whole with the front."""
SMALL: Final = 4 << 20
"""A file of at most so many bytes comes whole, and is held against its digest."""
KEPT: Final = 64
_AGAIN: Final = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class HubSource:
    """The files of the model ``repo_id`` at ``commit``, a full id, or of its folder ``folder`` with paths relative to it.

    A file that comes whole is held against the digest that the listing gives; of a part the size, and the name of the
    content that the Hub sends along, are what can be compared.
    """

    wire: Wire
    repo_id: str
    commit: str
    folder: str = ""
    _contents: dict[str, bytes] = field(default_factory=dict, init=False, repr=False)
    _coming: dict[str, Future[bytes]] = field(default_factory=dict, init=False, repr=False)
    _starts: dict[str, Future[bytes]] = field(default_factory=dict, init=False, repr=False)
    _links: dict[str, Future[Mapping[str, Address]]] = field(default_factory=dict, init=False, repr=False)
    _ahead: Ahead = field(default_factory=Ahead, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    @cached_property
    def _infos(self) -> Mapping[str, FileInfo]:
        above = f"{self.folder}/" if self.folder else ""
        return {
            info.path.removeprefix(above): replace(info, path=info.path.removeprefix(above))
            for info in list_files(self.wire, self.repo_id, self.commit)
            if info.path.startswith(above)
        }

    def files(self) -> tuple[FileInfo, ...]:
        """List the files, sorted by path; reads no content."""
        return tuple(self._infos.values())

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        """Return a range of a file. Raises ``SourceError`` where the Hub does not give it, or gives another file."""
        info = self._known(path)
        start, stop = checked_range(path, start, stop, info.size)
        if info.size <= SMALL:
            return self._content(info)[start:stop]
        if stop <= START or (stop <= LONGEST_START and path in self._starts):
            front = self._start(info)
            if stop <= len(front):
                return front[start:stop]
        return self._fetch(info, start, stop)

    def open_file(self, path: str) -> OpenFile:
        """Open a file for many reads, each of them a request of its own where the file is large."""
        self._known(path)
        return ReadThrough(self, path)

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of the content in hex: as the listing gives it, else by reading the file."""
        info = self._known(path)
        if info.digest is not None and info.digest.algorithm is Algorithm.SHA256:
            return info.digest.hex
        return hashlib.sha256(self.read(path)).hexdigest()

    def _known(self, path: str) -> FileInfo:
        info = self._infos.get(path)
        if info is None:
            fault = f"there is no file {printable(path)} in {self.repo_id}@{self.commit[:12]}"
            raise SourceError(fault, hint=f"see what is there: hf models ls {self.repo_id}")
        return info

    def _content(self, info: FileInfo) -> bytes:
        with self._lock:
            data, coming = self._contents.get(info.path), self._coming.pop(info.path, None)
        if data is None:
            data = self._whole(info) if coming is None else coming.result()
            with self._lock:
                self._contents[info.path] = data
                while len(self._contents) > KEPT:
                    self._contents.pop(next(iter(self._contents)))
        return data

    def _whole(self, info: FileInfo) -> bytes:
        for _ in range(_AGAIN):
            data = self._fetch(info, 0, info.size)
            if _is_what_was_listed(data, info):
                return data
        fault = f"{printable(info.path)} of {self.repo_id}@{self.commit[:12]} arrived with another content than it was listed with"
        raise SourceError(fault, hint="run the command again; if it stays, a proxy or the store alters files")

    def _start(self, info: FileInfo) -> bytes:
        """Return the front of a large file; those of the other shards of its set are on their way then."""
        if info.path not in self._starts:
            name = unsharded(info.path)
            self.expect(one.path for one in self._infos.values() if one.size > SMALL and unsharded(one.path) == name)
        return self._starts[info.path].result()

    def expect(self, paths: Iterable[str]) -> None:
        """Let files come side by side that somebody is about to read: small ones whole, of large ones the front."""
        with self._lock:
            expected = [self._known(path) for path in paths]
            small = [one for one in expected if one.size <= SMALL and not {one.path} & {*self._coming, *self._contents}]
            large = [one for one in expected if one.size > SMALL and one.path not in self._starts]
            stored = [one for one in large if _is_stored_apart(one)] if len(large) > 1 else []
            for first in range(0, len(stored), AT_MOST):
                some = stored[first : first + AT_MOST]
                links = self._ahead.fetch(partial(find_links, self.wire, self.repo_id, some))
                self._links.update({one.path: links for one in some})
            self._coming.update({one.path: self._ahead.fetch(partial(self._whole, one)) for one in small})
            self._starts.update({one.path: self._ahead.fetch(partial(self._front, one)) for one in large})

    def _front(self, info: FileInfo) -> bytes:
        front = self._fetch(info, 0, START)
        end = header_end(front) if info.path.endswith(".safetensors") else 0
        return front + self._fetch(info, START, end) if START < end <= min(info.size, LONGEST_START) else front

    def _fetch(self, info: FileInfo, start: int, stop: int) -> bytes:
        links = self._links.get(info.path)
        link = None if links is None or info.digest is None else links.result().get(info.digest.hex)
        if link is not None:
            try:
                return read_part(self.wire, link, start, stop)
            except HubRefusal:
                # Such an address holds for an hour or so; the Hub itself knows the one of now, or why there is none.
                self._links.pop(info.path, None)
        path = f"{self.folder}/{info.path}" if self.folder else info.path
        url = f"{self.wire.endpoint}/{self.repo_id}/resolve/{self.commit}/{quote(path)}"
        etag = None if info.digest is None else info.digest.hex
        return read_part(self.wire, Address(url=url, size=info.size, etag=etag), start, stop)


def _is_stored_apart(info: FileInfo) -> bool:
    return info.digest is not None and info.digest.algorithm is Algorithm.SHA256


def _is_what_was_listed(data: bytes, info: FileInfo) -> bool:
    if info.digest is None:
        return True
    if info.digest.algorithm is Algorithm.SHA256:
        return hashlib.sha256(data).hexdigest() == info.digest.hex
    # What git calls a blob: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects.
    blob = b"blob %d\0" % len(data)
    return hashlib.sha1(blob + data, usedforsecurity=False).hexdigest() == info.digest.hex
