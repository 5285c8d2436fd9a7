"""Releases that were deleted from a remote: what is written down, and what their numbers are good for afterwards."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import SourceError
from hfsemver.publish.retired import Retired, record_retired
from hfsemver.releases.repository import Repository
from hfsemver.workflows.doctor.diagnosis import Health
from hfsemver.workflows.doctor.examine import examine
from hfsemver.workflows.records import read_record
from tests.gitworld import GitWorld
from tests.workflows.pushing import BODY, HEADLESS, TUNED, Publisher, files

if TYPE_CHECKING:
    from pathlib import Path

LIGHTWEIGHT: tuple[str, ...] = ()
ANNOTATED = ("-a", "-m", "a release")
KINDS = pytest.mark.parametrize("kind", [LIGHTWEIGHT, ANNOTATED], ids=["lightweight", "annotated"])
MOVED = "a version that moves is no version"


def log(publisher: Publisher) -> Path:
    """Return where deletions are written down."""
    return publisher.work.root / ".git/hfsemver/retired.log"


def published(folder: Path, kind: tuple[str, ...] = LIGHTWEIGHT) -> tuple[Publisher, str]:
    """Publish v1.0.0 and, on a commit of its own, v1.1.0; return the latter."""
    publisher = Publisher.released(folder)
    commit = publisher.work.commit(files(TUNED), "two")
    publisher.work.tag("v1.1.0", *kind)
    publisher.push("origin", "main", "v1.1.0")
    return publisher, commit


def test_the_second_push_of_a_number_is_refused_after_its_deletion_passed(tmp_path: Path) -> None:
    """The refusal names the commit that had the number, the day of the deletion, and two ways on."""
    publisher, commit = published(tmp_path)
    publisher.push("origin", ":v1.1.0")
    publisher.work.commit(files(TUNED) | {"notes.md": b"x"}, "three")
    publisher.work.tag("v1.1.0", "--force")

    said = publisher.refused("origin", "v1.1.0")

    assert re.search(
        rf"from commit {commit[:12]}, and its deletion from origin was let out on \d{{4}}-\d\d-\d\d; {MOVED}", said
    )
    assert f"git push origin {commit[:12]}:refs/tags/v1.1.0" in said
    assert "To release it as 1.1.1:" in said


@KINDS
def test_what_that_refusal_says_to_type_publishes(tmp_path: Path, kind: tuple[str, ...]) -> None:
    """Each of its two ways, one after the other: the old release comes back, and the new commit gets a new number."""
    publisher, _ = published(tmp_path, kind)
    before = publisher.refs()["refs/tags/v1.1.0"]
    publisher.push("origin", ":v1.1.0")
    publisher.work.commit(files(HEADLESS), "three")
    publisher.work.tag("v1.1.0", "--force", *kind)

    said = publisher.refused("origin", "v1.1.0")
    back = said.partition("to put it back where it was: ")[2].splitlines()[0]
    steps = said.partition("To release it as 2.0.0:\n")[2].splitlines()[:3]
    for line in (back, *steps):
        publisher.work.git(*shlex.split(line)[1:])

    assert publisher.refs()["refs/tags/v1.1.0"] == before
    assert "refs/tags/v2.0.0" in publisher.refs()


@KINDS
def test_on_its_own_commit_a_deleted_release_comes_back(tmp_path: Path, kind: tuple[str, ...]) -> None:
    """Whoever pinned it finds what it always was; so does a tag with another message."""
    publisher, _ = published(tmp_path, kind)
    publisher.push("origin", ":v1.1.0")

    publisher.push("origin", "v1.1.0")
    publisher.push("origin", ":v1.1.0")
    publisher.work.tag("v1.1.0", "--force", "-a", "-m", "a better message")
    publisher.push("origin", "v1.1.0")

    assert "refs/tags/v1.1.0" in publisher.refs()


@KINDS
def test_a_deletion_is_written_down_with_all_that_identifies_it(tmp_path: Path, kind: tuple[str, ...]) -> None:
    """One object a line: the tag, what the remote had, its commit, which remote, and when."""
    publisher, commit = published(tmp_path, kind)
    held = publisher.refs()["refs/tags/v1.1.0"]

    publisher.push("origin", ":v1.1.0", ":v1.0.0")

    first, second = map(json.loads, log(publisher).read_text().splitlines())
    assert {first["tag"], second["tag"]} == {"v1.0.0", "v1.1.0"}
    found = first if first["tag"] == "v1.1.0" else second
    assert (found["object"], found["commit"]) == (held, commit)
    assert (found["remote"], found["url"]) == ("origin", str(publisher.remote.root))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", found["time"])


def test_a_dry_run_is_no_deletion(tmp_path: Path) -> None:
    """Git tells no hook of one: what is written down is what was let out, and the tag that is there is what counts."""
    publisher, _ = published(tmp_path)
    publisher.push("--dry-run", "origin", ":v1.1.0")
    publisher.work.commit(files(HEADLESS), "three")
    publisher.work.tag("v1.1.0", "--force")
    doctor = [one.text for one in examine(str(publisher.work.root)) if one.name == "retired"]

    said = publisher.refused("--force", "origin", "v1.1.0")

    assert "refs/tags/v1.1.0" in publisher.refs()
    assert ": its deletion from origin was let out (" in doctor[0]
    assert "v1.1.0 is published already, from another commit" in said
    assert "let out" not in said


def test_a_deletion_that_another_hook_stops_is_no_deletion(tmp_path: Path) -> None:
    """The hook that was there before runs after the record was written; the next push sees that the tag is there."""
    publisher, _ = published(tmp_path)
    publisher.work.git("tag", "-d", "v1.1.0")
    chained = publisher.work.root / ".git/hooks/pre-push.before-hfsemver"
    chained.write_text("#!/bin/sh\nexit 1\n")
    chained.chmod(0o755)
    publisher.refused("origin", ":v1.1.0")
    chained.unlink()
    publisher.work.commit(files(HEADLESS), "three")

    said = publisher.refused("origin", ":v1.1.0", "HEAD:refs/tags/v1.1.1")

    assert "v1.1.0 counts although it is deleted by this very push" in said
    assert "let out" not in said


def test_a_push_that_is_refused_deletes_nothing_and_writes_nothing_down(tmp_path: Path) -> None:
    """The deletion beside a break does not happen; beside an honest push it does, and both go out."""
    publisher, _ = published(tmp_path)
    publisher.work.commit(files(HEADLESS), "three")

    publisher.refused("origin", ":v1.1.0", "main")
    assert not log(publisher).exists()

    publisher.push("origin", ":v1.1.0", "HEAD:refs/heads/dev")
    assert "refs/tags/v1.1.0" not in publisher.refs()
    assert len(log(publisher).read_text().splitlines()) == 1


def test_a_release_that_is_pruned_is_written_down_like_any_other(tmp_path: Path) -> None:
    """``--prune`` deletes what is not here any more, and the number stays taken."""
    publisher, _ = published(tmp_path)
    publisher.work.git("tag", "-d", "v1.1.0")
    publisher.push("--prune", "origin", "refs/tags/*")
    publisher.work.commit(files(TUNED) | {"notes.md": b"x"}, "three")
    publisher.work.tag("v1.1.0")

    assert "refs/tags/v1.1.0" not in publisher.refs()
    assert MOVED in publisher.refused("origin", "v1.1.0")


def test_one_push_does_not_swap_a_release_for_a_smaller_number(tmp_path: Path) -> None:
    """v1.1.0 goes and a break comes as v1.1.1: it is measured against what that very push deletes."""
    publisher, _ = published(tmp_path)
    publisher.work.git("tag", "-d", "v1.1.0", "v1.0.0")
    publisher.work.commit(files(HEADLESS), "three")
    publisher.work.tag("v1.1.1")

    said = publisher.refused("--prune", "origin", "refs/tags/*")

    assert "v1.1.1 declares patch, the changes require major" in said
    assert "v1.1.0 counts although it is deleted by this very push" in said


def test_git_itself_refuses_to_delete_and_to_create_one_tag_in_one_push(tmp_path: Path) -> None:
    """Two updates of one ref are an error before the hook is asked."""
    publisher, _ = published(tmp_path)
    publisher.work.commit(files(HEADLESS), "three")

    assert "receives from more than one src" in publisher.refused("origin", ":v1.1.0", "HEAD:refs/tags/v1.1.0")


def test_one_push_does_not_give_a_number_to_another_commit_by_another_spelling(tmp_path: Path) -> None:
    """v1.1.0 is deleted while 1.1.0 is created: one version, two contents."""
    publisher, _ = published(tmp_path)
    publisher.work.git("tag", "-d", "v1.1.0")
    publisher.work.commit(files(TUNED) | {"notes.md": b"x"}, "three")

    said = publisher.refused("origin", ":v1.1.0", "HEAD:refs/tags/1.1.0")

    assert "v1.1.0 was published before" in said
    assert f"and it is deleted by this very push; {MOVED}" in said


def test_a_deleted_release_is_still_what_the_next_one_is_measured_against(tmp_path: Path) -> None:
    """Deleted here and there, the only release would be forgotten, and any break a first release."""
    publisher = Publisher.released(tmp_path)
    publisher.push("origin", ":v1.0.0")
    publisher.work.git("tag", "-d", "v1.0.0")
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v1.0.1")

    said = publisher.refused("origin", "v1.0.1")

    assert "v1.0.1 declares patch, the changes require major" in said
    assert "v1.0.0 counts although its deletion from origin was let out on" in said
    assert "whoever took it before has it" in said
    assert "no version was declared" not in said


def test_the_next_free_version_steps_over_a_deleted_release(tmp_path: Path) -> None:
    """1.1.0 was on a branch of its own, so the next minor version of main is 1.2.0."""
    publisher = Publisher.released(tmp_path)
    publisher.work.git("checkout", "-q", "-b", "side")
    publisher.work.commit(files(TUNED), "aside")
    publisher.work.tag("v1.1.0")
    publisher.push("origin", "v1.1.0")
    publisher.push("origin", ":v1.1.0")
    publisher.work.git("tag", "-d", "v1.1.0")
    publisher.work.git("checkout", "-q", "main")
    publisher.work.commit(files(TUNED) | {"notes.md": b"x"}, "two")

    assert "git push origin main v1.2.0" in publisher.refused("origin", "main")


def test_a_card_does_not_take_the_number_of_a_deleted_release(tmp_path: Path) -> None:
    """Without any tag of that name left, main may not claim 1.1.0 for other weights."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.git("checkout", "-q", "-b", "side")
    publisher.work.commit(files(TUNED, "1.1.0"), "aside")
    publisher.push("origin", "HEAD:refs/tags/v1.1.0")
    publisher.push("origin", ":v1.1.0")
    publisher.work.git("checkout", "-q", "main")
    publisher.work.commit(files(TUNED, "1.1.0") | {"notes.md": b"x"}, "two")

    assert "1.1.0 is already released from another commit" in publisher.refused("origin", "main")


