"""A number that a protected branch holds without a tag belongs to the weights that it came with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.workflows.pushing import BODY, TUNED, Publisher, files

if TYPE_CHECKING:
    from pathlib import Path

OTHER = {"body": "F32[8,4]", "head": "F32[8,4] seed=2 scale=1e-3"}


def held(folder: Path) -> Publisher:
    """Publish v1.0.0, and main with other weights under 1.1.0, which is tagged nowhere."""
    publisher = Publisher.released(folder, "1.0.0")
    publisher.work.commit(files(TUNED, "1.1.0"), "two")
    publisher.push("origin", "main")
    return publisher


def test_a_number_that_the_protected_branch_holds_is_taken_by_its_weights(tmp_path: Path) -> None:
    """Main says 1.1.0 without a tag; other weights under 1.1.0 would be a second content for whoever loads main."""
    publisher = held(tmp_path)
    publisher.work.commit(files(OTHER, "1.1.0"), "three")

    said = publisher.refused("origin", "main")
    assert "weights changed, and the version is still 1.1.0: main of the remote holds others under that number" in said
    assert "1.1.0 declares no new version, the changes require minor: release 1.2.0" in said
    publisher.push("origin", "HEAD:refs/heads/dev")
    publisher.follow(said)

    assert "refs/tags/v1.2.0" in publisher.refs()


def test_a_break_under_a_number_that_the_protected_branch_holds_is_refused(tmp_path: Path) -> None:
    """The context that 1.1.0 extended shrinks again: as long as in v1.0.0, and a break for whoever has 1.1.0."""
    short, long = ({"config.json": b'{"max_position_embeddings": %d}' % size} for size in (1024, 2048))
    publisher = Publisher.create(tmp_path)
    publisher.work.commit(files(BODY, "1.0.0") | short, "one")
    publisher.work.tag("v1.0.0")
    publisher.push("origin", "main", "v1.0.0")
    publisher.work.commit(files(BODY, "1.1.0") | long, "two")
    publisher.push("origin", "main")
    publisher.work.commit(files(TUNED, "1.1.0") | short, "three")

    assert "1.1.0 declares no new version, the changes require major" in publisher.refused("origin", "main")


def test_history_that_is_rewritten_does_not_free_the_number(tmp_path: Path) -> None:
    """The branch may be forced; what it held has been loaded all the same."""
    publisher = held(tmp_path)
    publisher.work.git("reset", "-q", "--hard", "v1.0.0")
    publisher.work.commit(files(OTHER, "1.1.0"), "instead")

    assert "the version is still 1.1.0" in publisher.refused("--force", "origin", "main")


def test_what_changes_no_weights_keeps_the_number_that_the_branch_holds(tmp_path: Path) -> None:
    """Prose, a card, a configuration: 1.1.0 is not tagged yet, and v1.0.0 is what its step is counted from."""
    publisher = held(tmp_path)
    publisher.work.commit({"notes.md": b"x"}, "prose")
    publisher.push("origin", "main")
    card = files(TUNED, "1.1.0")["README.md"] + b"More of it.\n"
    publisher.work.commit({"README.md": card}, "card")
    publisher.push("origin", "main")
    publisher.work.commit({"config.json": b'{"model_type": "llama", "max_position_embeddings": 2048}'}, "longer")

    said = publisher.push("origin", "main")

    assert "1.1.0 declares minor, the changes require minor: large enough" in said


def test_the_tag_settles_what_the_number_of_a_card_means(tmp_path: Path) -> None:
    """Nothing was released as 1.1.0 before v1.1.0 itself, so main and the tag go out together."""
    publisher = held(tmp_path)
    publisher.work.commit(files(OTHER, "1.1.0"), "three")
    publisher.work.tag("v1.1.0")

    publisher.push("origin", "main", "v1.1.0")

    assert "refs/tags/v1.1.0" in publisher.refs()
