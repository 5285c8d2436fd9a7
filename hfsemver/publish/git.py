"""The one way to change a repository by the ``git`` program: fixed sub-commands, as if the user had typed them.

Whether and what to change is decided before, where nothing is written.
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from hfsemver.core.escape import printable
from hfsemver.publish.room import NoRoom
from hfsemver.releases.git_process import (
    LONG,
    Answer,
    Call,
    answer_to,
    command_line,
    environment,
    failure,
    insist,
    require_allowed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NOTHING: Mapping[str, str] = MappingProxyType({})
WRITING = frozenset({
    "add", "commit", "commit-tree", "config", "fetch", "hash-object", "init", "lfs", "mktag", "push", "read-tree", "tag",
    "update-index", "update-ref", "write-tree",
})  # fmt: skip


def write_git(
    directory: Path,
    command: str,
    *options: str,
    operands: Sequence[str] = (),
    stdin: bytes = b"",
    variables: Mapping[str, str] = _NOTHING,
    within: float | None = None,
) -> Answer:
    """Run a command that changes a repository, with the user's hooks and settings; ``SourceError`` when it fails.

    ``variables`` come on top of those of the caller, such as an index of its own. What is not done ``within`` so many seconds
    is ended, with all that it started.
    """
    call = _writing(directory, command, options, operands, variables)
    call = call if within is None else replace(call, timeout=within, alone=True)
    answer = answer_to(call, stdin)
    index = variables.get("GIT_INDEX_FILE")
    insist_on_room(Path(index).parent if index and "index" in answer.complaint else directory, command, answer)
    return insist(command, answer)


def tell_git(directory: Path, command: str, *options: str, operands: Sequence[str] = ()) -> Answer:
    """Run a command that changes a repository, and return its answer whatever its status."""
    return answer_to(_writing(directory, command, options, operands, _NOTHING))


def insist_on_room(place: Path, command: str, answer: Answer) -> None:
    """Raise ``NoRoom`` for a command that found no room to write in; ``place`` is where it was to."""
    if answer.is_out_of_room:
        hint = f"make room on the disk of {printable(str(place))}, then run the same command again"
        raise NoRoom(f"git {command}: {answer.complaint}", hint=hint)


def _writing(
    directory: Path, command: str, options: Sequence[str], operands: Sequence[str], variables: Mapping[str, str]
) -> Call:
    argv = command_line(command, WRITING, options, operands)
    return Call(directory=directory, command=command, argv=argv, variables={**environment(), **variables}, timeout=LONG)


def hand_on_to_git(directory: Path, command: str, *arguments: str, stdin: bytes) -> int:
    """Run a command in the caller's place: its terminal, its variables, its arguments; return the exit status.

    For a hook that passes on what it was given. Nothing is cleaned, because the command answers to the git that
    called the hook, and its progress is meant for the person who typed ``git push``.
    """
    require_allowed(command, frozenset({"lfs"}))
    argv = ["git", command, *arguments]
    try:
        return subprocess.run(argv, cwd=directory, input=stdin, check=False).returncode
    except OSError as error:
        raise failure(command, str(error)) from error