def test_a_remote_is_known_by_its_name_and_by_its_url(tmp_path: Path) -> None:
    """Deleted from ``origin``, pushed to the URL of it; another remote has never had the release."""
    publisher, _ = published(tmp_path)
    publisher.push("origin", ":v1.1.0")
    publisher.work.commit(files(TUNED) | {"notes.md": b"x"}, "three")
    publisher.work.tag("v1.1.0", "--force")
    backup = publisher.work.bare(tmp_path / "backup.git", "backup")

    assert MOVED in publisher.refused(str(publisher.remote.root), "v1.1.0")
    publisher.push("backup", "main", "v1.1.0")

    assert "v1.1.0" in backup.git("tag")


def test_a_deletion_that_went_out_unjudged_is_known_as_well(tmp_path: Path) -> None:
    """The record of skips tells of it, so that a skip opens the door for one push only."""
    publisher, _ = published(tmp_path)
    publisher.push("origin", ":v1.1.0", HFSEMVER_SKIP="the wrong file")
    publisher.work.commit(files(TUNED) | {"notes.md": b"x"}, "three")
    publisher.work.tag("v1.1.0", "--force")

    assert MOVED in publisher.refused("origin", "v1.1.0")


def test_a_release_that_this_clone_never_had_is_taken_too(tmp_path: Path) -> None:
    """Somebody else published it; deleted from here, its number belongs to a commit that is not here."""
    publisher = Publisher.released(tmp_path)
    other = GitWorld(tmp_path / "other", publisher.work.environment)
    publisher.work.git("clone", "-q", "--no-checkout", str(publisher.remote.root), str(other.root))
    other.git("commit", "-q", "--allow-empty", "-m", "elsewhere")
    other.tag("v1.0.1", *ANNOTATED)
    other.git("push", "-q", "origin", "v1.0.1")
    publisher.push("origin", ":v1.0.1")
    publisher.work.commit({"notes.md": b"x"}, "two")
    publisher.work.tag("v1.0.1")

    said = publisher.refused("origin", "v1.0.1")

    assert MOVED in said
    assert "to put it back" not in said
    assert "git push origin v1.0.2" in said


