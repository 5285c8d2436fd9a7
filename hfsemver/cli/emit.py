"""Data on standard output or whole into a file; never half of it."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import Final

from hfsemver.cli.paint import painted, wants_colour
from hfsemver.cli.streams import silence
from hfsemver.core.errors import SourceError, UsageError
from hfsemver.reports.report import Format

_WRITABLE: Final = "name a file in a folder that exists and may be written, after --output"
_ELSEWHERE: Final = "make room, or write to another place with --output"
_BAD_NAMES: Final = frozenset({
    errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.ELOOP,
})  # fmt: skip
_STREAMS: Final = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")
"""Names of what is open already: even where a file is behind them, nothing is put in its place."""


def emit(text: str, form: Format, output: str | None) -> None:
    """Write a finished text to ``output``, or to standard output when there is none.

    A reader who closes the pipe early changes nothing; any other failure to write raises ``HfSemverError``.
    """
    if output is not None and output != "-":
        if not output or output.endswith("/"):
            raise UsageError(f"--output {output!r} names no file", hint=_WRITABLE)
        write_whole(Path(output), text)
        return
    if sys.stdout is None:
        raise SourceError("standard output is closed", hint="open it, or write to a file with --output")
    shown = painted(text) if form is Format.HUMAN and wants_colour() else text
    data = shown.encode(sys.stdout.encoding or "utf-8", "backslashreplace")
    try:
        sys.stdout.flush()
        # Bytes, so that no platform turns a line break into two characters and every run gives the same output.
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        problem = f"standard output: {error.strerror}"
        raise SourceError(problem, hint=_ELSEWHERE) from error


def write_whole(path: Path, text: str) -> None:
    """Write a file by renaming a finished one over it: readers see the old text or the new one, never a part.

    A link stays, and the file that it leads to is written. A device, a pipe or a stream is written to as it is, since
    nothing may be put in its place. Raises ``UsageError`` for a place where no file can be, else ``SourceError``.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        # Not strict, so that a link may lead to a file that is yet to be made.
        target = Path(os.path.realpath(path))
        mode = _mode(target)
        if str(path).startswith(_STREAMS) or not stat.S_ISREG(mode):
            _append(path, data)
        else:
            _replace(target, data, stat.S_IMODE(mode))
    except OSError as error:
        raise _unwritable(path, error) from error


def _append(path: Path, data: bytes) -> None:
    try:
        with path.open("ab") as stream:
            stream.write(data)
    except BrokenPipeError:
        pass  # whoever read it has seen enough


def _replace(target: Path, data: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:50]}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """Return kind and mode of the file that is replaced, else those that the umask gives a new one."""
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return stat.S_IFREG | 0o666 & ~mask


def _unwritable(path: Path, error: OSError) -> UsageError | SourceError:
    problem = f"{path}: cannot be written: {error.strerror}"
    if error.errno in _BAD_NAMES:
        return UsageError(problem, hint=_WRITABLE)
    return SourceError(problem, hint=_ELSEWHERE)
