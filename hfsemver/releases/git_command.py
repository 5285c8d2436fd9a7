"""The one way to the ``git`` program: fixed sub-commands, no options from outside, no repository but the one named.

Three things of a caller's surroundings could change what git answers, and are taken away: variables that point to
another repository (git sets them for its hooks), replacement objects, and settings that start programs.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, replace
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

READING = frozenset({
    "cat-file", "config", "diff-tree", "for-each-ref", "ls-files", "ls-tree", "merge-base", "rev-list", "rev-parse",
    "symbolic-ref", "version",
})  # fmt: skip
WRITING = frozenset({"add", "commit", "config", "init", "lfs", "push", "tag", "update-ref"})

_HARMLESS = (
    "--no-pager", "--literal-pathspecs",
    "-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never",
)  # fmt: skip
_READ_ONLY = ("--no-replace-objects", "--no-optional-locks", "-c", "core.hooksPath=/dev/null")

# Seconds. Reading answers from the local disk; a push waits for the network and for hooks that read weights.
READ_TIMEOUT = 120.0
WRITE_TIMEOUT = 24 * 3600.0


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
    def lines(self) -> tuple[str, ...]:
        """The lines of the output; only line feeds end one, since names may hold other separators."""
        return tuple(self.text.split("\n")) if self.output else ()


def environment() -> dict[str, str]:
    """Return the variables that git runs with: those of the caller, without any that point to a repository."""
    kept = {key: value for key, value in os.environ.items() if key not in LOCAL_VARIABLES}
    return kept | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "LANGUAGE": "C"}


def reading_environment() -> dict[str, str]:
    """Return ``environment()`` for commands that only read: nothing is locked, replaced or fetched on the way."""
    # Without the last two a partial clone would go to its remote for a missing object, behind the caller's back.
    fixed = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
    return environment() | fixed | {"GIT_ALLOW_PROTOCOL": "none"}


def ask_git(directory: Path, command: str, *options: str, operands: Sequence[str] = (), stdin: bytes = b"") -> Answer:
    """Run a command that only reads, in ``directory``, and return its answer whatever its status.

    ``options`` are the caller's own words; everything that came from outside belongs in ``operands``,
    which git cannot take for options. Raises ``SourceError`` when git cannot be run or does not end.
    """
    return _finish(_reading(directory, command, options, operands), stdin)


def read_git(directory: Path, command: str, *options: str, operands: Sequence[str] = (), stdin: bytes = b"") -> Answer:
    """Run a command that only reads and return its answer; ``SourceError`` with git's own line when it fails."""
    return _insist(command, ask_git(directory, command, *options, operands=operands, stdin=stdin))


def copy_git(directory: Path, target: int, command: str, *options: str, operands: Sequence[str] = ()) -> None:
    """Run a command that only reads and let it write its output into the file descriptor ``target``."""
    call = _reading(directory, command, options, operands)
    _insist(command, _finish(replace(call, stdout=target, timeout=WRITE_TIMEOUT)))


def start_of_git(directory: Path, limit: int, command: str, *options: str, operands: Sequence[str] = ()) -> bytes:
    """Return the first ``limit`` bytes that a reading command writes, and stop it there; fewer if it wrote no more."""
    with _started(_reading(directory, command, options, operands)) as process:
        data = b"" if process.stdout is None else process.stdout.read(limit)
        process.kill()
    return data


def write_git(directory: Path, command: str, *options: str, operands: Sequence[str] = (), stdin: bytes = b"") -> Answer:
    """Run a command that changes a repository, with the user's hooks and settings; ``SourceError`` when it fails."""
    argv = _argv(command, WRITING, options, operands)
    call = _Call(directory=directory, command=command, argv=argv, variables=environment(), timeout=WRITE_TIMEOUT)
    return _insist(command, _finish(call, stdin))


def hand_on_to_git(directory: Path, command: str, *arguments: str, stdin: bytes) -> int:
    """Run a command in the caller's place: its terminal, its variables, its arguments; return the exit status.

    For a hook that passes on what it was given. Nothing is cleaned, because the command answers to the git that
    called the hook, and its progress is meant for the person who typed ``git push``.
    """
    _allow(command, frozenset({"lfs"}))
    argv = ["git", command, *arguments]
    try:
        return subprocess.run(argv, cwd=directory, input=stdin, check=False).returncode
    except OSError as error:
        raise _failed(command, str(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    directory: Path
    command: str
    argv: tuple[str, ...]
    variables: dict[str, str]
    stdout: int = subprocess.PIPE
    timeout: float = READ_TIMEOUT


def _reading(directory: Path, command: str, options: Sequence[str], operands: Sequence[str]) -> _Call:
    program, *rest = _argv(command, READING, options, operands)
    argv = (program, *_READ_ONLY, *rest)
    return _Call(directory=directory, command=command, argv=argv, variables=reading_environment())


def _argv(command: str, allowed: frozenset[str], options: Sequence[str], operands: Sequence[str]) -> tuple[str, ...]:
    _allow(command, allowed)
    if any("\0" in operand for operand in operands):
        raise _failed(command, "an argument holds a NUL character")
    return ("git", *_HARMLESS, command, *options, *(("--end-of-options", *operands) if operands else ()))


def _allow(command: str, allowed: frozenset[str]) -> None:
    if command not in allowed:
        message = f"git {command} is not among the sub-commands that may be run here"
        raise ValueError(message)


def _finish(call: _Call, stdin: bytes = b"") -> Answer:
    with _started(call) as process:
        try:
            output, errors = process.communicate(stdin, call.timeout)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise _failed(call.command, f"no answer within {call.timeout:.0f} seconds") from error
        except BaseException:
            process.kill()
            raise
    return Answer(status=process.returncode, output=output or b"", complaint=_complaint(errors))


def _started(call: _Call) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(
            call.argv, cwd=call.directory, env=call.variables, stdin=pipe, stdout=call.stdout, stderr=pipe
        )
    except OSError as error:
        if not call.directory.is_dir():
            fault = f"there is no folder {call.directory}"
            raise SourceError(fault, hint="name a folder that exists") from error
        fault = f"the program git could not be started: {error.strerror}"
        raise SourceError(fault, hint="install git 2.31 or newer and put it on the PATH") from error


def _complaint(errors: bytes) -> str:
    lines = [line.strip() for line in errors.decode("utf-8", "replace").splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal: ", "error: "))]
    return clipped((told or lines or ["no reason given"])[0], 400)


def _insist(command: str, answer: Answer) -> Answer:
    if answer.status:
        raise _failed(command, answer.complaint)
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


def _failed(command: str, complaint: str) -> SourceError:
    hint = next((hint for pattern, hint in _HINTS if pattern.search(complaint)), _SOUND)
    return SourceError(f"git {command}: {complaint}", hint=hint)