def test_a_linked_worktree_shares_the_record(tmp_path: Path) -> None:
    """It lies in the common git directory."""
    publisher, _ = published(tmp_path)
    linked = Publisher(publisher.work.worktree(tmp_path / "linked"), publisher.remote)
    linked.push("origin", ":v1.1.0")
    publisher.work.commit(files(TUNED) | {"notes.md": b"x"}, "three")
    publisher.work.tag("v1.1.0", "--force")

    assert MOVED in publisher.refused("origin", "v1.1.0")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("fault", ["link", "pipe", "folder", "file"])
def test_what_cannot_be_written_down_is_not_deleted(tmp_path: Path, fault: str) -> None:
    """A record that leads elsewhere, that nobody reads, or that has no place: the release stays, and the hook says why."""
    publisher, _ = published(tmp_path)
    path = log(publisher)
    if fault == "file":
        path.parent.write_bytes(b"")
    else:
        path.parent.mkdir()
    if fault == "link":
        path.symlink_to("/dev/null")
    elif fault == "pipe":
        os.mkfifo(path)
    elif fault == "folder":
        path.mkdir()

    said = publisher.refused("origin", ":v1.1.0")

    assert "v1.1.0: REFUSED: " in said
    assert "retired.log: the deletion could not be recorded: " in said
    assert "make that file writable and push again" in said


