"""From a reference to a release: what exists opens, and what does not says what to type."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import RefError, SourceError
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import GitRef, HubRef, LocalRef, parse_ref
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitWorld:
    """A repository with a tag and a folder, and the test standing in it."""
    world = GitWorld.create(tmp_path / "work")
    world.commit({"config.json": b'{"a": 1}', "adapter/config.json": b'{"b": 1}'})
    world.tag("v1.0.0", "-a", "-m", "first")
    world.commit({"config.json": b'{"a": 2}'})
    monkeypatch.chdir(world.root)
    return world


def refused(text: str) -> RefError:
    """Open a reference that must be refused, and return the error."""
    with pytest.raises(RefError) as caught:
        open_release(parse_ref(text))
    assert caught.value.hint
    return caught.value


def test_a_folder_opens_as_it_is_now(world: GitWorld) -> None:
    """The release knows how it was named, and is of no commit."""
    world.write({"config.json": b'{"a": 3}'})
    opened = open_release(LocalRef("."))
    assert opened.read("config.json", 100) == b'{"a": 3}'
    assert (opened.ref, opened.commit) == (".", None)


@pytest.mark.parametrize("text", ["@v1.0.0", ".@HEAD~1", "@v1.0.0^{}"])
def test_a_revision_opens_as_it_was_committed(world: GitWorld, text: str) -> None:
    """Tag, parent and peeled tag are the same commit, whose full id the release carries."""
    opened = open_release(parse_ref(text))
    assert opened.read("config.json", 100) == b'{"a": 1}'
    assert opened.commit == world.git("rev-parse", "HEAD~1")
    assert parse_ref(opened.ref) == parse_ref(text)


def test_a_folder_of_a_repository_opens_as_a_release_of_its_own(
    world: GitWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths are relative to it, whether it is named from outside or we stand in it."""
    assert list(open_release(GitRef("adapter", "v1.0.0")).files) == ["config.json"]
    assert list(open_release(GitRef(str(world.root / "adapter"), "v1.0.0")).files) == ["config.json"]
    monkeypatch.chdir(world.root / "adapter")
    assert open_release(GitRef(".", "v1.0.0")).read("config.json", 100) == b'{"b": 1}'


def test_a_repository_reached_through_a_link_opens(world: GitWorld, tmp_path: Path) -> None:
    """The link is resolved before the folder is looked up in the commit."""
    (tmp_path / "link").symlink_to(world.root / "adapter")
    assert list(open_release(GitRef(str(tmp_path / "link"), "HEAD")).files) == ["config.json"]


def test_a_linked_worktree_and_a_bare_repository_open(world: GitWorld, tmp_path: Path) -> None:
    """Both know the same revisions."""
    linked = world.worktree(tmp_path / "linked")
    bare = world.bare(tmp_path / "bare.git")
    assert world.push("origin", "main", "v1.0.0").returncode == 0
    for root in (linked.root, bare.root):
        assert open_release(GitRef(str(root), "v1.0.0")).read("config.json", 100) == b'{"a": 1}'


@pytest.mark.parametrize(
    ("text", "typed"), [("../rb.git", "../rb.git@HEAD"), (".git", "@HEAD"), ("adapter/../.git", "adapter/..@HEAD")]
)
def test_the_inside_of_a_repository_is_no_release(world: GitWorld, tmp_path: Path, text: str, typed: str) -> None:
    """Its files are git's own; what the hint says opens."""
    world.bare(tmp_path / "rb.git")
    assert world.push("origin", "main").returncode == 0

    error = refused(text)

    assert "inside of a git repository" in str(error)
    assert error.hint.endswith(f" {typed}")
    assert open_release(parse_ref(typed)).commit == world.head()


@pytest.mark.parametrize("options", [["--no-cone", "/config.json"], ["--cone", "elsewhere"]])
def test_a_sparse_checkout_is_no_release(world: GitWorld, options: list[str]) -> None:
    """What it leaves out was not removed; its revision opens whole, and so does the folder once it is whole again."""
    world.git("sparse-checkout", "set", *options)

    error = refused(".")

    assert "sparse checkout" in str(error)
    assert "adapter/config.json" in str(error)
    assert error.hint.endswith(" @HEAD")
    assert "adapter/config.json" in open_release(parse_ref("@HEAD")).files
    world.git("sparse-checkout", "disable")
    assert "adapter/config.json" in open_release(LocalRef(".")).files


def test_a_folder_that_a_sparse_checkout_has_whole_opens(world: GitWorld) -> None:
    """Only what is left out below the folder counts, and what was removed by hand is a removal."""
    world.git("sparse-checkout", "set", "--no-cone", "/adapter/")
    assert list(open_release(LocalRef("adapter")).files) == ["config.json"]

    world.git("sparse-checkout", "set", "--no-cone", "/*")
    (world.root / "config.json").unlink()
    assert list(open_release(LocalRef(".")).files) == ["adapter/config.json"]


