"""Asking git: nothing from outside becomes an option, another repository, or a program to run."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import SourceError
from hfsemver.releases import git_process
from hfsemver.releases.git_command import ask_git, copy_git, read_git, start_of_git
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    """One commit with one file."""
    world = GitWorld.create(tmp_path / "work")
    world.commit({"a.txt": b"hello\n" * 1000})
    return world


def test_every_variable_that_git_calls_local_is_taken_away(world: GitWorld) -> None:
    """The list in the code covers what this git itself names."""
    assert set(world.git("rev-parse", "--local-env-vars").split()) <= git_process.LOCAL_VARIABLES


def test_variables_of_a_hook_do_not_lead_to_another_repository(
    world: GitWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git exports GIT_DIR into hooks of linked worktrees; another repository asked there must still answer for itself."""
    other = GitWorld.create(tmp_path / "other")
    other.commit({"b.txt": b"b"})
    for name in ("GIT_DIR", "GIT_COMMON_DIR"):
        monkeypatch.setenv(name, str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "lfs.storage")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "/elsewhere")
    assert read_git(world.root, "rev-parse", "HEAD").text == world.head()
    assert ask_git(world.root, "config", "--get", operands=("lfs.storage",)).status == 1


def test_an_operand_is_never_an_option(world: GitWorld) -> None:
    """A revision that looks like an option is looked up as a revision, and does nothing else."""
    target = world.root / "written"
    answer = ask_git(world.root, "rev-list", operands=(f"--output={target}",))
    assert answer.status == 128
    assert answer.complaint.startswith("fatal: ")
    assert not target.exists()


def test_a_failure_carries_the_line_of_git_with_controls_written_out(world: GitWorld) -> None:
    """What git says about an untrusted name reaches a terminal harmless."""
    with pytest.raises(SourceError) as caught:
        read_git(world.root, "cat-file", operands=("blob", "no\u202ename"))
    assert "git cat-file: fatal: Not a valid object name no\\u202ename" in str(caught.value)
    assert "\u202e" not in str(caught.value)


def test_a_nul_character_in_an_operand_is_refused_before_git_runs(world: GitWorld) -> None:
    """The system cannot pass it on, and cutting the name there would name something else."""
    with pytest.raises(SourceError, match="NUL"):
        read_git(world.root, "rev-parse", operands=("a\0b",))


@pytest.mark.parametrize("command", ["clone", "fetch", "upload-pack", "-c", "--exec-path=/tmp", "checkout", "push"])
def test_only_listed_sub_commands_run(world: GitWorld, command: str) -> None:
    """A reading call cannot be talked into another command; that is a fault of our code, not of the input."""
    with pytest.raises(ValueError, match="not among the sub-commands"):
        ask_git(world.root, command)


def test_reading_runs_no_program_that_the_repository_names(world: GitWorld, tmp_path: Path) -> None:
    """Settings that name programs are not obeyed while reading."""
    marker = tmp_path / "ran"
    for key in ("core.fsmonitor", "core.pager", "diff.external", "core.sshCommand", "alias.rev-parse"):
        world.git("config", key, f"touch {marker}")
    first = world.head()
    second = world.commit({"a.txt": b"other"})
    marker.unlink(missing_ok=True)  # git itself, called by the test, may have obeyed them
    read_git(world.root, "diff-tree", "-r", operands=(first, second))
    read_git(world.root, "rev-parse", "HEAD")
    assert not marker.exists()


def test_replacement_objects_are_not_believed(world: GitWorld) -> None:
    """``refs/replace`` shows another commit in this clone only; a push sends the real one."""
    first = world.head()
    second = world.commit({"a.txt": b"other"})
    world.git("replace", second, first)
    assert world.git("cat-file", "commit", second) == world.git("cat-file", "commit", first)
    assert read_git(world.root, "rev-list", operands=(second,)).lines == (second, first)


def test_output_goes_into_a_file_without_passing_through_memory(world: GitWorld) -> None:
    """``copy_git`` hands the descriptor to git."""
    with tempfile.TemporaryFile() as target:
        copy_git(world.root, target.fileno(), "cat-file", operands=("blob", "HEAD:a.txt"))
        target.seek(0)
        assert target.read() == b"hello\n" * 1000


def test_the_start_of_an_output_is_enough(world: GitWorld) -> None:
    """A command is stopped once it has written what was asked for; a short output comes whole."""
    assert start_of_git(world.root, 7, "cat-file", operands=("blob", "HEAD:a.txt")) == b"hello\nh"
    assert len(start_of_git(world.root, 10_000, "cat-file", operands=("blob", "HEAD:a.txt"))) == 6000


def test_a_command_that_does_not_end_is_stopped(world: GitWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken disk or a waiting helper cannot hang a push for ever."""
    (world.root / ".git" / "config").unlink()
    os.mkfifo(world.root / ".git" / "config")
    monkeypatch.setattr(
        git_process.Call.__init__, "__kwdefaults__", {"stdout": subprocess.PIPE, "timeout": 0.3, "alone": False}
    )
    start = time.monotonic()
    with pytest.raises(SourceError, match="no answer within"):
        ask_git(world.root, "rev-parse", "HEAD")
    assert time.monotonic() - start < 10


def test_a_missing_git_says_what_to_install(world: GitWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run on a bare machine ends with an instruction."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SourceError, match="could not be started") as caught:
        read_git(world.root, "rev-parse", "HEAD")
    assert "install git" in caught.value.hint


def test_a_missing_folder_is_not_reported_as_a_missing_git(tmp_path: Path) -> None:
    """Both are the same error of the system, and need different hints."""
    with pytest.raises(SourceError, match="there is no folder"):
        read_git(tmp_path / "gone", "rev-parse", "HEAD")
