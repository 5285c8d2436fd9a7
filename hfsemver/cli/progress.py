"""One line at a terminal that says how far reading has come; it is wiped before anything else is said."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from hfsemver.reports.figures import size
from hfsemver.reports.report import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from hfsemver.core.progress import Progress

PAUSE: Final = 0.1
"""Seconds between two lines."""
_COLUMNS: Final = 80
_PROGRAMS: Final = (Format.AGENT, Format.QUIET)


class Meter:
    """Counts bytes and writes a line about them over the last one, to a terminal that is ``columns`` wide."""

    def __init__(self, stream: TextIO, columns: int = _COLUMNS, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._columns = columns
        self._clock = clock
        self._lock = threading.Lock()
        self._began: float | None = None
        self._next = 0.0
        self._expected = 0
        self._read = 0
        self._shown = 0
        self._over = False

    def expect(self, octets: int) -> None:
        """Take note of bytes to come."""
        with self._lock:
            # What was read without a word before is behind us, and shortens nothing of this.
            self._expected = max(self._expected, self._read) + octets

    def read(self, octets: int) -> None:
        """Take note of bytes that came, and say so unless that was done a moment ago."""
        with self._lock:
            now = self._clock()
            if self._began is None:
                self._began = self._next = now
            self._read += octets
            if now >= self._next and not self._over:
                self._next = now + PAUSE
                self._write(self._line(now - self._began))

    def close(self) -> None:
        """Leave the line as empty as it was; nothing is written afterwards."""
        with self._lock:
            if self._shown and not self._over:
                self._write("")
            self._over = True

    def _line(self, seconds: float) -> str:
        expected = max(self._expected, self._read)
        done, whole = size(self._read), size(expected)
        if done.split()[1:] == whole.split()[1:]:
            done = done.split()[0]
        line = f"reading weights  {done} of {whole}"
        speed = self._read / seconds if seconds else 0.0
        if speed:
            left = timedelta(seconds=round((expected - self._read) / speed))
            line += f"  {size(round(speed))}/s  {left} left"
        return line

    def _write(self, line: str) -> None:
        # Blanks instead of escapes: every terminal knows them. The last column stays free, or the line would break.
        line = line[: self._columns - 1]
        blank = " " * (self._shown - len(line))
        self._shown = max(self._shown, len(line))  # before the write, so that an interrupt in its midst is wiped too
        try:
            self._stream.write(f"\r{line}{blank}" if line else f"\r{blank}\r")
            self._stream.flush()
        except OSError:
            self._over = True  # the terminal is gone, the work goes on
        self._shown = len(line)


@contextmanager
def progress(form: Format) -> Iterator[Progress | None]:
    """Show how far reading has come for as long as the block runs, if anybody is there to see it; ``None`` otherwise."""
    if not _wanted(form):
        yield None
        return
    meter = Meter(sys.stderr, _width())
    try:
        yield meter
    finally:
        meter.close()


def _wanted(form: Format) -> bool:
    """Whether standard error is a terminal with a person before it: not in CI, not for a format that programs read.

    Nor with ``-v``, whose lines would be drawn over.
    """
    if form in _PROGRAMS or os.environ.get("CI") or os.environ.get("TERM") == "dumb":
        return False
    is_loud = logging.getLogger("hfsemver").isEnabledFor(logging.DEBUG)
    return not is_loud and sys.stderr is not None and sys.stderr.isatty()


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _COLUMNS
    except OSError:
        return _COLUMNS
