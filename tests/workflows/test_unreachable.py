"""A release that the history does not hold any more: what a push and a check are certain of, and what is no loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.releases.repository import Repository
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.push.push import run_push
from hfsemver.workflows.push.ref_updates import ZERO, RefUpdate
from hfsemver.workflows.push.ruling import Outcome, Push
from tests.gitworld import GitWorld
from tests.workflows.pushing import BODY, HEADLESS, TUNED, Publisher, files

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.core.report import Report
    from hfsemver.workflows.push.ruling import Ruling

LOST = "baseline-unreachable"


def judge(work: GitWorld, remote: dict[str, str], *refspecs: str, name: str = "origin") -> tuple[Ruling, ...]:
    """Judge a push of ``LOCAL:REMOTE`` refs to a remote that has what is given, without pushing."""
    updates = []
    for spec in refspecs:
        local, _, ref = spec.partition(":")
        commit = work.git("rev-parse", local) if local else ZERO
        updates.append(RefUpdate(local_ref=local, local=commit, remote_ref=ref, remote=remote.get(ref, ZERO)))
    push = Push(repository=Repository.discover(work.root), remote=name, updates=tuple(updates))
    return run_push(push).rulings


def is_lost(report: Report | None) -> bool:
    """Whether the finding is there."""
    return report is not None and LOST in {one.rule for one in report.findings}


def is_skipped(report: Report | None) -> bool:
    """Whether it could not be told."""
    return report is not None and LOST in {one.rule for one in report.skips}


def check(work: GitWorld, current: str = "", baseline: str | None = None) -> Report:
    asked = None if baseline is None else f"{work.root}{baseline}"
    return run_check(CheckRequest(current=f"{work.root}{current}", baseline=asked))


def squash(work: GitWorld, side: dict[str, str] = TUNED, version: str | None = None) -> None:
    """Begin the branch anew from one commit, as a super squash does."""
    work.git("checkout", "-q", "--orphan", "anew")
    work.commit(
        files(side, version) | {".gitattributes": b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n"}, "all"
    )
    work.git("branch", "-M", "anew", "main")


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    """Publish v1.0.0, and v1.1.0 on the commit after it."""
    made = Publisher.released(tmp_path)
    made.work.commit(files(TUNED), "two")
    made.work.tag("v1.1.0")
    made.push("origin", "main", "v1.1.0")
    return made


def test_a_forced_push_after_a_squash_is_refused_although_no_file_changed(publisher: Publisher) -> None:
    """The same files in one commit: nothing else stands against it, and it is told once, not beside a note."""
    squash(publisher.work)

    said = publisher.refused("--force", "origin", "main")

    assert said.count(f"deny[{LOST}]") == 1
    assert "main loses v1.1.0 (" in said
    assert "leaves the history of main" not in said
    assert "outside of this history" not in said


@pytest.mark.parametrize("anew", [True, False], ids=["begun anew", "set back"])
def test_what_the_fix_says_takes_the_release_back_in(publisher: Publisher, *, anew: bool) -> None:
    """A merge that keeps the files as they are; the remote takes it without force where nothing was cut off."""
    work = publisher.work
    if anew:
        squash(work)
    else:
        work.git("reset", "-q", "--hard", "v1.0.0")
    publisher.refused("--force", "origin", "main")
    more = ["--allow-unrelated-histories"] if anew else []
    before = work.git("rev-parse", "HEAD^{tree}")

    work.git("merge", "-q", "--strategy=ours", *more, "-m", "keep the releases", "v1.1.0")

    assert work.git("rev-parse", "HEAD^{tree}") == before
    assert not any(is_lost(one.report) for one in judge(work, publisher.refs(), "main:refs/heads/main"))


def test_a_branch_that_is_set_back_loses_the_newest_release(publisher: Publisher) -> None:
    """Rolling back by a reset: v1.0.0 is still there, and v1.1.0 is what the finding names."""
    publisher.work.git("reset", "-q", "--hard", "v1.0.0")
    (ruling,) = judge(publisher.work, publisher.refs(), "main:refs/heads/main")

    assert ruling.outcome is Outcome.REFUSED
    assert ruling.report is not None
    assert ["v1.1.0"] == [one.baseline.split()[0] for one in ruling.report.findings if one.rule == LOST]


def test_commits_without_a_release_may_be_rewritten(publisher: Publisher) -> None:
    """Amending what is not tagged yet loses no release; the note about it stays."""
    work = publisher.work
    work.commit({"notes.md": b"x"}, "three")
    publisher.push("origin", "main")
    work.git("reset", "-q", "--hard", "HEAD~1")
    work.commit({"notes.md": b"y"}, "three again")

    assert "leaves the history of main" in publisher.push("--force", "origin", "main")


@pytest.mark.parametrize("where", ["release/1.x", "beside"])
def test_a_release_that_another_branch_holds_is_not_lost(publisher: Publisher, where: str) -> None:
    """One that was pushed before, or one that comes with this very push."""
    work = publisher.work
    specs = ["main:refs/heads/main"]
    if where == "beside":
        specs.append("v1.1.0:refs/heads/release/1.x")
    else:
        publisher.push("origin", f"v1.1.0^{{commit}}:refs/heads/{where}")
    work.git("reset", "-q", "--hard", "v1.0.0")

    assert not any(is_lost(one.report) for one in judge(work, publisher.refs(), *specs))


def test_a_branch_that_is_deleted_in_the_same_push_holds_nothing(publisher: Publisher) -> None:
    """The last branch but one goes, and the other is set back."""
    publisher.push("origin", "v1.1.0^{commit}:refs/heads/release/1.x")
    publisher.work.git("reset", "-q", "--hard", "v1.0.0")
    specs = ("main:refs/heads/main", ":refs/heads/release/1.x")

    assert is_lost(judge(publisher.work, publisher.refs(), *specs)[0].report)


def test_a_release_whose_deletion_was_let_out_may_be_left_behind(publisher: Publisher) -> None:
    """The publisher took it back, and was told then what that costs."""
    publisher.push("origin", ":v1.1.0")
    publisher.work.git("reset", "-q", "--hard", "v1.0.0")

    assert not is_lost(judge(publisher.work, publisher.refs(), "main:refs/heads/main")[0].report)


def test_tags_that_were_rewritten_with_the_history_moved_and_are_not_lost_as_well(publisher: Publisher) -> None:
    """One edit, told by the tags: the branch holds the releases that are here."""
    work = publisher.work
    squash(work, BODY)
    work.tag("v1.0.0", "--force")
    work.commit(files(TUNED), "two")
    work.tag("v1.1.0", "--force")
    branch, tag = judge(work, publisher.refs(), "main:refs/heads/main", "refs/tags/v1.1.0:refs/tags/v1.1.0")

    assert tag.report is not None
    assert "release-tag-moved" in tag.report.verdict.failing
    assert not is_lost(branch.report)


def test_a_draft_that_loses_a_release_is_told_and_goes_out(publisher: Publisher) -> None:
    """On a branch that nobody pins only a version that is new and wrong is refused."""
    work = publisher.work
    work.git("checkout", "-q", "-b", "dev")
    work.commit(files(HEADLESS), "a break")
    work.tag("v2.0.0")
    publisher.push("origin", "dev", "v2.0.0")
    work.git("reset", "-q", "--hard", "v1.1.0")
    work.commit({"notes.md": b"x"}, "prose")
    (ruling,) = judge(work, publisher.refs(), "dev:refs/heads/dev")

    assert (ruling.outcome, is_lost(ruling.report)) == (Outcome.PASSED, True)


def test_a_draft_without_a_common_history_is_other_work(publisher: Publisher) -> None:
    """A branch for another format of the same model, as many repositories have them."""
    work = publisher.work
    work.git("checkout", "-q", "--orphan", "gguf")
    work.commit(files(HEADLESS), "another format")

    assert not is_lost(judge(work, publisher.refs(), "gguf:refs/heads/gguf")[0].report)
    assert not is_lost(check(work))


@pytest.mark.parametrize("name", ["1.0.0", "v1.0.0-gguf", "v0.9.0"])
def test_a_tag_of_another_line_without_a_common_history_says_no_such_thing(publisher: Publisher, name: str) -> None:
    """Nothing stable lies below it, or it is no stable release itself."""
    work = publisher.work
    work.git("checkout", "-q", "--orphan", "gguf")
    commit = work.commit(files(HEADLESS), "another format")
    work.tag(name)

    assert not is_lost(judge(work, publisher.refs(), f"refs/tags/{name}:refs/tags/{name}")[0].report)
    assert not is_lost(check(work, f"@{commit}"))


def test_a_stale_clone_does_not_tell(publisher: Publisher) -> None:
    """What the remote has is not here, so nothing is known to be lost; that it is stale is said."""
    publisher.work.git("reset", "-q", "--hard", "v1.0.0")
    (ruling,) = judge(publisher.work, {"refs/heads/main": "1f" * 20}, "main:refs/heads/main")

    assert not is_lost(ruling.report)
    assert "fetch before you push" in " ".join(ruling.notes)
    # What was last seen of the branch holds a release that would go: not known, and not passed over either.
    assert is_skipped(ruling.report)


def test_where_the_rule_is_left_out_the_note_stays(publisher: Publisher) -> None:
    """Nobody tells the loss then, and that the branch is forced is still said."""
    publisher.work.commit({".hfsemver.yaml": b"rules:\n  baseline-unreachable: allow\n"}, "policy")
    publisher.work.tag("v1.1.1")
    publisher.push("origin", "main", "v1.1.1", HFSEMVER_SKIP="a policy for a test")
    publisher.work.commit({"notes.md": b"x"}, "prose")
    publisher.work.tag("v1.1.2")
    publisher.push("origin", "main", "v1.1.2")
    publisher.work.git("commit", "-q", "--amend", "-m", "prose, again")
    (ruling,) = judge(publisher.work, publisher.refs(), "main:refs/heads/main")

    assert not is_lost(ruling.report)
    assert "leaves the history of main" in " ".join(ruling.notes)


def test_a_remote_of_which_no_branch_was_seen_is_a_skip(publisher: Publisher) -> None:
    """Pushed to by a path that this clone knows no remote for: another branch there may hold the release."""
    publisher.work.git("reset", "-q", "--hard", "v1.0.0")
    (ruling,) = judge(publisher.work, publisher.refs(), "main:refs/heads/main", name="elsewhere")

    assert (is_lost(ruling.report), is_skipped(ruling.report)) == (False, True)


def test_a_shallow_clone_is_a_skip(publisher: Publisher, tmp_path: Path) -> None:
    """What was cut off may hold the release."""
    shallow = GitWorld(tmp_path / "shallow", publisher.work.environment)
    publisher.work.git("clone", "-q", "--depth=2", f"file://{publisher.remote.root}", str(shallow.root))
    shallow.git("reset", "-q", "--hard", "HEAD~1")
    (ruling,) = judge(shallow, publisher.refs(), "main:refs/heads/main")

    assert (is_lost(ruling.report), is_skipped(ruling.report)) == (False, True)


def test_a_check_of_a_squashed_history_finds_the_release_that_it_left(publisher: Publisher, tmp_path: Path) -> None:
    """In a fresh clone of the remote, where the tags are all that is left of the old history."""
    squash(publisher.work)
    publisher.push("--no-verify", "--force", "origin", "main")
    clone = GitWorld(tmp_path / "clone", publisher.work.environment)
    publisher.work.git("clone", "-q", str(publisher.remote.root), str(clone.root))
    report = check(clone)

    assert is_lost(report)
    assert not report.verdict.ok


def test_a_check_of_the_tag_on_a_squashed_history_finds_it_too(publisher: Publisher) -> None:
    """With the baseline that its note names as well; with any other the question is another one."""
    squash(publisher.work)
    publisher.work.tag("v1.2.0")
    anew = check(publisher.work, "@v1.2.0")

    assert is_lost(anew)
    assert any("--baseline @v1.1.0" in note for note in anew.notes)
    assert is_lost(check(publisher.work, "@v1.2.0", "@v1.1.0"))
    assert not is_lost(check(publisher.work, "@v1.2.0", "@v1.0.0"))


def test_it_is_told_until_the_first_release_of_the_new_history(publisher: Publisher) -> None:
    """From then on there is a release in the history."""
    squash(publisher.work)
    publisher.work.tag("v1.2.0")
    publisher.work.commit(files(TUNED) | {"notes.md": b"x"}, "more")
    publisher.work.tag("v1.2.1")

    assert not is_lost(check(publisher.work))
    assert not is_lost(check(publisher.work, "@v1.2.1"))


def test_a_card_that_keeps_the_number_of_the_release_is_no_excuse(tmp_path: Path) -> None:
    """The history of main was begun anew under the version that is out."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    squash(publisher.work, BODY, "1.0.0")

    assert is_lost(check(publisher.work))


