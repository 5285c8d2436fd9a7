"""The standard streams, also when they are closed, full, or nobody reads them any more."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


def tell(line: str) -> None:
    """Write a line to standard output about work that is done anyway: without a reader it goes on in silence.

    Raises ``OSError`` where there is no room.
    """
    try:
        _write(sys.stdout, line)
    except BrokenPipeError:
        silence(sys.stdout)


def say(line: str) -> None:
    """Write a line to standard error; whether it can be written never changes how the run ends."""
    try:
        _write(sys.stderr, line)
    except OSError:
        silence(sys.stderr)


def silence(stream: TextIO | None) -> None:
    """Send what is still buffered for a stream nowhere: flushed at exit it would fail again, with another code."""
    if stream is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _write(stream: TextIO | None, line: str) -> None:
    if stream is None:  # Python's word for a stream that was closed when the process began
        return
    encoding = stream.encoding or "utf-8"
    stream.write(f"{line}\n".encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()
