"""The one boundary: whatever a command raises becomes lines on standard error and an exit code."""

from __future__ import annotations

import logging
import os
import platform
import sys
import traceback
from typing import TYPE_CHECKING, Final

import click

from hfsemver import __version__
from hfsemver.cli.exits import Exit
from hfsemver.cli.redact import redacted
from hfsemver.core.errors import ConfigError, HfSemverError, UsageError
from hfsemver.core.escape import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TRACKER: Final = "the issue tracker of hfsemver"
_LOG = logging.getLogger("hfsemver")


def guarded(command: Callable[[Sequence[str]], int], argv: Sequence[str]) -> int:
    """Run ``command`` on ``argv`` and return the exit code; nothing but ``SystemExit`` gets past."""
    try:
        return command(argv)
    except HfSemverError as error:
        _log_traceback(error)
        _say_problems(error)
        return Exit.USAGE if isinstance(error, UsageError | ConfigError) else Exit.UNREADABLE
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx is not None else "hfsemver"
        _say("Error", error.format_message())
        _say("Hint", f"{path} --help")
        return Exit.USAGE
    except click.ClickException as error:
        _say("Error", error.format_message())
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        _say("Error", "interrupted")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except MemoryError as error:
        _log_traceback(error)
        _say("Error", "out of memory while reading")
        _say("Hint", "try again with --weights header, which reads no tensor values")
        return Exit.UNREADABLE
    except Exception as error:  # noqa: BLE001 -- the boundary: a traceback is no answer, a report to paste is
        _say_bug(error, argv)
        return Exit.BUG


def _say(kind: str, text: str) -> None:
    for line in text.splitlines() or [""]:
        click.echo(f"{kind}: {printable(redacted(line, os.environ))}", err=True)
        kind = " " * len(kind)


def _say_problems(error: HfSemverError) -> None:
    problems = str(error).split("; ") if isinstance(error, ConfigError) and len(error.problems) > 1 else [str(error)]
    for problem in problems:
        _say("Error", problem)
    _say("Hint", error.hint)


def _log_traceback(error: BaseException) -> None:
    """Show where an expected error comes from, to those who asked with ``-v``."""
    for line in _traceback(error):
        _LOG.debug("%s", line)


def _traceback(error: BaseException) -> list[str]:
    text = "".join(traceback.format_exception(error))
    return [printable(redacted(line, os.environ)) for line in text.splitlines()]


def _say_bug(error: Exception, argv: Sequence[str]) -> None:
    command = " ".join(("hfsemver", *argv))
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
        click.echo(line, err=True)
