"""git, its diffs and its log with tensors in the place of bytes, through the real driver of the real git."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import RefError, UsageError
from hfsemver.workflows.gitdiff.install import LINE, install, settings, uninstall
from hfsemver.workflows.gitdiff.show import tensor_diff, tensor_text
from hfsemver.workflows.gitdiff.sides import Sides
from tests import builders
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "model.safetensors"
OLD = {"body": "F32[8,4]", "head": "F32[8,4]", "gone": "F32[2]", "half": "F16[4]"}
NEW = {"body": "F32[8,4]", "head": "F32[8,4] seed=1 scale=1e-3", "came": "F32[3]", "half": "F32[4]"}


def weights(tensors: Mapping[str, str]) -> bytes:
    """Return one weight file."""
    return builders.files(tensors)[FILE]


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    """A clone with two commits of one file, and the driver in it."""
    made = GitWorld.create(tmp_path / "work")
    made.commit({FILE: weights(OLD)}, "one")
    made.commit({FILE: weights(NEW)}, "two")
    tuple(install(str(made.root)))
    return made


def test_git_diff_shows_what_became_of_each_tensor(world: GitWorld) -> None:
    """Which came and went, what is stored otherwise, and how far values moved."""
    said = world.git("diff", "HEAD~1")

    assert said.startswith(f"diff --hfsemver a/{FILE} b/{FILE}\nindex ")
    for line in (
        f"  {FILE}: came: added (F32[3])",
        f"  {FILE}: gone: removed (F32[2])",
        f"  {FILE}: half: stored in another dtype (F16[4] -> F32[4])",
    ):
        assert line in said.splitlines()
    assert f"  {FILE}: head: updated: 100 % of the values, relative L2 0.00" in said
    assert "body" not in said


def test_the_working_tree_is_compared_as_well(world: GitWorld) -> None:
    """What is not committed yet; and nothing is said where nothing changed."""
    assert world.git("diff") == ""
    world.write({FILE: weights(OLD)})

    assert "came: removed" in world.git("diff")


def test_the_log_shows_a_line_for_each_tensor(world: GitWorld) -> None:
    """As text that git itself compares."""
    lines = world.git("log", "-p", "-1", "--format=%s").splitlines()

    changed = {line.split()[0] for line in lines if line.startswith(("+", "-")) and line[:3] not in ("+++", "---")}
    assert changed == {"+came", "-gone", "-half", "-head", "+half", "+head"}
    assert any(line.startswith(" body F32[8,4] ") for line in lines)


def test_the_same_bytes_are_the_same_line_and_others_are_not(tmp_path: Path) -> None:
    """Whatever else is in the file."""
    one, other = tmp_path / "one.safetensors", tmp_path / "other.safetensors"
    one.write_bytes(weights(OLD))
    other.write_bytes(weights({**OLD, "more": "F32[1]"}))

    assert set(tensor_text(str(one)).splitlines()) < set(tensor_text(str(other)).splitlines())
    other.write_bytes(weights(NEW))
    assert set(tensor_text(str(one)).splitlines()) != set(tensor_text(str(other)).splitlines())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"new.safetensors": weights(NEW)}, "b/new.safetensors\nindex 0000000..fd9ec39 100644\n+body F32[8,4]"),
        ({FILE: None}, "..0000000 100644\n-body F32[8,4]"),
        ({FILE: None, "other.safetensors": weights(NEW)}, ""),
    ],
    ids=["added", "deleted", "renamed"],
)
def test_files_that_come_go_or_have_another_name(world: GitWorld, change: dict[str, bytes | None], words: str) -> None:
    """A rename alone changes no tensor."""
    world.commit(change, "three")
    said = world.git("diff", "-M", "HEAD~1")

    assert words in said
    if not words:
        assert said.startswith(f"diff --hfsemver a/{FILE} b/other.safetensors\n")
        assert "weights: 0 of 4 tensors changed" in said


def test_what_cannot_be_read_is_said_and_ends_nothing(world: GitWorld) -> None:
    """The diff of the files after it is shown all the same."""
    world.commit({FILE: b"\xff" * 64, "z.safetensors": weights(NEW)}, "broken")
    said, log = world.git("diff", "HEAD~1"), world.git("log", "-p", "-1")

    assert "cannot be compared" in said or "not compared" in said or "cannot be read" in said
    assert "b/z.safetensors" in said
    assert "body F32[8,4]" in log


def test_a_conflict_is_named(world: GitWorld) -> None:
    """The path is all that git says of it."""
    world.git("checkout", "--quiet", "-b", "side", "HEAD~1")
    world.commit({FILE: weights({"body": "F32[1]"})}, "side")
    world.run("merge", "main")

    assert FILE in world.git("diff")
    assert tensor_diff([FILE]) == f"* Unmerged path {FILE}\n"


@pytest.mark.skipif(shutil.which("git-lfs") is None, reason="there is no git-lfs here")
def test_weights_in_lfs_are_shown_where_their_objects_are(tmp_path: Path) -> None:
    """In a clone with them by their tensors, in one without by what is known."""
    made = GitWorld.with_lfs(tmp_path / "work")
    made.commit({FILE: weights(OLD)}, "one")
    made.commit({FILE: weights(NEW)}, "two")
    tuple(install(str(made.root)))
    assert "gone: removed" in made.git("diff", "HEAD~1")
    skipping = {"GIT_LFS_SKIP_SMUDGE": "1"}
    assert "gone: removed" in made.git("diff", "HEAD~1", "HEAD", variables=skipping)

    remote = made.bare(tmp_path / "remote.git")
    made.push("origin", "main")
    home = GitWorld(tmp_path, {**made.environment, **skipping})
    home.git("clone", "--quiet", str(remote.root), "clone")
    clone = GitWorld(tmp_path / "clone", home.environment)
    tuple(install(str(clone.root)))
    said, log = clone.git("diff", "HEAD~1"), clone.git("log", "-p", "-1")

    assert "not compared" in said
    assert "only its LFS pointer is here" in log


def test_it_works_from_a_folder_and_in_a_worktree(world: GitWorld, tmp_path: Path) -> None:
    """The top is where git runs it, and the attributes are those of all worktrees."""
    (world.root / "inner").mkdir()
    inner = GitWorld(world.root / "inner", world.environment)
    tree = world.worktree(tmp_path / "tree", "HEAD~1")

    assert "gone: removed" in inner.git("diff", "HEAD~1")
    assert "gone: removed" in tree.git("diff", "HEAD", "main")


def test_names_cannot_speak_to_the_terminal(world: GitWorld) -> None:
    """Those of tensors and files are what a stranger wrote."""
    world.commit({"x\x1b[2J.safetensors": weights({"evil\x1b]0;x\x07": "F32[1]"})}, "evil")

    for said in (world.git("diff", "HEAD~1"), world.git("log", "-p", "-1", "--format=%s")):
        assert "evil" in said
        assert not set(said) & {"\x1b", "\x07"}


def test_without_hfsemver_git_still_shows_the_rest(world: GitWorld) -> None:
    """The environment that it was installed into may be gone."""
    for name, value in settings().items():
        world.git("config", name, value.replace(sys.executable, "/nowhere/python"))
    world.commit({FILE: weights(OLD), "notes.txt": b"x\n"}, "three")
    said = world.git("diff", "HEAD~1")

    assert "hfsemver gitdiff install" in said
    assert "+x" in said


def test_installing_twice_and_taking_it_out_leave_what_was_there(tmp_path: Path) -> None:
    """Lines and settings of others, to the byte."""
    made = GitWorld.create(tmp_path / "work")
    attributes = made.root / ".git" / "info" / "attributes"
    attributes.parent.mkdir(exist_ok=True)
    attributes.write_bytes(b"*.txt text\n# a comment\n")
    config = (made.root / ".git" / "config").read_bytes()

    first, second = tuple(install(str(made.root))), tuple(install(str(made.root)))
    assert first == second
    assert attributes.read_text(encoding="utf-8").splitlines().count(LINE) == 1
    assert tuple(uninstall(str(made.root))) == ("git shows *.safetensors here as it did before",)

    assert attributes.read_bytes() == b"*.txt text\n# a comment\n"
    assert (made.root / ".git" / "config").read_bytes() == config
    assert tuple(uninstall(str(made.root))) == ("nothing of hfsemver was set here",)


def test_outside_of_a_repository_there_is_nothing_to_set_up(tmp_path: Path) -> None:
    """And it says so."""
    with pytest.raises(RefError):
        tuple(install(str(tmp_path)))


@pytest.mark.parametrize("count", [0, 2, 6, 8, 10])
def test_words_that_git_never_gives_are_refused(count: int) -> None:
    """With the way that makes git give them."""
    with pytest.raises(UsageError) as caught:
        Sides.of(["x"] * count)
    assert "gitdiff install" in caught.value.hint


def test_files_that_are_no_files_are_no_traceback(tmp_path: Path) -> None:
    """A folder, a pipe that nobody writes to, nothing at all."""
    words = [FILE, str(tmp_path), "0" * 40, "100644", str(tmp_path / "nothing"), "0" * 40, "100644"]

    assert "cannot be compared" in tensor_diff(words)
    assert "cannot be read" in tensor_text(str(tmp_path / "nothing"))
