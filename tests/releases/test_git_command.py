"""The way to git: nothing from outside becomes an option, another repository, or a program to run."""

from __future__ import annotations

import ast
import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

import hfsemver
from hfsemver.core.errors import SourceError
from hfsemver.releases import git_command
from hfsemver.releases.git_command import ask_git, copy_git, hand_on_to_git, read_git, start_of_git, write_git
from tests.gitworld import GitWorld


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    """One commit with one file."""
    world = GitWorld.create(tmp_path / "work")
    world.commit({"a.txt": b"hello\n" * 1000})
    return world


def test_every_variable_that_git_calls_local_is_taken_away(world: GitWorld) -> None:
    """The list in the code covers what this git itself names."""
    assert set(world.git("rev-parse", "--local-env-vars").split()) <= git_command.LOCAL_VARIABLES


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
    monkeypatch.setattr(git_command._Call.__init__, "__kwdefaults__", {"stdout": subprocess.PIPE, "timeout": 0.3})
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


def test_a_handed_on_command_reads_the_same_input_and_gives_its_status(world: GitWorld) -> None:
    """``git lfs pre-push`` with nothing to push succeeds; one with a malformed call fails."""
    world.git("remote", "add", "origin", str(world.root))
    assert hand_on_to_git(world.root, "lfs", "pre-push", "origin", str(world.root), stdin=b"") == 0
    assert hand_on_to_git(world.root, "lfs", "no-such-command", stdin=b"") != 0


MAY_START_PROGRAMS = {
    "releases/git_command.py": "git, for everything else",
    "releases/rendering/render.py": "a child of our own that renders templates under limits",
    "workflows/hook/chain.py": "the hook that was there before ours",
    "workflows/demo/demo.py": "plays the user, who types commands",
}


def test_no_other_module_starts_programs() -> None:
    """Whoever needs git asks the wrapper; the few other programs are listed with their reasons."""
    package = Path(hfsemver.__file__).parent
    found = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if {"subprocess", "pty", "asyncio.subprocess"} & set(names):
                found.add(path.relative_to(package).as_posix())
    assert found <= set(MAY_START_PROGRAMS)
    assert "releases/git_command.py" in found


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
