"""How fast the machine is at this moment, so that a bound in seconds means the same amount of work on every one."""

from __future__ import annotations

import time
from typing import Final

_STEPS: Final = 300_000
_USUAL: Final = 0.02
"""Seconds of processor time for so many steps on the machines on which the bounds were set."""


def pace() -> float:
    """Return how many times slower this machine is than those, never less than 1: a faster one earns no stricter bound.

    The same loop is timed at each call, for what else runs on a machine slows it down too; the quickest of three counts.
    """
    return max(1.0, min(_timed() for _ in range(3)) / _USUAL)


def _timed() -> float:
    start, total = time.process_time(), 0
    for number in range(_STEPS):
        total += number * number
    return time.process_time() - start
