"""What the doctor sees of the names of releases in a clone: moved, deleted, left behind, and of another history."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from hfsemver.publish.hub.journal import MARK
from hfsemver.workflows.doctor.diagnosis import Health
from hfsemver.workflows.doctor.examine import examine
from hfsemver.workflows.surface import write_into
from tests.gitworld import GitWorld
from tests.workflows.pushing import BODY, HEADLESS, TUNED, Publisher, files

if TYPE_CHECKING:
    from pathlib import Path


def seen(world: GitWorld, name: str, health: Health) -> str:
    """Return what is said of a thing that is in a state, with what to type."""
    found = examine(str(world.root))
    return "\n".join(f"{one.text} | {one.hint}" for one in found if one.name == name and one.health is health)


def follow(world: GitWorld, said: str) -> None:
    """Type what the one line says to type."""
    (line,) = said.splitlines()
    subprocess.run(["bash", "-c", line.partition(" | ")[2]], cwd=world.root, env=world.environment, check=True)


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    """A repository with the releases 1.0.0 and 1.1.0 in card and tags."""
    made = GitWorld.create(tmp_path / "work")
    made.commit(files(BODY, "1.0.0"), "one")
    made.tag("v1.0.0")
    made.commit({"README.md": files(BODY, "1.0.0")["README.md"] + b"It answers.\n"}, "prose")
    made.commit(files(TUNED, "1.1.0"), "two")
    made.tag("v1.1.0")
    return made


def test_names_that_hold_are_in_order(world: GitWorld) -> None:
    """Every release that anything tells of has its tag."""
    found = [one for one in examine(str(world.root)) if one.name in {"history", "tags", "card", "releases", "branches"}]

    assert {one.health for one in found} == {Health.OK}
    assert "each of the 2 that" in seen(world, "releases", Health.OK)


def test_a_tag_on_a_later_release_was_moved(world: GitWorld) -> None:
    """The card there says a higher number; what there is to type puts the tag back to where the card began to say its own."""
    old = world.git("rev-parse", "v1.0.0")
    world.git("tag", "--force", "v1.0.0", "HEAD")

    said = seen(world, "card", Health.BROKEN)
    assert "whose README.md says 1.1.0: the tag was moved" in said
    follow(world, said)
    assert world.git("rev-parse", "v1.0.0^{commit}") == old
    assert not seen(world, "card", Health.BROKEN)


def test_a_candidate_may_be_on_a_commit_whose_card_says_the_release(world: GitWorld) -> None:
    """And a tag that is above its card is worth knowing."""
    world.tag("v1.1.0-rc.1")
    assert not seen(world, "card", Health.BROKEN) + seen(world, "card", Health.NOTE)
    world.commit({"notes.md": b"x"})
    world.tag("v1.2.0")
    world.commit({"notes.md": b"y"})

    assert "another version than the tag: 1.1.0 at v1.2.0" in seen(world, "card", Health.NOTE)


def test_a_commit_that_was_released_knows_its_tag(world: GitWorld) -> None:
    """The mark that a release leaves on a Hub comes along with a pull."""
    commit = world.commit(files(BODY, "1.2.0"), f"Release 1.2.0\n\n{MARK}: v1.2.0 1f1f\n")
    deleted = seen(world, "releases", Health.BROKEN)
    world.commit({"notes.md": b"x"})
    world.tag("v1.2.0")
    moved = seen(world, "tags", Health.BROKEN)

    assert f"{commit[:12]} was released as 1.2.0, and no tag names it" in deleted
    assert f"git tag -a v1.2.0 -m 'Release 1.2.0' {commit}" in deleted
    assert f"{commit[:12]} is the commit that was released as 1.2.0: the tag was moved" in moved
    follow(world, moved)
    assert world.git("rev-parse", "v1.2.0^{commit}") == commit
    assert not seen(world, "tags", Health.BROKEN)


def test_a_mark_that_was_rewritten_accuses_no_tag_whose_own_was_not_read(world: GitWorld) -> None:
    """After a rebase the tag is on the first of two commits with the same mark."""
    message = f"Release 1.2.0\n\n{MARK}: v1.2.0 1f1f\n"
    world.commit(files(BODY, "1.2.0"), message)
    world.tag("v1.2.0")
    world.git("reset", "--quiet", "--hard", "HEAD~1")
    world.commit(files(BODY, "1.2.0", **{"notes.md": "# Notes\n"}), message)

    assert not seen(world, "tags", Health.BROKEN)
    assert "the message of the former was not read" in seen(world, "tags", Health.NOTE)


@pytest.mark.parametrize("source", ["changelog", "title"])
def test_a_release_between_others_whose_tag_is_gone_is_broken(world: GitWorld, source: str) -> None:
    """A changelog and the title of a commit tell of it; the card alone may have been ahead of itself."""
    entries = "# Changelog\n\n## [1.2.0] - 2026-01-02\n\n- Better.\n" if source == "changelog" else "# Changelog\n"
    title = "Release 1.2.0" if source == "title" else "three"
    commit = world.commit(files(BODY, "1.2.0", **{"CHANGELOG.md": entries}), title)
    on_its_way = seen(world, "releases", Health.NOTE)
    world.commit(files(TUNED, "1.3.0"), "four")
    world.tag("v1.3.0")
    world.commit(files(BODY, "1.4.0"), "five")
    world.commit(files(BODY, "1.5.0"), "six")
    world.tag("v1.5.0")

    assert "not tagged yet, or its tag was deleted" in on_its_way
    assert f"hfsemver check @{commit[:12]}, then: git tag -a v1.2.0" in on_its_way
    said = seen(world, "releases", Health.BROKEN)
    assert "1.2.0" in said
    assert commit in said
    assert "git fetch --tags" in said
    assert "1.4.0" not in said
    assert "README.md declares 1.4.0" in seen(world, "releases", Health.NOTE)


def test_numbers_from_before_the_first_tag_are_one_line(world: GitWorld) -> None:
    """Nobody tagged then, which cannot be told from deleted."""
    world.git("tag", "-d", "v1.0.0")
    below = seen(world, "releases", Health.NOTE)
    world.git("tag", "-d", "v1.1.0")

    assert "named, below the first tag: 1.0.0" in below
    assert "named, while no tag is a version: 1.0.0, 1.1.0" in seen(world, "releases", Health.NOTE)


def test_a_tag_that_comes_back_elsewhere_after_its_deletion_was_moved(tmp_path: Path) -> None:
    """By the record of the deletion, without the network; a damaged record is told where it is looked at."""
    publisher = Publisher.released(tmp_path)
    old = publisher.work.git("rev-parse", "v1.0.0^{commit}")
    publisher.push("origin", ":v1.0.0")
    before = seen(publisher.work, "tags", Health.BROKEN)
    publisher.work.commit(files(TUNED))
    publisher.work.tag("v1.0.0", "--force")

    said = seen(publisher.work, "tags", Health.BROKEN)
    assert not before
    assert f"v1.0.0 was out as {old[:12]}, its deletion from origin was let out on" in said
    follow(publisher.work, said)
    assert publisher.work.git("rev-parse", "v1.0.0^{commit}") == old
    assert not seen(publisher.work, "tags", Health.BROKEN)


def test_a_history_that_was_begun_anew_is_broken_until_it_is_joined(world: GitWorld) -> None:
    """Squashed onto a commit without a parent; with a release of its own it is worth knowing."""
    world.git("switch", "--quiet", "--orphan", "fresh")
    world.commit(files(TUNED, "1.1.0"), "all of it")
    said = seen(world, "history", Health.BROKEN)
    world.commit(files(BODY, "1.2.0"), "three")
    world.tag("v1.2.0")
    went_on = seen(world, "history", Health.NOTE)
    world.git("tag", "-d", "v1.2.0")
    follow(world, said)

    assert "it has no commit in common with v1.1.0, v1.0.0" in said
    assert "it goes on with v1.2.0" in went_on
    assert "complete" in seen(world, "history", Health.OK)


def test_branches_that_follow_releases_are_held_against_them(world: GitWorld) -> None:
    """Behind is worth knowing, aside is broken, and both are mended by what there is to type."""
    world.git("branch", "v1", "v1.0.0")
    world.git("branch", "v1.1", "v1.1.0")
    behind = seen(world, "branches", Health.NOTE)
    follow(world, behind)
    world.commit(files(HEADLESS, "1.1.0"), "aside")
    world.git("branch", "--force", "v1.1")
    aside = seen(world, "branches", Health.BROKEN)
    follow(world, aside)

    assert "the branch v1 is behind: on v1.0.0" in behind
    assert "whoever loads v1.1 gets no release of it" in aside
    assert "v1, v1.1: on the newest release of its line" in seen(world, "branches", Health.OK)


def test_a_release_that_holds_other_files_than_it_describes_is_told(world: GitWorld) -> None:
    """The surface was made with it; the weights came later, and the tag with them."""
    write_into(str(world.root))
    world.commit({}, "describe")
    world.tag("v1.1.0", "--force")
    sound = seen(world, "surface", Health.OK)
    world.commit(files(HEADLESS, "1.1.0"), "others")
    world.tag("v1.1.0", "--force")

    assert "v1.1.0 has the files that its surface describes" in sound
    assert "model.safetensors" in seen(world, "surface", Health.NOTE)


def test_cards_that_nobody_can_read_hide_no_name(world: GitWorld) -> None:
    """A card that is no text, one that is a folder, and one that is huge are passed over in the history."""
    world.commit({"README.md": b"---\nversion: [1\n---\n"}, "broken")
    world.commit({"README.md": b"---\nversion: 9.9.9\n---\n" + b"x" * (1 << 20)}, "huge")
    world.commit({"README.md": None}, "gone")
    world.commit({"README.md/card.md": b"x"}, "folder")

    assert "each of the 2 that" in seen(world, "releases", Health.OK)
