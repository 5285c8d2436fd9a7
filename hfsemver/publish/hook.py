"""The file of a hook: put in place, kept beside it, put back, taken away.

Who wrote a hook and whether it may be touched is decided before; nothing is judged here. A failure is an ``OSError``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hfsemver.publish.files import write_executable
from hfsemver.publish.git import write_git

if TYPE_CHECKING:
    from pathlib import Path


def put_in_place(hook: Path, script: bytes, *, keep_as: Path | None) -> None:
    """Make ``script`` the hook that git runs; the one that is there now is kept as ``keep_as``, where that is given.

    Interrupted at any moment, it is finished by doing it again; where it fails, everything is as it was.
    """
    hook.parent.mkdir(parents=True, exist_ok=True)
    if keep_as is not None:
        _keep(hook, keep_as)
    try:
        write_executable(hook, script)
    except OSError:
        if keep_as is not None:
            _give_back(hook, keep_as)
        raise


def take_away(hook: Path, *, put_back: Path | None) -> None:
    """Remove a hook; ``put_back``, where it is given, takes its place in one step."""
    if put_back is None:
        hook.unlink()
    else:
        put_back.replace(hook)


def install_lfs_hooks(repository: Path) -> None:
    """Let git-lfs install its own hooks, in the places that are free. Raises ``SourceError`` when it does not."""
    write_git(repository, "lfs", "update")


def _keep(hook: Path, beside: Path) -> None:
    try:
        # Under both names until the script is renamed over one of them: at no moment is there no hook.
        os.link(hook, beside, follow_symlinks=False)
    except (OSError, NotImplementedError):
        hook.rename(beside)


def _give_back(hook: Path, beside: Path) -> None:
    if os.path.lexists(hook):  # under both names, which a rename would leave as they are
        beside.unlink(missing_ok=True)
    else:
        beside.rename(hook)
