"""Installing and removing the hook: wherever git looks for it, as often as one likes, and nobody's commands are lost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import HfSemverError, RefError, SourceError, UsageError
from hfsemver.releases.repository import Repository
from hfsemver.workflows.hook.install import hook_place, install_hook, uninstall_hook
from hfsemver.workflows.hook.script import Owner, before_of, hook_script, owner_of
from tests.gitworld import GitWorld
from tests.workflows.pushing import HEADLESS, Publisher, files

if TYPE_CHECKING:
    from pathlib import Path

MINE = "#!/bin/sh\necho mine\n"


def hooked(folder: Path, text: str = MINE, mode: int = 0o755) -> tuple[GitWorld, Path]:
    """Make a repository that has a pre-push hook of its own."""
    world = GitWorld.create(folder)
    hook = world.root / ".git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(text)
    hook.chmod(mode)
    return world, hook


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return content and mode of every hook that is no sample."""
    return {
        path.name: (path.read_bytes(), path.lstat().st_mode)
        for path in sorted(folder.iterdir())
        if not path.name.endswith(".sample")
    }


def test_the_hook_is_installed_executable(tmp_path: Path) -> None:
    """In a repository that had none, also where git made no hooks folder."""
    world = GitWorld.create(tmp_path / "work", "--template=")

    said = install_hook(str(world.root))
    hook = world.root / ".git/hooks/pre-push"

    assert said == (f"Installed the hook: {hook}",)
    assert hook.read_bytes() == hook_script()
    assert os.access(hook, os.X_OK)


@pytest.mark.parametrize("mode", [0o755, 0o644])
def test_installing_twice_changes_nothing(tmp_path: Path, mode: int) -> None:
    """Not the hook, not the one that was there before, not their modes."""
    world, hook = hooked(tmp_path / "work", mode=mode)
    install_hook(str(world.root))
    once = snapshot(hook.parent)

    said = install_hook(str(world.root))

    assert "installed already" in said[0]
    assert snapshot(hook.parent) == once
    assert before_of(hook).read_text() == MINE


@pytest.mark.parametrize("mode", [0o755, 0o644])
def test_removing_restores_what_was_there(tmp_path: Path, mode: int) -> None:
    """Byte for byte, with its mode, and with nothing left beside it."""
    world, hook = hooked(tmp_path / "work", mode=mode)
    before = snapshot(hook.parent)
    install_hook(str(world.root))

    uninstall_hook(str(world.root))

    assert snapshot(hook.parent) == before


def test_removing_where_there_was_nothing_leaves_nothing(tmp_path: Path) -> None:
    """And removing once more says that there is nothing to remove."""
    world = GitWorld.create(tmp_path / "work")
    before = snapshot(world.root / ".git/hooks")
    install_hook(str(world.root))

    uninstall_hook(str(world.root))

    assert snapshot(world.root / ".git/hooks") == before
    assert "nothing was changed" in uninstall_hook(str(world.root))[0]


def test_removing_somebody_elses_hook_is_not_done(tmp_path: Path) -> None:
    """Only what hfsemver wrote is taken away."""
    world, hook = hooked(tmp_path / "work")

    uninstall_hook(str(world.root))

    assert hook.read_text() == MINE


def test_the_hook_of_git_lfs_is_known(tmp_path: Path) -> None:
    """What ``git lfs install`` writes today is recognised, and comes back on removal."""
    world = GitWorld.with_lfs(tmp_path / "work")
    hook = world.root / ".git/hooks/pre-push"
    stock = hook.read_bytes()
    assert owner_of(hook) is Owner.LFS

    said = install_hook(str(world.root))
    uninstall_hook(str(world.root))

    assert "git-lfs is called after the judgement" in said[1]
    assert hook.read_bytes() == stock


@pytest.mark.parametrize(
    "text",
    [
        "#!/bin/sh\ngit lfs push --stdin $*\n",
        '#!/bin/sh\ngit lfs push --stdin "$@"\n',
        '#!/bin/sh\ncommand -v git-lfs >/dev/null 2>&1 || { echo >&2 "\\nThis repository has been set up with Git LFS but Git LFS is not installed.\\n"; exit 0; }\ngit lfs pre-push "$@"\n',
    ],
)
def test_older_hooks_of_git_lfs_are_known(tmp_path: Path, text: str) -> None:
    """Repositories that were set up years ago still have them."""
    _, hook = hooked(tmp_path / "work", text)

    assert owner_of(hook) is Owner.LFS


