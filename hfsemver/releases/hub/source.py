"""A release on a Hub: files are listed with their digests, and read by range where somebody asks for bytes."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from hfsemver.core.digest import Algorithm
from hfsemver.core.errors import SourceError
from hfsemver.core.escape import printable
from hfsemver.core.location import unsharded
from hfsemver.releases.disk import checked_range
from hfsemver.releases.hub.listing import list_files
from hfsemver.releases.source import FileInfo, ReadThrough

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.hub.wire import Wire
    from hfsemver.releases.source import OpenFile

START: Final = 128 << 10
"""Bytes at the front of a large file that come in one piece: the header of most shards lies in them."""
SMALL: Final = 4 << 20
"""A file of at most so many bytes comes whole, and is held against its digest."""
AT_ONCE: Final = 16
"""Shards whose headers are fetched side by side: each costs two round trips and few bytes."""
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
    _starts: dict[str, Future[bytes]] = field(default_factory=dict, init=False, repr=False)
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
        if stop <= START:
            return self._start(info)[start:stop]
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
            data = self._contents.get(info.path)
        if data is None:
            data = self._whole(info)
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
        with self._lock:
            if info.path not in self._starts:
                name = unsharded(info.path)
                shards = [one for one in self._infos.values() if one.size > SMALL and unsharded(one.path) == name]
                self._starts.update({shard.path: Future() for shard in shards})
                waiting = deque(shards)
                for _ in range(min(AT_ONCE, len(shards))):
                    # Daemons, unlike the threads of a pool: who interrupts the command does not wait for the Hub.
                    threading.Thread(target=self._fetch_starts, args=(waiting,), daemon=True).start()
            found = self._starts[info.path]
        return found.result()

    def _fetch_starts(self, waiting: deque[FileInfo]) -> None:
        while waiting:
            try:
                shard = waiting.popleft()
            except IndexError:
                return
            try:
                self._starts[shard.path].set_result(self._fetch(shard, 0, START))
            except BaseException as error:  # noqa: BLE001 -- told to whoever waits for it, as a pool does
                self._starts[shard.path].set_exception(error)

    def _fetch(self, info: FileInfo, start: int, stop: int) -> bytes:
        path = f"{self.folder}/{info.path}" if self.folder else info.path
        url = f"{self.wire.endpoint}/{self.repo_id}/resolve/{self.commit}/{quote(path)}"
        return self.wire.read(url, start, stop, info.size, None if info.digest is None else info.digest.hex)


def _is_what_was_listed(data: bytes, info: FileInfo) -> bool:
    if info.digest is None:
        return True
    if info.digest.algorithm is Algorithm.SHA256:
        return hashlib.sha256(data).hexdigest() == info.digest.hex
    # What git calls a blob: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects.
    blob = b"blob %d\0" % len(data)
    return hashlib.sha1(blob + data, usedforsecurity=False).hexdigest() == info.digest.hex