@pytest.mark.parametrize(
    "line",
    [b"\xff{]", b"[1]", b"{}", b'"text"', b"[" * 50_000, b'{"tag": "v1.0.0", "object": "", "commit": 5}'],
    ids=["bytes", "list", "empty", "text", "deep", "fields"],
)
def test_a_damaged_line_is_not_taken_for_no_line(tmp_path: Path, line: bytes) -> None:
    """It may be the number that is pushed, so no version goes out until it is mended; the others still count."""
    publisher, _ = published(tmp_path)
    publisher.push("origin", ":v1.1.0")
    whole = log(publisher).read_bytes()
    log(publisher).write_bytes(line + b"\n" + whole)
    publisher.work.commit(files(TUNED) | {"notes.md": b"x", "config.json": b'{"model_type": "llama", "a": 1}'}, "three")
    publisher.work.tag("v1.2.0")

    said = publisher.refused("origin", "v1.2.0")
    noted = publisher.push("origin", "HEAD:refs/heads/dev")
    told = {one.health: one.text for one in examine(str(publisher.work.root)) if one.name == "retired"}
    log(publisher).write_bytes(whole)
    publisher.push("origin", "v1.2.0")

    assert "could not be judged" in said
    assert "retired.log: line 1: not a record" in said
    assert "retired.log: line 1: not a record" in noted
    assert "line 1" in told[Health.BROKEN]
    assert "v1.1.0" in told[Health.NOTE]


