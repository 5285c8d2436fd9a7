"""Standard output when it is gone or full."""

from __future__ import annotations

import os
import sys


def silence() -> None:
    """Send what is still buffered for standard output nowhere: flushed at exit it would fail again, otherwise."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
