"""A release tag that moves, in a push and in a check: the finding that every format shows, told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.releases.repository import Repository
from hfsemver.reports.report import Format, render
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.push.push import run_push
from hfsemver.workflows.push.ref_updates import ZERO, RefUpdate
from hfsemver.workflows.push.ruling import Outcome, Push
from tests.workflows.pushing import BODY, TUNED, Publisher, files

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.core.report import Report
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


def check(publisher: Publisher, tag: str = "v1.1.0") -> Report:
    """Check a tag as it is here."""
    return run_check(CheckRequest(current=f"{publisher.work.root}@{tag}"))


@pytest.mark.parametrize("unjudged", [False, True], ids=["judged", "skipped"])
def test_a_check_knows_a_deleted_release_by_the_record(publisher: Publisher, *, unjudged: bool) -> None:
    """Without the network: the tag on its commit is fine, on another one it moved, and back again it did not."""
    work, skip = publisher.work, {"HFSEMVER_SKIP": "the wrong file"} if unjudged else {}
    publisher.push("origin", ":v1.1.0", code=0, **skip)
    old, before = work.head(), check(publisher)
    new = work.commit({"notes.md": b"x"}, "prose")
    work.tag("v1.1.0", "--force")
    moved = check(publisher)
    work.git("tag", "--force", "-a", "-m", "back", "v1.1.0", old)
    back = check(publisher)

    assert before.verdict.ok
    assert back.verdict.ok
    assert moved.verdict.failing == (MOVED,)
    (finding,) = (one for one in moved.findings if one.rule == MOVED)
    assert (finding.baseline, finding.current) == (old[:12], new[:12])
    assert "its deletion from origin was let out on" in finding.message


def test_a_deletion_that_was_pushed_by_the_address_of_the_remote_counts(publisher: Publisher) -> None:
    """The record names the address then, and the check knows the remote by its name."""
    work = publisher.work
    publisher.push(work.git("config", "remote.origin.url"), ":v1.1.0")
    work.commit({"notes.md": b"x"}, "prose")
    work.tag("v1.1.0", "--force")

    assert MOVED in check(publisher).verdict.failing


@pytest.mark.parametrize("shape", list(Format))
def test_every_format_shows_it(publisher: Publisher, shape: Format) -> None:
    """A finding is what all of them know."""
    publisher.push("origin", ":v1.1.0")
    publisher.work.commit({"notes.md": b"x"}, "prose")
    publisher.work.tag("v1.1.0", "--force")

    assert MOVED in render(check(publisher), shape)


def test_a_number_that_was_tried_out_elsewhere_was_not_released(publisher: Publisher, tmp_path: Path) -> None:
    """A deletion on another remote is none of the one that consumers load from."""
    work = publisher.work
    work.bare(tmp_path / "staging.git", "staging")
    work.commit({"notes.md": b"x"}, "prose")
    work.tag("v1.1.1")
    publisher.push("staging", "main", "v1.1.1")
    publisher.push("staging", ":v1.1.1")
    work.commit({"notes.md": b"y"}, "prose")
    work.tag("v1.1.1", "--force")

    assert check(publisher, "v1.1.1").verdict.ok


def test_a_check_with_a_damaged_record_does_not_judge_the_tag(publisher: Publisher) -> None:
    """The line may be about this number: a skip, and no finding; with no tag on the commit there is nothing to tell."""
    log = publisher.work.root / ".git/hfsemver/retired.log"
    log.parent.mkdir(exist_ok=True)
    log.write_bytes(b"{]\n")
    report = check(publisher)

    assert MOVED in {skip.rule for skip in report.skips}
    assert report.verdict.ok
    assert MOVED not in {skip.rule for skip in run_check(CheckRequest(current=str(publisher.work.root))).skips}
