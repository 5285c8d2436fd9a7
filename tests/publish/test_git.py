"""Changing a repository by git: what the user would have typed, and what to do where it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import SourceError
from hfsemver.publish.git import hand_on_to_git, write_git
from hfsemver.releases.git_command import read_git
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from pathlib import Path


def test_writing_makes_a_repository_and_runs_the_hooks_of_the_user(tmp_path: Path) -> None:
    """Commands that change a repository behave as if the user had typed them."""
    write_git(tmp_path, "init", "--quiet", operands=("made",))
    made = tmp_path / "made"
    for key, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        write_git(made, "config", operands=(key, value))
    hook = made / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch ../ran\n")
    hook.chmod(0o755)
    write_git(made, "commit", "--quiet", "--allow-empty", "-m", "first")
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize("command", ["clone", "pull", "gc", "checkout", "reset", "-c", "--exec-path=/tmp"])
def test_only_listed_sub_commands_run(command: str, tmp_path: Path) -> None:
    """What nobody has asked for cannot be run; that is a fault of our code, not of the input."""
    with pytest.raises(ValueError, match="not among the sub-commands"):
        write_git(tmp_path, command)


@pytest.mark.parametrize("command", ["push", "tag", "rev-parse"])
def test_only_git_lfs_is_handed_on_to(command: str, tmp_path: Path) -> None:
    """Nothing of the caller's surroundings is cleaned for it, so that no other command may run this way."""
    with pytest.raises(ValueError, match="not among the sub-commands"):
        hand_on_to_git(tmp_path, command, stdin=b"")


def test_a_handed_on_command_reads_the_same_input_and_gives_its_status(tmp_path: Path) -> None:
    """``git lfs pre-push`` with nothing to push succeeds; one with a malformed call fails."""
    world = GitWorld.create(tmp_path / "work")
    world.git("remote", "add", "origin", str(world.root))
    assert hand_on_to_git(world.root, "lfs", "pre-push", "origin", str(world.root), stdin=b"") == 0
    assert hand_on_to_git(world.root, "lfs", "no-such-command", stdin=b"") != 0


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"user.useConfigOnly": "true", "user.name": "", "user.email": ""}, "git config user.name"),
        ({"tag.gpgSign": "true", "gpg.program": "false", "user.name": "x", "user.email": "x@y"}, "signing key"),
    ],
)
def test_a_tag_that_cannot_be_made_says_what_is_missing(
    settings: dict[str, str], hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git's own complaint about the person or the key leads to the setting to mend, not to a check of the repository."""
    world = GitWorld.create(tmp_path / "world")
    world.commit({"a": b"a"})
    for key, value in settings.items():
        world.git("config", key, value)
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(SourceError) as caught:
        write_git(world.root, "tag", "--annotate", "--message=x", operands=("v1.0.0",))

    assert hint in caught.value.hint


def test_a_name_that_is_taken_and_a_broken_repository_have_hints_of_their_own(tmp_path: Path) -> None:
    """A tag that exists asks for another name; what is not known to be anything else, for a look at the repository."""
    world = GitWorld.create(tmp_path / "world")
    world.commit({"a": b"a"})
    world.tag("v1.0.0")

    with pytest.raises(SourceError) as taken:
        write_git(world.root, "tag", "--annotate", "--message=x", operands=("v1.0.0",))
    with pytest.raises(SourceError) as broken:
        read_git(world.root, "cat-file", "-p", operands=("f" * 40,))

    assert "choose another name" in taken.value.hint
    assert "git fsck" in broken.value.hint
