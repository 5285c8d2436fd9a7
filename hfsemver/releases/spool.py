"""Large blobs that lie in git itself, written out once so that any part of them can be read."""

from __future__ import annotations

import hashlib
import os
import tempfile
import weakref
from pathlib import Path

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import printable
from hfsemver.releases.disk import pieces_of, read_into, read_range, sha256_of
from hfsemver.releases.git_command import copy_git
from hfsemver.releases.objects import damaged


class Spool:
    """The open ``descriptor`` of a file without a name, which is gone when nobody holds this value.

    Raises ``SourceError`` when the blob is damaged, or larger than the room that is left for temporary files.
    """

    def __init__(self, repository: Path, oid: str, where: str) -> None:
        try:
            self.descriptor, path = tempfile.mkstemp(prefix="hfsemver-")
            weakref.finalize(self, os.close, self.descriptor)
            Path(path).unlink()
            copy_git(repository, self.descriptor, "cat-file", operands=("blob", oid))
        except (OSError, SourceError) as error:
            room = f"make room in {_folder()}, or name a folder with room in TMPDIR"
            raise SourceError(f"{where}: cannot be written to a temporary file: {error}", hint=room) from error
        size = os.fstat(self.descriptor).st_size
        digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        for piece in pieces_of(self.descriptor, where, size):
            digest.update(piece)
        if digest.hexdigest() != oid:
            raise damaged(oid, where)
        self._where = where

    def read_into(self, start: int, view: memoryview) -> None:
        """Fill ``view`` with the bytes from ``start`` on."""
        read_into(self.descriptor, self._where, start, view)

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from ``start`` to ``stop``; the file stays open as long as this runs, whoever else lets go of it."""
        return read_range(self.descriptor, self._where, start, stop)

    def sha256(self, size: int) -> str:
        """Return the SHA-256 of the first ``size`` bytes in hex."""
        return sha256_of(self.descriptor, self._where, size)


def _folder() -> str:
    try:
        return printable(tempfile.gettempdir())
    except OSError:
        return "/tmp"  # noqa: S108 -- the place that is meant: there is no room in it nor in any other
