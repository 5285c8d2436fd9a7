"""Releases on a full disk: whichever write is the one too many, it is said where, and the same command ends in one release."""

from __future__ import annotations

import random
import tempfile
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import SourceError
from hfsemver.releases.spool import Spool
from tests.full_disk import PAGE, Disk, Shell, disk, shell
from tests.gitworld import GitWorld
from tests.workflows.bumping import insist_on_one_release
from tests.workflows.pushing import BODY, TUNED, files
from tests.workflows.uploading import Uploader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.hub import Hub

__all__ = ["disk", "shell"]

OBJECTS, LOCKS = 5, 4
"""A blob each for card and changelog, tree, commit and tag; then a lock for each of the four names."""


def released(root: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> GitWorld:
    """Return a repository with one release, and a commit that is to be the next."""
    world = GitWorld.create(root)
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(root)
    world.commit(files(BODY), "one")
    shell.insist_on_success("bump")
    world.commit(files(TUNED, "1.0.0"), "two")
    return world


@pytest.mark.parametrize("pages", range(OBJECTS + LOCKS + 1))
def test_a_release_in_git_needs_room_for_each_of_its_steps(
    disk: Disk, shell: Shell, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    """Until all names have moved nothing of the old is another, and nothing is left that git does not take away."""
    world = released(disk.root / "work", shell, monkeypatch)
    before = disk.files()
    disk.fill(pages)
    shell.insist_on_no_room("bump", where=str(world.root))
    if pages < OBJECTS + LOCKS:
        disk.insist_on_nothing_written(before)
    disk.make_room()
    shell.insist_on_success("bump")
    insist_on_one_release(world)


@pytest.mark.parametrize("log", ["refs/heads/main", "refs/heads/v1", "HEAD"])
def test_names_that_moved_without_the_others_are_followed(
    disk: Disk, shell: Shell, monkeypatch: pytest.MonkeyPatch, log: str
) -> None:
    """A reflog that needs one page more ends the transaction of git between two of its names; the tag is the last."""
    world = released(disk.root / "work", shell, monkeypatch)
    path = world.root / ".git/logs" / log
    line = path.read_bytes().splitlines(keepends=True)[-1]
    padding = PAGE - (path.stat().st_size + len(line)) % PAGE
    path.write_bytes(path.read_bytes() + line[:-1] + b"x" * padding + b"\n")
    assert path.stat().st_size % PAGE == 0
    disk.fill(OBJECTS + LOCKS)
    code, said = shell.run("bump")
    assert code == 3
    assert "room" in said
    has_moved = world.git("log", "-1", "--format=%s") == "Release 1.1.0"
    assert has_moved == (log != "refs/heads/main")
    assert ("v1.1.0" in world.git("tag", "--list")) == (log == "HEAD")
    disk.make_room()
    shell.insist_on_success("bump")
    insist_on_one_release(world)


@pytest.mark.parametrize("pages", range(OBJECTS + LOCKS + 1, OBJECTS + LOCKS + 6))
def test_a_file_that_there_was_half_the_room_for_is_written_anew(
    disk: Disk, shell: Shell, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    """Git takes the old one away first: what it leaves is a part of the new one, and that is in the commit."""
    world = released(disk.root / "work", shell, monkeypatch)
    noise = random.Random(1).randbytes(PAGE).hex()
    world.commit({"CHANGELOG.md": (world.root / "CHANGELOG.md").read_bytes() + f"\n{noise}\n".encode()}, "two")
    disk.fill(pages)
    code, said = shell.run("bump")
    assert (code, "room" in said) in {(3, True), (0, False)}
    disk.make_room()
    shell.insist_on_success("bump")
    assert noise in (world.root / "CHANGELOG.md").read_text()
    assert world.git("status", "--porcelain") == ""
    assert world.git("tag", "--points-at", "HEAD") == "v1.1.0"


@pytest.mark.parametrize(("left", "is_ours"), [("old", True), ("part", True), ("nothing", True), ("other", False)])
@pytest.mark.parametrize("staged", ["old", "new", "other"])
def test_only_what_a_release_left_is_overwritten(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, left: str, staged: str, *, is_ours: bool
) -> None:
    """Neither a file that somebody else wrote to, nor what somebody put into the index."""
    world = released(tmp_path / "work", shell, monkeypatch)
    shell.insist_on_success("bump")
    card = world.root / "README.md"
    new, old = card.read_bytes(), world.git("cat-file", "blob", "HEAD^:README.md").encode() + b"\n"
    if staged == "old":
        world.git("read-tree", "HEAD^")
    elif staged == "other":
        card.write_bytes(b"mine")
        world.git("add", "README.md")
    card.write_bytes({"old": old, "part": new[:20], "nothing": b"", "other": new + b"mine"}[left])
    code, said = shell.run("bump")
    if is_ours and staged != "other":
        assert code == 0, said
        insist_on_one_release(world)
    else:
        assert code == 2
        assert "the working tree is not what the last commit holds: " in said
        assert card.read_bytes() == {"old": old, "part": new[:20], "nothing": b"", "other": new + b"mine"}[left]


def test_a_release_in_git_needs_a_place_for_its_index(
    disk: Disk, shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where temporary files go, which may be another disk than that of the repository."""
    world = released(tmp_path / "work", shell, monkeypatch)
    monkeypatch.setattr(tempfile, "tempdir", str(disk.root))
    for pages in (0, 1):
        disk.fill(pages)
        shell.insist_on_no_room("bump", where=str(disk.root))
        disk.insist_on_nothing_written({})
        assert world.git("tag", "--list") == "v1.0.0"
        disk.make_room()
    shell.insist_on_success("bump")
    insist_on_one_release(world)


@pytest.mark.parametrize("pages", [0, 1, 2, 3])
def test_a_large_file_of_git_needs_a_place_to_be_read_from(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pages: int
) -> None:
    """What was written of it is gone with the error, and it is read once there is room."""
    world = GitWorld.create(tmp_path / "work")
    world.commit({"a.bin": b"x" * 4 * PAGE}, "one")
    oid = world.git("rev-parse", "HEAD:a.bin")
    monkeypatch.setattr(tempfile, "tempdir", str(disk.root))
    disk.fill(pages)
    with pytest.raises(SourceError, match=r"a\.bin: cannot be written to a temporary file") as caught:
        Spool(world.root, oid, "a.bin")
    assert str(disk.root) in caught.value.hint
    assert "room" in caught.value.hint
    disk.insist_on_nothing_written({})
    disk.make_room()
    assert Spool(world.root, oid, "a.bin").read(0, 2) == b"xx"


@pytest.fixture
def uploader(here: Hub, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Uploader:
    """A model whose v1.0.0 is out, and a folder on the small disk."""
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "http")
    return Uploader.of(here, disk.root / "model")


@pytest.mark.parametrize("pages", [0, 1, 2, 3])
def test_a_release_on_a_hub_needs_room_for_its_journal_and_for_what_it_brings_back(
    uploader: Uploader, disk: Disk, pages: int
) -> None:
    """Without the first nothing is published, and without the second the next run goes on there."""
    before = disk.files()
    disk.fill(pages)
    with pytest.raises(SourceError, match="No space left") as caught:
        uploader.push()
    assert str(uploader.folder) in caught.value.problem
    assert "make room" in caught.value.hint
    has_journal = pages >= 2
    assert ("v1.1.0" in uploader.names()) == has_journal
    assert ("the release is made" in caught.value.problem) == has_journal
    after = disk.files()
    brought = {"model/README.md", "model/CHANGELOG.md", "model/.hfsemver/access.json"}
    written = brought & {path for path in after if after[path] != before.get(path)}
    noted = {path for path in after if path.startswith("model/.cache/hfsemver/")}
    disk.insist_on_nothing_written(
        {path: content for path, content in before.items() if path not in written}
        | {path: after[path] for path in written | noted}
    )
    assert len(noted) <= 2
    disk.make_room()
    uploader.push()
    uploader.insist_on_one_release()
    assert uploader.push().plan is None