def test_a_line_that_is_maintained_beside_another_is_no_loss(tmp_path: Path) -> None:
    """1.0.1 on its branch while 2.0.0 is on main, and 2.0.1 on main while 1.0.1 is on the other."""
    world = GitWorld.create(tmp_path / "repo")
    world.commit(files(BODY), "one")
    world.tag("v1.0.0")
    world.git("branch", "1.x")
    world.commit(files(HEADLESS), "two")
    world.tag("v2.0.0")
    world.git("checkout", "-q", "1.x")
    world.commit(files(TUNED), "a fix")
    world.tag("v1.0.1")
    world.git("checkout", "-q", "main")
    world.commit(files(HEADLESS) | {"notes.md": b"x"}, "more")
    world.tag("v2.0.1")

    assert not any(is_lost(check(world, at)) for at in ("@v1.0.1", "@v2.0.1", "@v2.0.0", ""))


def test_releases_that_are_tagged_beside_their_branch_are_no_loss(tmp_path: Path) -> None:
    """A commit of its own for each release, made from main and never merged back: no release is in any history."""
    world = GitWorld.create(tmp_path / "repo")
    for number in ("1.0.0", "1.1.0"):
        world.git("checkout", "-q", "-B", "main", *(["main"] if number != "1.0.0" else []))
        world.commit(files(BODY) | {"notes.md": number.encode()}, "work")
        world.git("checkout", "-q", "--detach")
        world.commit(files(BODY, number), "release")
        world.tag(f"v{number}")
    world.git("checkout", "-q", "main")

    assert not is_lost(check(world, "@v1.1.0"))
    assert not is_lost(check(world))


