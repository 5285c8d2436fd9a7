"""The file of a hook: at no moment gone, and never somebody else's that is written to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from hfsemver.publish.hook import install_lfs_hooks, put_in_place, take_away
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from pathlib import Path

OURS = b"#!/bin/sh\nexit 0\n"
THEIRS = b"#!/bin/sh\necho theirs\n"


def theirs(folder: Path, mode: int = 0o750) -> Path:
    """Put a hook of somebody else into a folder."""
    hook = folder / "pre-push"
    hook.write_bytes(THEIRS)
    hook.chmod(mode)
    return hook


def test_a_hook_is_put_in_place_with_the_folders_to_it(tmp_path: Path) -> None:
    """It can be run at once, and nothing else lies beside it."""
    hook = tmp_path / "shared" / "hooks" / "pre-push"

    put_in_place(hook, OURS, keep_as=None)

    assert hook.read_bytes() == OURS
    assert os.access(hook, os.X_OK)
    assert list(hook.parent.iterdir()) == [hook]


def test_the_mode_of_a_hook_follows_the_umask(tmp_path: Path) -> None:
    """Whom the user lets run nothing, the hook does not either."""
    before = os.umask(0o027)
    try:
        put_in_place(tmp_path / "pre-push", OURS, keep_as=None)
    finally:
        os.umask(before)

    assert (tmp_path / "pre-push").stat().st_mode & 0o777 == 0o750


def test_the_hook_of_somebody_else_is_kept_and_comes_back(tmp_path: Path) -> None:
    """Content and mode are as they were, and the place beside the hook is free again."""
    hook = theirs(tmp_path)
    beside = tmp_path / "kept"

    put_in_place(hook, OURS, keep_as=beside)
    assert (hook.read_bytes(), beside.read_bytes()) == (OURS, THEIRS)

    take_away(hook, put_back=beside)
    assert (hook.read_bytes(), hook.stat().st_mode & 0o777) == (THEIRS, 0o750)
    assert list(tmp_path.iterdir()) == [hook]


def test_a_disk_without_hard_links_keeps_the_hook_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There it is renamed."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    hook = theirs(tmp_path)

    put_in_place(hook, OURS, keep_as=tmp_path / "kept")

    assert (hook.read_bytes(), (tmp_path / "kept").read_bytes()) == (OURS, THEIRS)


def test_what_a_linked_hook_leads_to_is_not_written(tmp_path: Path) -> None:
    """The link is kept as a link, and ours is a file of its own."""
    (tmp_path / "scripts").mkdir()
    target = theirs(tmp_path / "scripts")
    hook = tmp_path / "pre-push"
    hook.symlink_to("scripts/pre-push")

    put_in_place(hook, OURS, keep_as=tmp_path / "kept")

    assert (hook.is_symlink(), (tmp_path / "kept").is_symlink()) == (False, True)
    assert target.read_bytes() == THEIRS


def test_without_one_to_put_back_the_hook_is_gone(tmp_path: Path) -> None:
    """And a second time there is nothing to take away."""
    hook = theirs(tmp_path)

    take_away(hook, put_back=None)

    assert not list(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError):
        take_away(hook, put_back=None)


def test_git_lfs_takes_the_free_place(tmp_path: Path) -> None:
    """Without a hook of its own the next push would leave the weights behind."""
    world = GitWorld.with_lfs(tmp_path / "work")
    hook = world.root / ".git" / "hooks" / "pre-push"
    take_away(hook, put_back=None)

    install_lfs_hooks(world.root)

    assert b"git lfs pre-push" in hook.read_bytes()