def test_a_hook_that_does_more_than_git_lfs_is_not_taken_for_its_own(tmp_path: Path) -> None:
    """One more command, and it is run, not replaced."""
    _, hook = hooked(tmp_path / "work", '#!/bin/sh\nmake test || exit 1\ngit lfs pre-push "$@"\n')

    assert owner_of(hook) is Owner.SOMEBODY


def test_removing_where_git_lfs_came_later_brings_its_hook(tmp_path: Path) -> None:
    """It could not install its own while ours was there; without one the next push would leave the weights behind."""
    world = GitWorld.create(tmp_path / "work")
    install_hook(str(world.root))
    world.run("lfs", "install", "--local")
    assert owner_of(world.root / ".git/hooks/pre-push") is Owner.HFSEMVER
    world.git("lfs", "track", "*.safetensors")

    uninstall_hook(str(world.root))

    assert owner_of(world.root / ".git/hooks/pre-push") is Owner.LFS


def test_git_lfs_may_be_installed_over_it_and_it_over_git_lfs(tmp_path: Path) -> None:
    """``git lfs update --force`` replaces our hook; installing again brings it back and loses nobody."""
    world, hook = hooked(tmp_path / "work")
    install_hook(str(world.root))
    world.git("lfs", "update", "--force")
    assert owner_of(hook) is Owner.LFS

    install_hook(str(world.root))

    assert owner_of(hook) is Owner.HFSEMVER
    assert before_of(hook).read_text() == MINE


def test_two_hooks_to_keep_are_a_question_for_their_owner(tmp_path: Path) -> None:
    """Somebody wrote a second one over ours: nothing is changed, and the message says what to do."""
    world, hook = hooked(tmp_path / "work")
    install_hook(str(world.root))
    hook.write_text("#!/bin/sh\necho another\n")
    before = snapshot(hook.parent)

    with pytest.raises(UsageError, match="two hooks to keep"):
        install_hook(str(world.root))

    assert snapshot(hook.parent) == before


def test_an_interrupted_installation_is_finished_by_the_next(tmp_path: Path) -> None:
    """The hook lay under both names when the machine stopped."""
    world, hook = hooked(tmp_path / "work")
    os.link(hook, before_of(hook))

    install_hook(str(world.root))

    assert owner_of(hook) is Owner.HFSEMVER
    assert before_of(hook).read_text() == MINE


def test_a_hook_of_an_older_hfsemver_is_renewed(tmp_path: Path) -> None:
    """It is ours by its mark and its digest; the one before it stays where it is."""
    world, hook = hooked(tmp_path / "work")
    install_hook(str(world.root))
    import hashlib

    body = b'exec hfsemver hook run "$@"\n'
    digest = hashlib.sha256(body).hexdigest()[:16].encode()
    hook.write_bytes(b"#!/bin/sh\n# hfsemver pre-push hook " + digest + b"\n" + body)

    install_hook(str(world.root))

    assert hook.read_bytes() == hook_script()
    assert before_of(hook).read_text() == MINE


def test_lines_added_to_our_hook_are_not_lost(tmp_path: Path) -> None:
    """An edited hook is neither renewed nor removed; the message says where own lines belong."""
    world = GitWorld.create(tmp_path / "work")
    install_hook(str(world.root))
    hook = world.root / ".git/hooks/pre-push"
    hook.write_bytes(hook.read_bytes() + b"echo mine\n")

    for change in (install_hook, uninstall_hook):
        with pytest.raises(UsageError, match="edited since") as raised:
            change(str(world.root))
        assert "pre-push.before-hfsemver" in raised.value.hint
    assert hook.read_bytes().endswith(b"echo mine\n")


def test_a_hook_that_is_a_link_stays_a_link(tmp_path: Path) -> None:
    """Teams link their hooks to files of the repository; the target is not written to."""
    world = GitWorld.create(tmp_path / "work")
    hook = world.root / ".git/hooks/pre-push"
    world.write({"scripts/pre-push": MINE.encode()})
    hook.symlink_to("../../scripts/pre-push")

    install_hook(str(world.root))

    assert not hook.is_symlink()
    assert before_of(hook).is_symlink()
    assert (world.root / "scripts/pre-push").read_text() == MINE
    uninstall_hook(str(world.root))
    assert hook.is_symlink()


