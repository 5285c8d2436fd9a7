"""A release tag that moves in a push, as the finding that every format shows, told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.releases.repository import Repository
from hfsemver.workflows.push.push import run_push
from hfsemver.workflows.push.ref_updates import ZERO, RefUpdate
from hfsemver.workflows.push.ruling import Outcome, Push
from tests.workflows.pushing import BODY, TUNED, Publisher, files

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.workflows.push.ruling import Ruling

MOVED = "release-tag-moved"


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    """Publish v1.0.0, and v1.1.0 on the commit after it."""
    made = Publisher.released(tmp_path)
    made.work.commit(files(TUNED), "two")
    made.work.tag("v1.1.0", "-a", "-m", "v1.1.0")
    made.push("origin", "main", "v1.1.0")
    return made


def rulings(publisher: Publisher, *refs: str) -> tuple[Ruling, ...]:
    """Judge a forced push of refs as they are here, without pushing."""
    remote = publisher.refs()
    work = publisher.work
    updates = tuple(
        RefUpdate(local_ref=ref, local=work.git("rev-parse", ref), remote_ref=ref, remote=remote.get(ref, ZERO))
        for ref in refs
    )
    push = Push(repository=Repository.discover(work.root), remote="origin", updates=updates)
    return run_push(push).rulings


def failing(ruling: Ruling) -> tuple[str, ...]:
    """Return the rules that stand against a ref."""
    assert ruling.report is not None
    return ruling.report.verdict.failing


@pytest.mark.parametrize("kind", [(), ("-a", "-m", "again")], ids=["lightweight", "annotated"])
def test_a_tag_on_another_commit_is_the_finding_alone(publisher: Publisher, kind: tuple[str, ...]) -> None:
    """The number is not said to be taken as well, and the two commits are named."""
    old = publisher.work.head()
    new = publisher.work.commit({"notes.md": b"x"}, "prose")
    publisher.work.tag("v1.1.0", "--force", *kind)

    (ruling,) = rulings(publisher, "refs/tags/v1.1.0")

    assert ruling.outcome is Outcome.REFUSED
    assert failing(ruling) == (MOVED,)
    assert ruling.report is not None
    (finding,) = (one for one in ruling.report.findings if one.rule == MOVED)
    assert (finding.baseline, finding.current) == (old[:12], new[:12])


def test_a_branch_beside_a_tag_that_moves_tells_the_same(publisher: Publisher) -> None:
    """Both refs are declared by that tag: one story, which the terminal shows once."""
    publisher.work.commit({"notes.md": b"x"}, "prose")
    publisher.work.tag("v1.1.0", "--force")

    branch, tag = rulings(publisher, "refs/heads/main", "refs/tags/v1.1.0")
    said = publisher.refused("--force", "origin", "main", "v1.1.0")

    assert failing(branch) == failing(tag) == (MOVED,)
    assert said.count(f"deny[{MOVED}]") == 1
    assert "To release it as 1.1.1:" in said


def test_what_the_refusal_says_to_type_mends_it(publisher: Publisher) -> None:
    """The tag goes back to where it was, and what is new gets a number of its own."""
    before = publisher.refs()["refs/tags/v1.1.0"]
    publisher.work.commit(files(BODY), "three")
    publisher.work.tag("v1.1.0", "--force")

    publisher.follow(publisher.refused("--force", "origin", "main", "v1.1.0"))

    assert publisher.refs()["refs/tags/v1.1.0"] == before
    assert not any(MOVED in failing(one) for one in rulings(publisher, "refs/heads/main") if one.report is not None)


def test_another_message_moves_nothing(publisher: Publisher) -> None:
    """The tag object is new, its commit is not."""
    publisher.work.git("tag", "--force", "-a", "-m", "better", "v1.1.0", "v1.1.0^{commit}")

    (ruling,) = rulings(publisher, "refs/tags/v1.1.0")

    assert (ruling.outcome, ruling.report) == (Outcome.PASSED, None)


def test_a_tag_that_was_deleted_and_comes_back_has_moved_only_on_another_commit(publisher: Publisher) -> None:
    """The deletion passes; then the same commit passes, and another one is the finding, with the day of the deletion."""
    publisher.push("origin", ":v1.1.0")
    (back,) = rulings(publisher, "refs/tags/v1.1.0")
    publisher.work.commit({"notes.md": b"x"}, "prose")
    publisher.work.tag("v1.1.0", "--force")
    (moved,) = rulings(publisher, "refs/tags/v1.1.0")

    assert back.outcome is Outcome.PASSED
    assert failing(moved) == (MOVED,)
    assert moved.report is not None
    assert any("its deletion from origin was let out on" in one.message for one in moved.report.findings)


def test_a_tag_whose_old_object_is_not_here_is_refused_and_not_said_to_have_moved(publisher: Publisher) -> None:
    """It may be the same commit under another message: a skip beside the refusal."""
    work = publisher.work
    unknown = "1f" * 20
    update = RefUpdate(
        local_ref="refs/tags/v1.1.0",
        local=work.git("rev-parse", "v1.1.0"),
        remote_ref="refs/tags/v1.1.0",
        remote=unknown,
    )
    push = Push(repository=Repository.discover(work.root), remote="origin", updates=(update,))

    (ruling,) = run_push(push).rulings

    assert ruling.outcome is Outcome.REFUSED
    assert ruling.report is not None
    assert MOVED in {skip.rule for skip in ruling.report.skips}
    assert not ruling.report.verdict.failing


def test_a_first_release_has_not_moved(tmp_path: Path) -> None:
    """Nothing is out."""
    publisher = Publisher.create(tmp_path)
    publisher.work.commit(files(BODY), "one")
    publisher.work.tag("v1.0.0")

    (ruling,) = rulings(publisher, "refs/tags/v1.0.0")

    assert ruling.outcome is Outcome.PASSED


def test_a_tag_that_is_no_version_may_move(publisher: Publisher) -> None:
    """``latest`` is meant to."""
    publisher.work.tag("latest")
    publisher.push("origin", "latest")
    publisher.work.commit({"notes.md": b"x"}, "prose")
    publisher.work.tag("latest", "--force")

    assert "no version" in publisher.push("--force", "origin", "latest")
