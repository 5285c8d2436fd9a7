"""Data on standard output or whole into a file; never half of it."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from hfsemver.cli.paint import painted, wants_colour
from hfsemver.cli.streams import silence
from hfsemver.core.errors import SourceError, UsageError
from hfsemver.reports.report import Format


def emit(text: str, form: Format, output: str | None) -> None:
    """Write a finished text to ``output``, or to standard output when there is none.

    A reader who closes the pipe early changes nothing; any other failure to write raises ``HfSemverError``.
    """
    if output is not None and output != "-":
        write_whole(Path(output), text)
        return
    shown = painted(text) if form is Format.HUMAN and wants_colour() else text
    data = shown.encode(sys.stdout.encoding or "utf-8", "backslashreplace")
    try:
        sys.stdout.flush()
        # Bytes, so that no platform turns a line break into two characters and every run gives the same output.
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence()
    except OSError as error:
        silence()
        problem = f"standard output: {error.strerror}"
        raise SourceError(problem, hint="make room, or write to another place with --output") from error


def write_whole(path: Path, text: str) -> None:
    """Write a file by renaming a finished one over it: readers see the old text or the new one, never a part.

    A device or a pipe is written to as it is, since nothing may be put in its place.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
        return
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8", "backslashreplace"))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(_mode(path))
        temporary.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _mode(path: Path) -> int:
    """Return the mode of the file that is replaced, else what the umask gives a new one."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _unwritable(path: Path, error: OSError) -> UsageError | SourceError:
    problem = f"{path}: cannot be written: {error.strerror}"
    if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError | PermissionError):
        return UsageError(problem, hint="name a file in a folder that exists and may be written, after --output")
    return SourceError(problem, hint="make room, or write to another place with --output")
