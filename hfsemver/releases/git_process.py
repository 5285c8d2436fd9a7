"""One run of the ``git`` program: what it is called with, how it ended, and what its complaint asks for.

Which sub-commands run is up to the two modules that call it: ``releases.git_command`` reads, ``publish.git`` changes a
repository. For both, two things of a caller's surroundings are taken away: variables that point to another repository
(git sets them for its hooks), and settings that start programs.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import clipped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# ``git rev-parse --local-env-vars``, of all versions since 2.31.
LOCAL_VARIABLES = frozenset({
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS",
    "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
})  # fmt: skip

_HARMLESS = (
    "--no-pager", "--literal-pathspecs",
    "-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never",
)  # fmt: skip

# Seconds. Reading answers from the local disk; what copies weights, waits for the network or runs hooks takes longer.
SHORT = 120.0
LONG = 24 * 3600.0

# What git 2.31 and later say in the C locale, and the system through it.
_NO_ROOM = re.compile(
    r"No space left on device|Disk quota exceeded|File too large|SIGXFSZ|Out of diskspace|write error"
    r"|[Cc]ouldn't write|[Uu]nable to write|could not write|failed to write|cannot store"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How git ended, what it wrote, and its own line about what went wrong."""

    status: int
    output: bytes
    complaint: str

    @property
    def text(self) -> str:
        """The output as text without the last line break; bytes that are no UTF-8 become surrogates."""
        return self.output.decode("utf-8", "surrogateescape").rstrip("\n")

    @property
    def is_out_of_room(self) -> bool:
        """Whether git failed because something could not be written for lack of room."""
        return self.status != 0 and _NO_ROOM.search(self.complaint) is not None

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the output; only line feeds end one, since names may hold other separators."""
        return tuple(self.text.split("\n")) if self.output else ()


def environment() -> dict[str, str]:
    """Return the variables that git runs with: those of the caller, without any that point to a repository."""
    kept = {key: value for key, value in os.environ.items() if key not in LOCAL_VARIABLES}
    return kept | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "LANGUAGE": "C"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A sub-command with its whole command line, where and under which variables it runs, and for how long at most.

    ``stdout`` is a file descriptor, or a pipe whose content becomes the output of the answer. What is ``alone`` ends together
    with every process that git has started, which else may wait for each other for ever.
    """

    directory: Path
    command: str
    argv: tuple[str, ...]
    variables: dict[str, str]
    stdout: int = subprocess.PIPE
    timeout: float = SHORT
    alone: bool = False


def command_line(
    command: str,
    allowed: frozenset[str],
    options: Sequence[str],
    operands: Sequence[str],
    *,
    settings: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the arguments that run one of the ``allowed`` sub-commands; ``ValueError`` for any other.

    ``options`` are the caller's own words; everything that came from outside belongs in ``operands``, which git cannot
    take for options. ``settings`` are options of git itself.
    """
    require_allowed(command, allowed)
    if any("\0" in operand for operand in operands):
        raise failure(command, "an argument holds a NUL character")
    rest = ("--end-of-options", *operands) if operands else ()
    return ("git", *settings, *_HARMLESS, command, *options, *rest)


def require_allowed(command: str, allowed: frozenset[str]) -> None:
    """Raise ``ValueError`` for a sub-command that the caller does not run: a fault of our code, not of the input."""
    if command not in allowed:
        message = f"git {command} is not among the sub-commands that may be run here"
        raise ValueError(message)


def answer_to(call: Call, stdin: bytes = b"") -> Answer:
    """Run git to its end and return its answer whatever its status.

    Raises ``SourceError`` when git cannot be run or does not end.
    """
    with started(call) as process:
        try:
            output, errors = process.communicate(stdin, call.timeout)
        except subprocess.TimeoutExpired as error:
            _end(process, call)
            raise failure(call.command, f"no answer within {call.timeout:.0f} seconds") from error
        except BaseException:
            _end(process, call)
            raise
    status = process.returncode
    complaint = _complaint(errors, f"ended by {_name_of(-status)}" if status < 0 else "no reason given")
    return Answer(status=status, output=output or b"", complaint=complaint)


def _end(process: subprocess.Popen[bytes], call: Call) -> None:
    if call.alone and process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def started(call: Call) -> subprocess.Popen[bytes]:
    """Start git and return while it runs. Raises ``SourceError`` when it cannot be started."""
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(
            call.argv,
            cwd=call.directory,
            env=call.variables,
            stdin=pipe,
            stdout=call.stdout,
            stderr=pipe,
            start_new_session=call.alone,
        )
    except OSError as error:
        if not call.directory.is_dir():
            fault = f"there is no folder {call.directory}"
            raise SourceError(fault, hint="name a folder that exists") from error
        fault = f"the program git could not be started: {error.strerror}"
        raise SourceError(fault, hint="install git 2.31 or newer and put it on the PATH") from error


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _complaint(errors: bytes, silent: str) -> str:
    lines = [line.strip() for line in errors.decode("utf-8", "replace").splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal: ", "error: "))]
    return clipped((told or lines or [silent])[0], 400)


def insist(command: str, answer: Answer) -> Answer:
    """Return the answer of a command that succeeded; ``SourceError`` with git's own line for one that failed."""
    if answer.status:
        raise failure(command, answer.complaint)
    return answer


# By what git 2.31 and later say in the C locale; the first that fits.
_HINTS = (
    (
        re.compile(r"empty ident name|tell me who you are|auto-detect email|no email was given|user\.useConfigOnly"),
        "say who you are: git config user.name '...' && git config user.email '...'",
    ),
    (re.compile(r"\btag .* already exists"), "choose another name; what there is: git tag --list"),
    (
        re.compile(r"^no answer within"),
        "try again; if it stays like that, look what the machine or its disk is busy with",
    ),
    (re.compile(r"\.lock.*File exists"), "wait until the other git is done; when there is none, remove that file"),
    (re.compile(r"gpg failed|failed to sign"), "mend the signing key, or do without: git config commit.gpgSign false"),
)
_SOUND = "run `git fsck` here to see whether the repository is sound"


def failure(command: str, complaint: str) -> SourceError:
    """Return the error for what git complained about, with what to do about it."""
    hint = next((hint for pattern, hint in _HINTS if pattern.search(complaint)), _SOUND)
    return SourceError(f"git {command}: {complaint}", hint=hint)
