"""The exit codes, published and reserved: a script may rely on each of them."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfsemver.core.report import Report


class Exit(IntEnum):
    """What the exit code of every command means."""

    OK = 0
    """The version is large enough, or the command did what was asked."""
    TOO_SMALL = 1
    """The version is not large enough, or something stands against the release that no version excuses."""
    USAGE = 2
    """The command line or the policy file is wrong."""
    UNREADABLE = 3
    """Evidence could not be read, so nothing was judged."""
    SKIPPED = 4
    """Nothing stands against the release, but under ``--strict`` a rule could not be evaluated."""
    BUG = 70
    """A fault of hfsemver; standard error holds a report to paste."""
    INTERRUPTED = 130
    """Stopped with Ctrl-C."""


def exit_of(report: Report) -> Exit:
    """Return the exit code of a verdict."""
    return Exit.OK if report.verdict.ok else Exit.TOO_SMALL


def strict_exit_of(report: Report) -> Exit:
    """Return the exit code of a verdict that counts as reached only when every rule was evaluated."""
    code = exit_of(report)
    return Exit.SKIPPED if code is Exit.OK and report.skips else code
