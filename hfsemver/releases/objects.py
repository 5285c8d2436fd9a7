"""Objects of one repository by their id, through GitPython's object database.

GitPython is imported on first use, is told exactly which repository to read, and is used for nothing else:
no references, no configuration, no remotes, no working tree.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import clipped
from hfsemver.releases.git_command import ask_git, read_git, reading_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from git import Git
    from git.db import GitCmdObjectDB
    from gitdb.base import OStream  # type: ignore[import-untyped]  # gitdb ships no types

    from hfsemver.releases.repository import Repository

_HINT = (
    "fetch what is missing: git fetch --unshallow (a shallow clone), git fetch --refetch --no-filter (a partial one)"
)


# Seconds without an answer after which another process is asked.
STALLED = 0.5

# Objects in one answer of ``contents``.
BATCH = 4096

_FIELDS = 3

Answered = TypeVar("Answered")


@dataclass(frozen=True, eq=False)
class Objects:
    """Sizes and contents of objects. One request at a time: a lock keeps threads apart."""

    repository: Repository
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    @cached_property
    def _git(self) -> Git:
        if self.repository.object_format != "sha1":
            named = f"{self.repository.root} names its objects by {self.repository.object_format}"
            hint = "compare folders instead: git worktree add ../baseline v1.0.0 && hfsemver check . --baseline ../baseline"
            raise SourceError(f"{named}, and only repositories that name them by sha1 can be read", hint=hint)
        from git import Git  # Importing GitPython takes 0.1 s.

        git = Git(self.repository.root)
        git.update_environment(
            **reading_environment(),
            GIT_DIR=str(self.repository.git_dir),
            GIT_COMMON_DIR=str(self.repository.common_dir),
            GIT_OBJECT_DIRECTORY=str(self.repository.common_dir / "objects"),
            GIT_ALTERNATE_OBJECT_DIRECTORIES="",
            GIT_CONFIG_PARAMETERS="",
            GIT_CONFIG_COUNT="0",
        )
        # Not left to the garbage collector, which may take the processes before those that know how to end them.
        weakref.finalize(self, git.clear_cache)
        return git

    @cached_property
    def _database(self) -> GitCmdObjectDB:
        from git.db import GitCmdObjectDB

        return GitCmdObjectDB(self.repository.common_dir / "objects", self._git)

    def size(self, oid: bytes, kind: str, where: str) -> int:
        """Return the size of an object of the given kind without reading it. Raises ``SourceError``."""
        with self._lock:
            info = self._insist(self._database.info, oid, where)
        self._check_kind(oid, kind, bytes(info.type).decode(), where)
        return int(info.size)

    def read(self, oid: bytes, kind: str, where: str) -> bytes:
        """Return the whole content of an object of the given kind, which has to have the id that it was asked for by.

        Raises ``SourceError``. Only for objects that fit into memory: ask for the size first.
        """
        with self._lock:
            data = self._drained(self._insist(self._database.stream, oid, where), oid, kind, where)
        if not _is_named(oid, kind, data):
            # Slow, or damaged: a process of its own ends by itself and so has the last word.
            data = read_git(self.repository.root, "cat-file", operands=(kind, oid.hex())).output
        if not _is_named(oid, kind, data):
            raise damaged(oid.hex(), where)
        return data

    def sizes(self, oids: Iterable[bytes]) -> dict[bytes, int]:
        """Return the sizes of many blobs at once; those that cannot be read are left out."""
        asked = b"".join(b"%s\n" % oid.hex().encode() for oid in oids)
        answer = ask_git(self.repository.root, "cat-file", "--batch-check", stdin=asked)
        fields = (line.split(" ") for line in answer.lines)
        return {bytes.fromhex(line[0]): int(line[2]) for line in fields if len(line) == _FIELDS and line[1] == "blob"}

    def contents(self, oids: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the contents of many small blobs at once; those that cannot be read are left out."""
        found: dict[bytes, bytes] = {}
        pending = list(oids)
        while pending:
            asked = b"".join(b"%s\n" % oid.hex().encode() for oid in pending[:BATCH])
            found |= _unpacked(ask_git(self.repository.root, "cat-file", "--batch", stdin=asked).output)
            del pending[:BATCH]
        return found

    def _insist(self, ask: Callable[[bytes], Answered], oid: bytes, where: str) -> Answered:
        """Ask for an object; once more with a new process, should the one that is open have died."""
        try:
            return ask(oid)
        except (ValueError, OSError):
            self._git.clear_cache()
        try:
            return ask(oid)
        except (ValueError, OSError) as error:
            self._git.clear_cache()
            fault = f"{where}: object {oid.hex()} cannot be read: {clipped(str(error), 300)}"
            raise SourceError(fault, hint=_HINT) from error

    def _drained(self, stream: OStream, oid: bytes, kind: str, where: str) -> bytes:
        """Read what a stream promises. Git writes less of a damaged object, and would let us wait for ever."""
        found = bytes(stream.type).decode()
        watchdog = threading.Timer(STALLED, self._stop)
        watchdog.start()
        try:
            data = bytes(stream.read(stream.size))
            # Reads on to the end by itself when it goes, so it must go while the pipe is open.
            del stream
        finally:
            watchdog.cancel()
        self._check_kind(oid, kind, found, where)
        return data

    def _stop(self) -> None:
        process = self._git.cat_file_all
        if process is not None:
            process.proc.kill()

    def _check_kind(self, oid: bytes, expected: str, found: str, where: str) -> None:
        if found != expected:
            fault = f"{where}: object {oid.hex()} is a {found} where a {expected} belongs"
            raise SourceError(fault, hint="the repository is damaged: git fsck says more")


def _is_named(oid: bytes, kind: str, data: bytes) -> bool:
    return hashlib.sha1(b"%s %d\0%s" % (kind.encode(), len(data), data), usedforsecurity=False).digest() == oid


def _unpacked(output: bytes) -> dict[bytes, bytes]:
    """Take the answers of ``git cat-file --batch`` apart, up to the first that is not what it should be."""
    found: dict[bytes, bytes] = {}
    position = 0
    while (end := output.find(b"\n", position)) >= 0:
        fields = output[position:end].split(b" ")
        start = position = end + 1
        if len(fields) != _FIELDS:
            continue
        oid, kind = bytes.fromhex(fields[0].decode()), fields[1].decode()
        position = start + int(fields[2]) + 1
        data = output[start : position - 1]
        if not _is_named(oid, kind, data):
            break
        found[oid] = data
    return found


def damaged(oid: str, where: str) -> SourceError:
    """Return the error for an object whose content is not what its id promises."""
    return SourceError(
        f"{where}: object {oid} is damaged", hint="fetch it again from a sound clone: git fsck says more"
    )