def test_a_record_of_any_size_is_not_read(tmp_path: Path) -> None:
    """More than 16 MiB of it are a fault that is told, and no memory."""
    publisher, _ = published(tmp_path)
    log(publisher).parent.mkdir()
    with log(publisher).open("wb") as stream:
        stream.truncate((16 << 20) + 1)
    publisher.work.commit(files(HEADLESS), "three")
    publisher.work.tag("v2.0.0")

    assert "retired.log: more than the 16777216 bytes" in publisher.refused("origin", "v2.0.0")


def test_a_disk_that_is_full_is_a_fault_of_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a line is no record."""
    world = GitWorld.create(tmp_path / "work")
    one = Retired(tag="v1.0.0", object="1" * 40, commit=None, remote="origin", url="", time="2026-01-01T00:00:00+00:00")
    monkeypatch.setattr(os, "write", lambda _, data: len(data) - 1)

    with pytest.raises(SourceError, match="No space left on device"):
        record_retired(Repository.discover(world.root), [one])


def test_doctor_shows_the_last_deletions(tmp_path: Path) -> None:
    """Five of them in full, the rest by number."""
    world = GitWorld.create(tmp_path / "work")
    repository = Repository.discover(world.root)
    entries = [
        Retired(
            tag=f"v1.0.{n}", object=f"{n}" * 40, commit=None, remote="origin", url="", time=f"2026-01-0{n}T00:00:00Z"
        )
        for n in range(1, 8)
    ]
    record_retired(repository, entries)

    told = [one.text for one in examine(str(world.root)) if one.name == "retired"]

    assert read_record(repository).retired == tuple(entries)
    assert len(told) == 6
    assert "v1.0.7 (777777777777): its deletion from origin was let out (2026-01-07T00:00:00Z)" in told[4]
    assert "2 older ones stand in" in told[5]


def test_a_token_is_not_written_down(tmp_path: Path) -> None:
    """A URL that holds one is recorded without it."""
    publisher, _ = published(tmp_path)
    line = f"(delete) {'0' * 40} refs/tags/v1.1.0 {publisher.refs()['refs/tags/v1.1.0']}\n"
    url = "https://user:hf_secret@example.org/a/b"
    hook = publisher.work.root / ".git/hooks/pre-push"
    command = [str(hook), url, url]
    # git-lfs would go to that host after the record was written.
    environment = {**publisher.work.environment, "GIT_ALLOW_PROTOCOL": "none", "GIT_LFS_SKIP_PUSH": "1"}
    subprocess.run(
        command, cwd=publisher.work.root, env=environment, input=line.encode(), capture_output=True, check=True
    )

    assert "https://example.org/a/b" in log(publisher).read_text()
    assert "hf_secret" not in log(publisher).read_text()


def test_weights_of_a_deleted_release_may_be_released_anew_under_a_larger_number(tmp_path: Path) -> None:
    """An honest way on: the break that was deleted goes out as the next major version."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v2.0.0")
    publisher.push("origin", "main", "v2.0.0")
    publisher.push("origin", ":v2.0.0")
    publisher.work.commit(files(BODY), "back")
    publisher.work.tag("v3.0.0")

    publisher.push("origin", "main", "v3.0.0")

    assert set(publisher.refs()) == {"refs/heads/main", "refs/tags/v1.0.0", "refs/tags/v3.0.0"}
