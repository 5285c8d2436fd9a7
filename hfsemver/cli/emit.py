"""Data on standard output or whole into a file; never half of it."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Final

from hfsemver.cli.paint import painted, wants_colour
from hfsemver.cli.streams import silence
from hfsemver.core.errors import SourceError, UsageError
from hfsemver.publish.files import write_whole
from hfsemver.reports.report import Format

_WRITABLE: Final = "name a file in a folder that exists and may be written, after --output"
_ELSEWHERE: Final = "make room, or write to another place with --output"
_BAD_NAMES: Final = frozenset({
    errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.ELOOP,
})  # fmt: skip


def emit(text: str, form: Format, output: str | None) -> None:
    """Write a finished text to ``output``, or to standard output when there is none.

    A reader who closes the pipe early changes nothing. Raises ``UsageError`` for a place where no file can be, and
    ``SourceError`` for any other failure to write.
    """
    if output is not None and output != "-":
        if not output or output.endswith("/"):
            raise UsageError(f"--output {output!r} names no file", hint=_WRITABLE)
        _write(Path(output), text)
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


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> UsageError | SourceError:
    problem = f"{path}: cannot be written: {error.strerror}"
    if error.errno in _BAD_NAMES:
        return UsageError(problem, hint=_WRITABLE)
    return SourceError(problem, hint=_ELSEWHERE)
