"""Put the hook into a repository and take it out again, without ever losing one that was there before."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError, UsageError
from hfsemver.core.escape import printable
from hfsemver.publish.hook import install_lfs_hooks, put_in_place, take_away
from hfsemver.publish.room import is_out_of_room
from hfsemver.releases.git_command import ask_git
from hfsemver.releases.repository import Repository
from hfsemver.workflows.hook.chain import uses_lfs
from hfsemver.workflows.hook.script import HOOK, Owner, before_of, content_of, hook_script, owner_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHARED = frozenset({"global", "system"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HookPlace:
    """Where git looks for the hook of a repository; ``scope`` is that of ``core.hooksPath``, empty without it."""

    hook: Path
    scope: str = ""

    @property
    def is_shared(self) -> bool:
        """Whether the folder serves other repositories as well."""
        return self.scope in _SHARED


def hook_place(repository: Repository) -> HookPlace:
    """Find the hook's file: in ``core.hooksPath``, relative to the working tree, else in the common git directory.

    Raises ``UsageError`` when ``core.hooksPath`` is empty.
    """
    answer = ask_git(
        repository.root, "config", "--show-scope", "--type=path", "--null", "--get-all", operands=("core.hooksPath",)
    )
    fields = answer.text.rstrip("\0").split("\0") if answer.status == 0 else []
    # What is set on a command line is not a setting of the repository.
    found = [(scope, path) for scope, path in zip(fields[::2], fields[1::2], strict=False) if scope != "command"]
    if not found:
        return HookPlace(hook=repository.common_dir / "hooks" / HOOK)
    scope, path = found[-1]
    if not path:  # git takes it for the root of the file system
        fault = f"core.hooksPath is set and empty (a {scope} setting), so git runs no hook here"
        raise UsageError(fault, hint=f"git config --{scope} --unset-all core.hooksPath, then: hfsemver hook install")
    return HookPlace(hook=repository.root / path / HOOK, scope=scope)


def install_hook(path: str) -> tuple[str, ...]:
    """Install the hook of the repository around ``path``, and return what was done, line by line.

    A second time changes nothing, and a hook of an older hfsemver is renewed. Raises ``UsageError`` where installing
    would lose somebody's commands.
    """
    repository = Repository.discover(Path(path))
    place = hook_place(repository)
    hook, script = place.hook, hook_script()
    if owner_of(hook) is Owner.HFSEMVER and content_of(hook) == script and os.access(hook, os.X_OK):
        return (f"The hook is installed already: {_shown(hook)}",)
    with _explained(hook):
        kept, keep_as = _kept(hook)
        put_in_place(hook, script, keep_as=keep_as)
    return (f"Installed the hook: {_shown(hook)}", *_remarks(place, kept))


def uninstall_hook(path: str) -> tuple[str, ...]:
    """Remove the hook and put back the one that was there before; return what was done, line by line."""
    repository = Repository.discover(Path(path))
    hook = hook_place(repository).hook
    owner, before = owner_of(hook), before_of(hook)
    if owner is Owner.EDITED:
        raise _edited(hook)
    if owner is not Owner.HFSEMVER:
        return (f"There is no hook of hfsemver at {_shown(hook)}; nothing was changed.",)
    with _explained(hook):
        put_back = None if owner_of(before) is Owner.NOBODY else before
        take_away(hook, put_back=put_back)
    if put_back is not None:
        return (f"Removed the hook and put back what was there before: {_shown(hook)}",)
    done = f"Removed the hook: {_shown(hook)}"
    if not uses_lfs(repository):
        return (done,)
    try:
        # From now on nobody else uploads the weights.
        install_lfs_hooks(repository.root)
    except SourceError:
        return (done, "This repository uses git-lfs; before the next push type: git lfs install")
    return (done, "Installed the hook of git-lfs in its place.")


def _kept(hook: Path) -> tuple[Owner, Path | None]:
    """Return whose hook will lie beside ours, where the chain looks for it, and the name to give to the one there now.

    No name where nothing is there, or nothing that is not kept already.
    """
    owner, before = owner_of(hook), before_of(hook)
    if owner is Owner.EDITED:
        raise _edited(hook)
    if owner in {Owner.NOBODY, Owner.HFSEMVER}:
        return owner_of(before), None
    if owner_of(before) is Owner.NOBODY:
        return owner, before
    if owner is Owner.LFS or _alike(hook, before):
        return owner_of(before), None
    fault = f"there are two hooks to keep, {_shown(hook)} and {_shown(before)}"
    raise UsageError(fault, hint="join them into one, remove the other, and install again")


def _alike(hook: Path, before: Path) -> bool:
    """Tell whether two hooks say the same; what cannot be read is like nothing."""
    content = content_of(hook)
    return bool(content) and content == content_of(before)


def _remarks(place: HookPlace, kept: Owner) -> Iterator[str]:
    if kept is Owner.LFS:
        yield "The hook of git-lfs was there; git-lfs is called after the judgement, so that a refusal uploads nothing."
    elif kept is not Owner.NOBODY:
        yield f"The hook that was there runs after the judgement: {_shown(before_of(place.hook))}"
    if place.is_shared:
        yield f"core.hooksPath is a {place.scope} setting: every repository that uses it has the hook now."
    elif place.scope:
        yield "That is where core.hooksPath points to."


@contextmanager
def _explained(hook: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        fault = f"{_shown(hook)} cannot be written: {error.strerror}"
        hint = "make its folder writable; where it is: git config --show-origin core.hooksPath"
        if is_out_of_room(error):
            hint = "make room there, then run the same command again"
        raise SourceError(fault, hint=hint) from error


def _edited(hook: Path) -> UsageError:
    fault = f"{_shown(hook)} was written by hfsemver and has been edited since"
    hint = f"move your lines to {_shown(before_of(hook))}, remove {hook.name}, and install again"
    return UsageError(fault, hint=hint)


def _shown(path: Path) -> str:
    return printable(str(path))
