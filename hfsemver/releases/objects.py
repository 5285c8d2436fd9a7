"""Objects of one repository by their id, through GitPython's object database.

GitPython is imported on first use, is told exactly which repository to read, and is used for nothing else:
no references, no configuration, no remotes, no working tree.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import clipped
from hfsemver.releases.git_command import reading_environment

if TYPE_CHECKING:
    from git import Git
    from git.db import GitCmdObjectDB

    from hfsemver.releases.repository import Repository

_HINT = (
    "fetch what is missing: git fetch --unshallow (a shallow clone), git fetch --refetch --no-filter (a partial one)"
)


@dataclass(frozen=True, eq=False)
class Objects:
    """Sizes and contents of objects. One request at a time: a lock keeps threads apart."""

    repository: Repository
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    @cached_property
    def _git(self) -> Git:
        if self.repository.object_format != "sha1":
            fault = f"{self.repository.root} names its objects by {self.repository.object_format}, which cannot be read"
            raise SourceError(fault, hint="check the revision out and name its folder: git worktree add ../release REV")
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
        return git

    @cached_property
    def _database(self) -> GitCmdObjectDB:
        from git.db import GitCmdObjectDB

        return GitCmdObjectDB(self.repository.common_dir / "objects", self._git)

    def size(self, oid: bytes, kind: str, where: str) -> int:
        """Return the size of an object of the given kind without reading it. Raises ``SourceError``."""
        try:
            with self._lock:
                info = self._database.info(oid)
        except (ValueError, OSError) as error:
            raise self._failed(oid, where, error) from error
        self._check(oid, kind, bytes(info.type).decode(), where)
        return int(info.size)

    def read(self, oid: bytes, kind: str, where: str) -> bytes:
        """Return the whole content of an object of the given kind. Raises ``SourceError``."""
        try:
            with self._lock:
                stream = self._database.stream(oid)
                size = int(stream.size)
                data = bytes(stream.read(size))
        except (ValueError, OSError) as error:
            raise self._failed(oid, where, error) from error
        if len(data) != size:
            raise self._failed(oid, where, ValueError(f"{len(data)} of its {size} bytes could be read"))
        self._check(oid, kind, bytes(stream.type).decode(), where)
        return data

    def _check(self, oid: bytes, expected: str, found: str, where: str) -> None:
        if found != expected:
            fault = f"{where}: object {oid.hex()} is a {found} where a {expected} belongs"
            raise SourceError(fault, hint="the repository is damaged: git fsck says more")

    def _failed(self, oid: bytes, where: str, error: Exception) -> SourceError:
        # After a failure the two sides of the pipe may disagree about whose turn it is.
        self._git.clear_cache()
        reason = clipped(str(error), 300)
        return SourceError(f"{where}: object {oid.hex()} cannot be read: {reason}", hint=_HINT)