def test_opening_reads_no_file(world: GitWorld) -> None:
    """A release whose objects are gone opens; only asking for its files fails."""
    oid = world.git("rev-parse", "HEAD:config.json")
    (world.root / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    assert open_release(GitRef(".", "HEAD")).commit == world.head()


def test_an_unknown_revision_suggests_the_tag_that_is_there(world: GitWorld) -> None:
    """The mistyped tag is named, and the one that was meant."""
    error = refused("@v1.0")
    assert "v1.0 names no commit" in str(error)
    assert "v1.0.0" in error.hint


def test_a_revision_that_looks_like_an_option_is_refused(world: GitWorld) -> None:
    """Nothing from the command line reaches git as an option."""
    assert "cannot be a git revision" in str(refused("@--upload-pack=x"))


def test_a_folder_that_the_commit_does_not_have_is_refused(world: GitWorld) -> None:
    """A folder made later has no earlier release."""
    world.write({"later/config.json": b"{}"})
    assert "no folder later in commit" in str(refused("later@v1.0.0"))


def test_a_file_in_the_place_of_a_folder_is_refused_early(world: GitWorld) -> None:
    """What is a file in the commit and a folder now is no release there."""
    world.write({"adapter/config.json": None})
    (world.root / "adapter").rmdir()
    world.commit({"adapter": b"a file"})
    (world.root / "adapter").unlink()
    (world.root / "adapter").mkdir()
    assert "no folder adapter in commit" in str(refused("adapter@HEAD"))


def test_a_folder_outside_of_any_repository_has_no_revisions(tmp_path: Path) -> None:
    """The hint leaves out the revision."""
    error = refused(f"{tmp_path}@v1.0.0")
    assert "not in a git repository" in str(error)


def test_a_missing_folder_and_a_file_are_refused(world: GitWorld) -> None:
    """The hint for a file is the folder that holds it."""
    assert "there is no folder gone" in str(refused("gone"))
    error = refused("adapter/config.json")
    assert "is a file" in str(error)
    assert "adapter" in error.hint


def test_a_folder_with_an_at_sign_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads like a revision; one more @ makes it a folder, and then it opens."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my run@2").mkdir()
    error = refused("my run@2")
    typed = shlex.split(error.hint.rpartition(": ")[2])
    assert typed == ["my run@2@"]
    assert open_release(parse_ref(typed[0])).ref == "my run@2@"


def test_a_missing_folder_may_be_meant_for_the_hub() -> None:
    """The hint writes it as it is named there."""
    assert "hf://org/name@main" in refused("org/name").hint


def test_a_folder_named_like_the_release_on_the_hub_is_pointed_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``./`` tells the two apart, and what the hint says opens."""
    monkeypatch.chdir(tmp_path)
    world = GitWorld.create(tmp_path / "org" / "name")
    world.commit({"config.json": b"{}"})
    world.tag("v1.0.0")
    for text in ("org/name@v1.0.0", "hf://org/name@v1.0.0"):
        with pytest.raises(SourceError, match="HF_HUB_OFFLINE") as caught:
            open_release(parse_ref(text))
        assert "./org/name@v1.0.0" in caught.value.hint
    assert open_release(parse_ref("./org/name@v1.0.0")).commit == world.head()
    with pytest.raises(SourceError) as caught:
        open_release(parse_ref("hf://org/name/adapter@v1.0.0"))
    assert "./org/name" not in caught.value.hint
    world.commit({"adapter/config.json": b"{}"})
    with pytest.raises(SourceError) as caught:
        open_release(parse_ref("hf://org/name/adapter@main"))
    assert "./org/name/adapter@main" in caught.value.hint
    assert open_release(parse_ref("./org/name/adapter@main")).files


def test_a_surface_that_is_not_there_is_written_first(tmp_path: Path) -> None:
    """What is named is what the command makes."""
    error = refused(f"{tmp_path}/surface.json")

    assert f"there is no surface {tmp_path}/surface.json" in str(error)
    assert "hfsemver surface write" in error.hint


def test_hints_show_no_control_characters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name on the command line may come from a script that took it from elsewhere."""
    monkeypatch.chdir(tmp_path)
    for text in ("gone\x1b[2J", "gone\x1b[2J@v1", "@v1\x1b[2J"):
        error = refused(text)
        assert "\x1b" not in str(error) + error.hint
    with pytest.raises(SourceError) as caught:
        open_release(parse_ref("org/name@\x1b[2J"))
    assert "\x1b" not in str(caught.value) + caught.value.hint
    assert str(HubRef("org/name", "v1")) == "hf://org/name@v1"


def test_a_path_that_is_not_there_is_no_folder_of_a_model() -> None:
    """Two parts may name a model; more are a mistyped path, and most often one of an experiment."""
    assert "hf://runs/first@main" in refused("runs/first").hint
    assert "hf://" not in refused("runs/first/checkpoint-500").hint