@pytest.mark.parametrize("style", ["relative", "absolute", "home"])
def test_core_hookspath_is_where_it_goes(tmp_path: Path, style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative to the top of the working tree, absolute, or below the home folder; and git runs it there."""
    monkeypatch.setenv("HOME", str(tmp_path))
    publisher = Publisher.released(tmp_path, "1.0.0")
    uninstall_hook(str(publisher.work.root))
    where = {"relative": "tools/hooks", "absolute": str(tmp_path / "hooks"), "home": "~/hooks"}[style]
    publisher.work.git("config", "core.hooksPath", where)

    said = install_hook(str(publisher.work.root / "."))
    expected = publisher.work.root / "tools/hooks" if style == "relative" else tmp_path / "hooks"
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")

    assert owner_of(expected / "pre-push") is Owner.HFSEMVER
    assert "core.hooksPath" in said[-1]
    assert "tensor-removed" in publisher.refused("origin", "main")


def test_a_global_core_hookspath_is_pointed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hook will then run in every repository of the user."""
    config = tmp_path / "config"
    config.write_text(f"[core]\n\thooksPath = {tmp_path}/shared\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    world = GitWorld.create(tmp_path / "work")

    said = install_hook(str(world.root))

    assert "every repository that uses it" in said[-1]
    assert (tmp_path / "shared/pre-push").is_file()


def test_hooks_that_are_switched_off_are_an_error(tmp_path: Path) -> None:
    """``core.hooksPath=/dev/null`` leaves no place for a hook."""
    world = GitWorld.create(tmp_path / "work")
    world.git("config", "core.hooksPath", "/dev/null")

    with pytest.raises(SourceError, match="/dev/null/pre-push cannot be written"):
        install_hook(str(world.root))


def test_linked_worktrees_share_the_hook(tmp_path: Path) -> None:
    """Git looks in the common directory, and so do we."""
    world = GitWorld.create(tmp_path / "work")
    world.commit({"a": b"a"})
    linked = world.worktree(tmp_path / "linked")

    install_hook(str(linked.root))

    assert hook_place(Repository.discover(linked.root)).hook == world.root / ".git/hooks/pre-push"
    assert owner_of(world.root / ".git/hooks/pre-push") is Owner.HFSEMVER


def test_outside_of_a_repository_there_is_nothing_to_install(tmp_path: Path) -> None:
    """The error names the folder."""
    with pytest.raises(RefError, match="not in a git repository"):
        install_hook(str(tmp_path))


@given(st.lists(st.sampled_from(["install", "uninstall", "lfs", "edit"]), max_size=8))
def test_no_order_of_commands_loses_the_users_lines(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> None:
    """Whatever is installed, removed or overwritten in whatever order, the user's hook is there, once or kept aside."""
    world, hook = hooked(tmp_path_factory.mktemp("law") / "work")
    for step in steps:
        try:
            if step == "install":
                install_hook(str(world.root))
            elif step == "uninstall":
                uninstall_hook(str(world.root))
            elif step == "lfs" and owner_of(hook) is Owner.HFSEMVER:
                hook.write_text('#!/bin/sh\ncommand -v git-lfs >/dev/null\ngit lfs pre-push "$@"\n')
            elif step == "edit" and owner_of(hook) is Owner.HFSEMVER:
                hook.write_bytes(hook.read_bytes() + b"echo more\n")
        except HfSemverError:
            continue
        kept = [path for path in (hook, before_of(hook)) if path.exists() and MINE == path.read_text()]
        assert len(kept) == 1


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", ["pre-push", "pre-push.before-hfsemver"])
def test_a_hook_that_cannot_be_read_is_kept_and_never_taken_for_another(name: str, tmp_path: Path) -> None:
    """A link to a pipe or to an endless device is somebody's hook: nothing waits for it, and none of the two is lost."""
    world = GitWorld.create(tmp_path / "world")
    hooks = world.root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    os.mkfifo(tmp_path / "pipe")
    (hooks / name).symlink_to(tmp_path / "pipe")

    install_hook(str(world.root))

    assert owner_of(hooks / "pre-push") is Owner.HFSEMVER
    assert (hooks / "pre-push.before-hfsemver").readlink() == tmp_path / "pipe"
    (hooks / "pre-push").unlink()
    (hooks / "pre-push").symlink_to("/dev/zero")
    with pytest.raises(UsageError, match="two hooks to keep"):
        install_hook(str(world.root))


def test_an_empty_hooks_path_is_refused(tmp_path: Path) -> None:
    """Git takes it for the root of the file system and runs no hook; what the hint says mends it."""
    world, hook = hooked(tmp_path / "work")
    world.git("config", "core.hooksPath", "")
    before = snapshot(hook.parent)

    for change in (install_hook, uninstall_hook):
        with pytest.raises(UsageError, match=r"core\.hooksPath is set and empty \(a local setting\)") as caught:
            change(str(world.root))

    assert (snapshot(hook.parent), (world.root / "pre-push").exists()) == (before, False)
    world.git(*caught.value.hint.partition(",")[0].split()[1:])
    assert str(hook) in install_hook(str(world.root))[0]
