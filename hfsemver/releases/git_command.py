"""The one way to ask the ``git`` program: sub-commands that only read, no options from outside, no other repository.

Beside what ``git_process`` takes away from every call, nothing is replaced, locked, fetched or hooked on the way.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hfsemver.releases.git_process import LONG, Answer, Call, answer_to, command_line, environment, insist, started

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

READING = frozenset({
    "cat-file", "check-attr", "config", "diff-files", "diff-index", "diff-tree", "for-each-ref", "ls-files", "ls-tree",
    "merge-base", "rev-list", "rev-parse", "symbolic-ref", "var", "version",
})  # fmt: skip

_READ_ONLY = ("--no-replace-objects", "--no-optional-locks", "-c", "core.hooksPath=/dev/null")


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
    return answer_to(_reading(directory, command, options, operands), stdin)


def read_git(directory: Path, command: str, *options: str, operands: Sequence[str] = (), stdin: bytes = b"") -> Answer:
    """Run a command that only reads and return its answer; ``SourceError`` with git's own line when it fails."""
    return insist(command, ask_git(directory, command, *options, operands=operands, stdin=stdin))


def copy_git(directory: Path, target: int, command: str, *options: str, operands: Sequence[str] = ()) -> None:
    """Run a command that only reads and let it write its output into the file descriptor ``target``."""
    call = _reading(directory, command, options, operands)
    insist(command, answer_to(replace(call, stdout=target, timeout=LONG)))


def start_of_git(directory: Path, limit: int, command: str, *options: str, operands: Sequence[str] = ()) -> bytes:
    """Return the first ``limit`` bytes that a reading command writes, and stop it there; fewer if it wrote no more."""
    with started(_reading(directory, command, options, operands)) as process:
        data = b"" if process.stdout is None else process.stdout.read(limit)
        process.kill()
    return data


def _reading(directory: Path, command: str, options: Sequence[str], operands: Sequence[str]) -> Call:
    argv = command_line(command, READING, options, operands, settings=_READ_ONLY)
    return Call(directory=directory, command=command, argv=argv, variables=reading_environment())
