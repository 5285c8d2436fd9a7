"""The one boundary: whatever a command raises becomes lines on standard error and an exit code."""

from __future__ import annotations

import errno
import logging
import os
import platform
import shlex
import sys
import traceback
from typing import TYPE_CHECKING, Final

import click

from hfsemver.cli.exits import Exit
from hfsemver.cli.redact import redacted
from hfsemver.cli.streams import say, silence
from hfsemver.core.about import __version__
from hfsemver.core.errors import ConfigError, HfSemverError, UsageError
from hfsemver.core.escape import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TRACKER: Final = "the issue tracker of hfsemver"
_NOT_WRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
_LOG = logging.getLogger("hfsemver")


def guarded(command: Callable[[Sequence[str]], int], argv: Sequence[str]) -> int:
    """Run ``command`` on ``argv`` and return the exit code; nothing but ``SystemExit`` gets past."""
    try:
        return command(argv)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 -- the boundary: everything ends as lines and a code
        return _ended(error, argv)


def _ended(error: BaseException, argv: Sequence[str]) -> Exit:
    """Say what an error means to the person who typed the command, and return the exit code for it."""
    match error:
        case HfSemverError():
            _log_traceback(error)
            _say_problems(error)
            code = Exit.USAGE if isinstance(error, UsageError | ConfigError) else Exit.UNREADABLE
        case click.UsageError():
            _say_usage(error)
            code = Exit.USAGE
        case click.Abort(__cause__=EOFError() as ended):
            # Raised by click for whatever ends early, also for a file that one of our libraries reads; a prompt has no cause.
            _say_bug(ended, argv)
            code = Exit.BUG
        case click.Abort() | KeyboardInterrupt():
            _say("Error", "interrupted")
            code = Exit.INTERRUPTED
        case BrokenPipeError():
            silence(sys.stdout)  # whoever read the output has seen enough
            code = Exit.OK
        case OSError() if error.errno in _NOT_WRITTEN:
            silence(sys.stdout)
            _say("Error", f"the output could not be written: {error.strerror}")
            _say("Hint", "make room, or write to another place with --output")
            code = Exit.UNREADABLE
        case MemoryError():
            _log_traceback(error)
            _say("Error", "out of memory while reading")
            _say("Hint", "try again with --weights header, which reads no tensor values")
            code = Exit.UNREADABLE
        case _:
            _say_bug(error, argv)
            code = Exit.BUG
    return code


def _say(kind: str, text: str) -> None:
    for line in text.splitlines() or [""]:
        say(f"{kind}: {printable(redacted(line, os.environ))}")
        kind = " " * len(kind)


def _say_usage(error: click.UsageError) -> None:
    message = error.format_message()
    if error.ctx is not None and message == error.ctx.get_help():  # a bare name of a group, met with its help
        say(message)
        return
    _say("Error", " ".join(line.strip() for line in message.splitlines()))
    _say("Hint", f"{error.ctx.command_path if error.ctx is not None else 'hfsemver'} --help")


def _say_problems(error: HfSemverError) -> None:
    problems = (
        [f"{error.where}: {one}" for one in error.problems] if isinstance(error, ConfigError) else [error.problem]
    )
    for problem in problems:
        _say("Error", printable(problem))  # a line break in the name of a file starts no line of ours
    _say("Hint", error.hint)


def _log_traceback(error: BaseException) -> None:
    """Show where an expected error comes from, to those who asked with ``-v``."""
    for line in _traceback(error):
        _LOG.debug("%s", line)


def _traceback(error: BaseException) -> list[str]:
    text = "".join(traceback.format_exception(error))
    return [printable(redacted(line, os.environ)) for line in text.splitlines()]


def _say_bug(error: BaseException, argv: Sequence[str]) -> None:
    command = shlex.join(("hfsemver", *argv))
    lines = (
        "Error: this is a fault of hfsemver and not of your release; nothing was judged.",
        f"Hint: send the lines between the rules to {TRACKER}.",
        "-" * 72,
        f"hfsemver {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"command: {printable(redacted(command, os.environ))}",
        *_traceback(error),
        "-" * 72,
    )
    for line in lines:
        say(line)