def test_a_first_release_and_an_old_commit_named_late_lose_nothing(tmp_path: Path) -> None:
    """There is none before it; and what was released came after it."""
    world = GitWorld.create(tmp_path / "repo")
    first = world.commit(files(BODY), "one")
    world.tag("v1.0.0")
    alone = check(world, "@v1.0.0")
    world.commit(files(TUNED), "two")
    world.tag("v1.1.0")
    world.git("tag", "v1.5.0", first)

    assert not is_lost(alone)
    assert not is_lost(check(world, "@v1.5.0"))


def test_a_shallow_clone_is_a_skip_in_a_check(publisher: Publisher, tmp_path: Path) -> None:
    """The tags are here, and what connects them is not."""
    work = publisher.work
    work.commit({"notes.md": b"x"}, "three")
    work.tag("v1.1.1")
    publisher.push("origin", "main", "v1.1.1")
    shallow = GitWorld(tmp_path / "shallow", work.environment)
    work.git("clone", "-q", "--depth=1", f"file://{publisher.remote.root}", str(shallow.root))
    shallow.git("fetch", "-q", "--depth=1", "origin", "tag", "v1.1.0")
    report = check(shallow, "@v1.1.1", "@v1.1.0")

    assert (is_lost(report), is_skipped(report)) == (False, True)
