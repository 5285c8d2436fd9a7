"""Every way to the bytes of a file: small ones whole, ranges of regular ones in bounded pieces.

A file that changes while it is read is an error.

Never a memory map: mapped pages of weights count as resident memory, and a file that is cut short kills the process.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import weakref
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

PIECE = 4 << 20
AHEAD = 8 << 20

# O_NONBLOCK: opening a pipe that took the place of a file would wait for ever for its other end.
OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

_CHANGED = "the file changed while it was read: run the command again"


def checked_range(name: str, start: int, stop: int | None, size: int) -> tuple[int, int]:
    """Return ``start`` and ``stop`` (the end when ``None``) of a range inside of a file; else ``SourceError``."""
    stop = size if stop is None else stop
    if not 0 <= start <= stop <= size:
        raise SourceError(f"{name}: bytes {start} to {stop} asked for, but the file has {size}", hint=_CHANGED)
    return start, stop


def read_small(path: Path, limit: int) -> bytes | None:
    """Return a regular file of at most ``limit`` bytes whole, ``None`` when there is none.

    For files whose content somebody else may have chosen: ``SourceError`` for a link, a folder, a pipe, a device, and a
    file that is larger or cannot be read.
    """
    try:
        descriptor = os.open(path, OPEN_FILE)
    except FileNotFoundError:
        return None
    except OSError as error:
        what = "is a link, which is never followed" if error.errno == errno.ELOOP else error.strerror
        raise SourceError(f"{path}: {what}", hint="put a readable file in its place") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SourceError(f"{path}: is no regular file", hint="put a file in its place")
    with os.fdopen(descriptor, "rb") as stream:
        return _at_most(stream, path, limit)


def read_named(path: Path, limit: int) -> bytes:
    """Return a file that the user named on the command line: links are followed, and a pipe (``<(...)``) is read.

    Raises ``SourceError`` when there is none, or more than ``limit`` bytes come out of it.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}", hint="name a readable file") from error
    with stream:
        return _at_most(stream, path, limit)


def _at_most(stream: BinaryIO, path: Path, limit: int) -> bytes:
    try:
        data = stream.read(limit + 1)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}", hint="check the disk") from error
    if len(data) > limit:
        fault = f"{path}: more than the {limit} bytes that are read of such a file"
        raise SourceError(fault, hint="remove what does not belong in this file")
    return data


class RegularFile:
    """A regular file of ``size`` bytes that stays open until nobody holds this value; threads may read it side by side.

    ``name`` is what messages call it; ``folder`` is an open folder that ``path`` lies in, if one is given. Each read raises
    ``SourceError`` once the file was written to, since it was opened or since ``written``, the time in nanoseconds that
    was its last when it was listed: parts of two states are no release.
    """

    def __init__(
        self, path: Path | str, name: str, size: int, folder: int | None = None, written: int | None = None
    ) -> None:
        try:
            self.descriptor = os.open(path, OPEN_FILE, dir_fd=folder)
        except OSError as error:
            hint = "make the file readable: chmod u+r" if isinstance(error, PermissionError) else _CHANGED
            raise SourceError(f"{name}: {error.strerror}", hint=hint) from error
        self._closing = weakref.finalize(self, os.close, self.descriptor)
        self.name, self.size = name, size
        self._asked = 0
        self._asks_memory = hasattr(os, "RWF_NOWAIT")
        found = os.fstat(self.descriptor)
        self._written = found.st_mtime_ns
        if not stat.S_ISREG(found.st_mode) or found.st_size != size:
            self.close()
            raise SourceError(f"{name}: had {size} bytes when it was listed and is another file now", hint=_CHANGED)
        if written not in {None, self._written}:
            self.close()
            raise SourceError(f"{name}: was written to after it was listed", hint=_CHANGED)

    def close(self) -> None:
        """Close it at once; a second time does nothing."""
        self._closing()

    def read_into(self, start: int, view: memoryview) -> None:
        """Fill ``view`` with the bytes from ``start`` on."""
        count = self._from_memory(start, view)
        if count < len(view):
            self._read_ahead(start + len(view))
            read_into(self.descriptor, self.name, start + count, view[count:])
        self._require_unchanged()

    def read(self, start: int, stop: int) -> bytes:
        """Return bytes ``start`` to ``stop``."""
        data = read_range(self.descriptor, self.name, start, stop)
        self._require_unchanged()
        return data

    def sha256(self) -> str:
        """Return the SHA-256 of the whole file in hex."""
        digest = sha256_of(self.descriptor, self.name, self.size)
        self._require_unchanged()
        return digest

    def _require_unchanged(self) -> None:
        # After the bytes were read and not before: what came in between is among them.
        if os.fstat(self.descriptor).st_mtime_ns != self._written:
            raise SourceError(f"{self.name}: was written to while it was read", hint=_CHANGED)

    def _from_memory(self, start: int, view: memoryview) -> int:
        """Read what the system holds in memory already, and return how much that is: nothing has to be fetched ahead then."""
        if not self._asks_memory:
            return 0
        try:
            return os.preadv(self.descriptor, [view], start, os.RWF_NOWAIT)
        except BlockingIOError:
            return 0
        except OSError:
            self._asks_memory = (
                False  # a file system that cannot say; what is wrong with the file is told by reading it
            )
            return 0

    def _read_ahead(self, position: int) -> None:
        """Have the system fetch what comes next while this is being worked on."""
        if hasattr(os, "posix_fadvise") and (position + AHEAD // 2 > self._asked or position + 2 * AHEAD < self._asked):
            self._asked = position + AHEAD
            os.posix_fadvise(self.descriptor, position, AHEAD, os.POSIX_FADV_WILLNEED)


def read_into(descriptor: int, name: str, start: int, view: memoryview) -> None:
    """Fill ``view`` with the bytes from ``start`` on; ``SourceError`` when the file ends before."""
    while view:
        try:
            count = os.preadv(descriptor, [view], start)
        except OSError as error:
            raise SourceError(f"{name}: {error.strerror} at byte {start}", hint="check the disk") from error
        if not count:
            raise SourceError(f"{name}: ends at byte {start}, {len(view)} bytes too early", hint=_CHANGED)
        view = view[count:]
        start += count


def read_range(descriptor: int, name: str, start: int, stop: int) -> bytes:
    """Return bytes ``start`` to ``stop``; ``SourceError`` when the file ends before."""
    try:
        data = os.pread(descriptor, stop - start, start)
    except OSError as error:
        raise SourceError(f"{name}: {error.strerror} at byte {start}", hint="check the disk") from error
    if len(data) == stop - start:
        return data
    whole = bytearray(stop - start)
    whole[: len(data)] = data
    read_into(descriptor, name, start + len(data), memoryview(whole)[len(data) :])
    return bytes(whole)


def pieces_of(descriptor: int, name: str, size: int) -> Iterator[bytes]:
    """Read the first ``size`` bytes piece by piece."""
    for start in range(0, size, PIECE):
        yield read_range(descriptor, name, start, min(start + PIECE, size))


def sha256_of(descriptor: int, name: str, size: int) -> str:
    """Return the SHA-256 of the first ``size`` bytes in hex."""
    digest = hashlib.sha256()
    for piece in pieces_of(descriptor, name, size):
        digest.update(piece)
    return digest.hexdigest()
