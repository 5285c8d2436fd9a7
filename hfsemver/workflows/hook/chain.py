"""What comes after a push was let through: the hook that was there before, then git-lfs; both get what git wrote."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError
from hfsemver.releases.disk import read_small
from hfsemver.releases.git_command import ask_git
from hfsemver.workflows.hook.script import Owner, before_of, owner_of

if TYPE_CHECKING:
    from hfsemver.releases.repository import Repository

# Git reads no attributes through a link, nor from a larger file.
# https://github.com/git/git/blob/v2.39.0/attr.h (``ATTR_MAX_FILE_SIZE``)
ATTRIBUTES = 100 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HookCall:
    """How git called the hook: its file, its two arguments, and every byte of its standard input."""

    hook: Path
    remote: str
    url: str
    stdin: bytes


def hand_on(call: HookCall, repository: Repository) -> int:
    """Run the hook that was there before, then git-lfs, each as git would have; the first status that is not 0 wins.

    Neither gets another environment or another working directory than the one that git gave to this process.
    """
    before = before_of(call.hook)
    owner = owner_of(before)
    status = 0
    # Git passes over a hook that is not executable, and so does the chain.
    if owner not in {Owner.NOBODY, Owner.LFS} and os.access(before, os.X_OK):
        status = _run(before, call)
    if status == 0 and (owner is Owner.LFS or uses_lfs(repository)):
        status = _upload(call)
    return status


def uses_lfs(repository: Repository) -> bool:
    """Whether git-lfs may have something to upload: it has a store here, or is asked to filter files.

    Without any of these a call would only ask the remote for locks, which a server without LFS has none of.
    """
    if (repository.common_dir / "lfs").is_dir():
        return True
    try:
        attributes = read_small(repository.root / ".gitattributes", ATTRIBUTES)
    except SourceError:
        attributes = None
    if attributes and b"filter=lfs" in attributes:
        return True
    return ask_git(repository.root, "config", "--get", operands=("lfs.storage",)).status == 0


def _run(before: Path, call: HookCall) -> int:
    # Git names the hook by its path, and some hooks look at theirs.
    path = str(before) if before.is_absolute() else os.path.join(".", before)  # noqa: PTH118 -- Path drops the ./
    argv = [path, call.remote, call.url]
    try:
        return _status(subprocess.run(argv, input=call.stdin, check=False).returncode)
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise SourceError(f"{before}: {error.strerror}", hint="mend that hook, or remove it") from error
    # A script without a first line that names its shell, which git runs too.
    shell = shutil.which("sh") or "sh"
    return _status(subprocess.run([shell, *argv], input=call.stdin, check=False).returncode)


def _upload(call: HookCall) -> int:
    if shutil.which("git-lfs") is None:
        hint = "install git-lfs; a push without it would publish pointers to weights that nobody can fetch"
        raise SourceError("this repository keeps files in git-lfs, and git-lfs is not installed", hint=hint)
    from hfsemver.publish.git import hand_on_to_git  # here, because few pushes have something to upload

    return _status(hand_on_to_git(Path.cwd(), "lfs", "pre-push", call.remote, call.url, stdin=call.stdin))


def _status(returncode: int) -> int:
    """Return an exit status as a shell tells it: 128 and the number of the signal that ended the program."""
    return returncode if returncode >= 0 else 128 - returncode
