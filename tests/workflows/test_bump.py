"""``bump`` over real repositories: which version, which files, which names; what stops it, and that it stops whole."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.core.errors import FormatError, SourceError, UsageError
from hfsemver.reports.report import Format
from hfsemver.workflows.bump.prepare import prepare
from hfsemver.workflows.bump.request import BumpRequest
from hfsemver.workflows.bump.run import run_bump
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.surface import look_at
from tests.gitworld import GitWorld
from tests.workflows.pushing import BODY, HEADLESS, TUNED, Publisher, files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.hub import Hub


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    """A repository whose v1.0.0 was made by a bump and pushed, with the hook in it."""
    made = Publisher.create(tmp_path)
    made.work.commit(files(BODY), "one")
    bump(made.work, pushes=True)
    return made


def bump(
    world: GitWorld, *, shows: str | None = None, pushes: bool = False, remote: str | None = None, **options: Any
) -> str:
    """Bump, insist that nothing stands against it, and return what was said."""
    ok, said = run_bump(BumpRequest(repository=str(world.root), **options), shows, remote, Format.HUMAN, pushes=pushes)
    assert ok, said
    return said


def version(world: GitWorld, **options: Any) -> str:
    return bump(world, shows="version", **options).strip()


def state(world: GitWorld) -> tuple[str, str, str]:
    """Return everything that a bump could change."""
    return (
        world.git("for-each-ref"),
        world.git("status", "--porcelain", "--ignored"),
        world.git("ls-files", "--stage"),
    )


def names(world: GitWorld) -> set[str]:
    """Return the names that the last commit has."""
    told = world.git("for-each-ref", "--points-at=HEAD", "--format=%(refname:short)", "refs/heads", "refs/tags")
    return {*told.split("\n")}


def test_a_first_release_is_whole(publisher: Publisher) -> None:
    """The card, the changelog, one commit, an annotated tag, two branches; a working tree that holds what was committed."""
    work = publisher.work
    card = (work.root / "README.md").read_text()

    assert "version: 1.0.0" in card
    assert names(work) == {"main", "v1.0.0", "v1", "v1.0"}
    assert work.git("cat-file", "-t", "v1.0.0") == "tag"
    assert work.git("status", "--porcelain") == ""
    assert work.git("log", "--format=%s").split("\n")[0] == "Release 1.0.0"
    assert "## [1.0.0]" in (work.root / "CHANGELOG.md").read_text()
    assert {*publisher.refs()} >= {"refs/heads/main", "refs/heads/v1", "refs/heads/v1.0", "refs/tags/v1.0.0"}


@pytest.mark.parametrize(
    ("tensors", "expected"), [(BODY, "1.0.1"), (TUNED, "1.1.0"), (HEADLESS, "2.0.0")], ids=["prose", "tuned", "broken"]
)
def test_the_changes_decide_about_the_version(publisher: Publisher, tensors: dict[str, str], expected: str) -> None:
    """And the check of the release agrees with it."""
    publisher.work.commit({**files(tensors, "1.0.0"), "notes.md": b"# Notes\n"}, "two")
    assert version(publisher.work) == expected
    bump(publisher.work, pushes=True)
    report = run_check(CheckRequest(current=f"{publisher.work.root}@v{expected}"))

    assert report.verdict.ok
    assert report.current.version == expected


def test_what_is_shown_is_not_written(publisher: Publisher) -> None:
    """``--print`` prints the version and nothing else, ``--dry-run`` every file; neither leaves a trace."""
    publisher.work.commit(files(TUNED, "1.0.0"), "two")
    before = state(publisher.work)

    assert bump(publisher.work, shows="version") == "1.1.0\n"
    said = bump(publisher.work, shows="plan")
    assert state(publisher.work) == before
    for line in (
        "+version: 1.1.0",
        "+++ b/CHANGELOG.md",
        "tag v1.1.0: a new commit",
        "branch v1.1: new -> a new commit",
        "nothing was written",
    ):
        assert line in said


@pytest.mark.parametrize("shows", ["version", "plan"])
def test_an_interrupted_release_is_finished_by_a_release_only(publisher: Publisher, shows: str) -> None:
    """Whoever wants to see something changes nothing by it."""
    publisher.work.git("read-tree", "-m", "-u", "HEAD", "HEAD~1")
    before = state(publisher.work)
    with pytest.raises(UsageError, match="the last release was interrupted") as caught:
        bump(publisher.work, shows=shows)
    assert caught.value.hint == "finish it: hfsemver bump"
    assert state(publisher.work) == before
    bump(publisher.work)
    assert publisher.work.git("status", "--porcelain") == ""


def test_what_is_released_is_released_once(publisher: Publisher) -> None:
    """The same commit again is no second release, and can be pushed again."""
    before = state(publisher.work)

    assert "nothing to release" in bump(publisher.work)
    assert "pushed to origin" in bump(publisher.work, pushes=True)
    assert state(publisher.work) == before


@pytest.mark.parametrize("asked", ["1.0.0", "0.9.0", "1.0", "one"])
def test_a_version_only_goes_up(publisher: Publisher, asked: str) -> None:
    """What is out, below it, or no version at all."""
    publisher.work.commit(files(TUNED, "1.0.0"), "two")
    before = state(publisher.work)
    with pytest.raises(UsageError) as caught:
        bump(publisher.work, release_as=asked)

    assert "release-as" in caught.value.hint + str(caught.value)
    assert state(publisher.work) == before


def test_a_version_that_is_too_small_is_refused(publisher: Publisher) -> None:
    """With the report that says why; a larger one than it takes is fine."""
    publisher.work.commit(files(HEADLESS, "1.0.0"), "two")
    before = state(publisher.work)
    ok, said = run_bump(
        BumpRequest(repository=str(publisher.work.root), release_as="1.1.0"), None, None, Format.HUMAN, pushes=False
    )

    assert not ok
    assert "tensor-removed" in said
    assert state(publisher.work) == before
    bump(publisher.work, release_as="v3.0.0")
    assert names(publisher.work) == {"main", "v3.0.0", "v3", "v3.0"}


def test_the_card_may_ask_for_more(publisher: Publisher) -> None:
    """A version that somebody wrote there counts where it is newer and large enough."""
    publisher.work.commit(files(TUNED, "1.4.0"), "two")
    assert version(publisher.work) == "1.4.0"
    publisher.work.commit(files(HEADLESS, "1.4.0"), "three")
    assert version(publisher.work) == "2.0.0"


def test_weights_that_nobody_could_compare_are_no_patch(publisher: Publisher) -> None:
    """The old ones are here as pointers only; the notes say what could not be judged."""
    work = publisher.work
    work.commit(files(TUNED, "1.0.0"), "two")
    old = work.git("rev-parse", "v1.0.0:model.safetensors")
    oid = work.git("cat-file", "blob", old).partition("sha256:")[2][:64]
    (work.root / ".git/lfs/objects" / oid[:2] / oid[2:4] / oid).unlink()

    assert version(work) == "1.1.0"
    assert "`weights-updated`" in bump(work, shows="plan").partition("### Not evaluated")[2]


def test_candidates_lead_to_their_release(publisher: Publisher) -> None:
    """They are counted, move no branch, and what ships is what was tested."""
    publisher.work.commit(files(TUNED, "1.0.0"), "two")
    bump(publisher.work, pre="rc")
    assert names(publisher.work) == {"main", "v1.1.0-rc.1"}
    publisher.work.commit({"notes.md": b"# Notes\n"}, "three")
    bump(publisher.work, pre="rc")
    assert "v1.1.0-rc.2" in names(publisher.work)
    bump(publisher.work)
    assert names(publisher.work) == {"main", "v1.1.0", "v1", "v1.1"}
    publisher.work.commit({"notes.md": b"# More\n"}, "four")
    bump(publisher.work, pre="rc")
    publisher.work.commit(files(BODY, "1.1.1-rc.1"), "five")
    ok, said = run_bump(
        BumpRequest(repository=str(publisher.work.root), release_as="1.1.1"), None, None, Format.HUMAN, pushes=False
    )
    assert not ok
    assert "prerelease-promotion-changed" in said


@pytest.mark.parametrize("word", ["", "r c", "1..2", "ä"])
def test_a_candidate_has_a_name_that_a_version_holds(publisher: Publisher, word: str) -> None:
    """Anything else is told before anything is done."""
    publisher.work.commit(files(TUNED, "1.0.0"), "two")
    with pytest.raises(UsageError, match="--pre"):
        bump(publisher.work, pre=word)


def test_a_working_tree_with_other_content_is_refused(publisher: Publisher) -> None:
    """Changed, staged, deleted: each by its name; a file that was only touched is none of these."""
    work = publisher.work
    work.commit(files(TUNED, "1.0.0"), "two")
    (work.root / "config.json").touch()
    assert version(work) == "1.1.0"
    config = (work.root / "config.json").read_bytes()
    for change in (
        lambda: (work.root / "config.json").write_bytes(b"{}"),
        (work.root / "config.json").unlink,
    ):
        change()
        with pytest.raises(UsageError, match=r"config\.json") as caught:
            bump(work)
        assert "git commit" in caught.value.hint
        (work.root / "config.json").write_bytes(config)
    (work.root / "new.json").write_bytes(b"{}")
    assert version(work) == "1.1.0", "what git does not know is no part of the release"
    work.git("add", "new.json")
    with pytest.raises(UsageError, match=r"new\.json"):
        bump(work)


def test_a_working_tree_that_was_copied_is_released_as_well(publisher: Publisher, tmp_path: Path) -> None:
    """A copy has other inodes and times than its index knows; its files are those of the commit all the same."""
    publisher.work.commit(files(TUNED, "1.0.0"), "two")
    shutil.copytree(publisher.work.root, tmp_path / "copy", symlinks=True)
    copy = GitWorld(tmp_path / "copy", publisher.work.environment)
    bump(copy)

    assert "v1.1.0" in copy.git("tag", "--list")
    assert copy.git("status", "--porcelain") == ""


def test_a_file_that_git_would_write_otherwise_stops_a_release_whole(tmp_path: Path) -> None:
    """Its line ends were committed before an attribute named others: nothing moves, and what the hint says mends it."""
    world = GitWorld.create(tmp_path / "work")
    made = files(BODY)
    world.commit({**made, "README.md": made["README.md"].replace(b"\n", b"\r\n")}, "one")
    (world.root / ".gitattributes").write_text("*.md text\n")
    world.git("add", ".gitattributes")
    world.git("commit", "--quiet", "-m", "two", "--", ".gitattributes")
    before = state(world)
    with pytest.raises(SourceError, match=r"nothing was released: .*README\.md") as caught:
        bump(world)

    assert state(world)[0] == before[0]
    assert "git add --renormalize . && git commit" in caught.value.hint
    world.git("add", "--renormalize", ".")
    world.git("commit", "--quiet", "-m", "line ends")
    bump(world)
    assert world.git("status", "--porcelain") == ""


def test_a_file_that_git_does_not_know_is_not_overwritten(tmp_path: Path) -> None:
    """It would be lost."""
    work = GitWorld.create(tmp_path / "work")
    work.commit(files(BODY), "one")
    (work.root / "CHANGELOG.md").write_text("mine\n")
    with pytest.raises(UsageError, match=r"CHANGELOG\.md lies in the working tree"):
        bump(work)
    assert (work.root / "CHANGELOG.md").read_text() == "mine\n"


def test_no_branch_is_no_place_for_a_release(publisher: Publisher) -> None:
    """A commit that is checked out by itself would be lost."""
    publisher.work.git("checkout", "--quiet", "--detach")
    with pytest.raises(UsageError, match="no branch") as caught:
        bump(publisher.work)
    assert "git switch" in caught.value.hint


def test_what_no_version_excuses_stops_a_release(publisher: Publisher) -> None:
    """Unless it is accepted, which the changelog says."""
    work = publisher.work
    release = files(
        TUNED,
        "1.0.0",
        **{"model.safetensors.index.json": json.dumps({"weight_map": {"gone": "model-00002-of-00002.safetensors"}})},
    )
    work.commit(release, "two")
    ok, said = run_bump(BumpRequest(repository=str(work.root)), None, None, Format.HUMAN, pushes=False)
    assert not ok
    fingerprint = said.partition("fingerprint: ")[2][:16]
    policy = f"accept:\n  - {{fingerprint: {fingerprint}, reason: agreed with both users, until: 2099-01-01}}\n"
    config = work.root.parent / "policy.yaml"
    config.write_text(policy)
    bump(work, config=str(config))
    log = (work.root / "CHANGELOG.md").read_text()

    assert "### Accepted" in log
    assert "`agreed with both users`" in log


def test_intents_are_held_against_the_content_and_used_up(publisher: Publisher) -> None:
    """Less than the changes require is refused, more is meant; their words open the entry."""
    work = publisher.work
    intent = "---\nbump: {}\n---\nThe model answers **shorter**.\n"
    work.commit({**files(TUNED, "1.0.0"), ".hfsemver/changes/short.md": intent.format("patch").encode()}, "two")
    with pytest.raises(UsageError, match=r"short\.md say patch, and the changes require minor"):
        bump(work)
    work.commit({".hfsemver/changes/short.md": intent.format("major").encode()}, "three")
    assert version(work) == "2.0.0"
    bump(work)

    assert not (work.root / ".hfsemver/changes/short.md").exists()
    assert "The model answers **shorter**." in (work.root / "CHANGELOG.md").read_text()
    work.commit({".hfsemver/changes/odd.md": b"no step\n"}, "four")
    with pytest.raises(FormatError, match=r"odd\.md: bump: says no step"):
        bump(work)


def test_a_surface_describes_the_release_that_carries_it(publisher: Publisher) -> None:
    """Once there is one, every release refreshes it."""
    work = publisher.work
    work.commit(files(TUNED, "1.0.0"), "two")
    bump(work, surface=True)
    assert look_at(str(work.root), verify=True).ok
    work.commit(files(BODY, "1.1.0"), "three")
    bump(work)

    assert look_at(str(work.root), verify=True).ok
    assert run_check(CheckRequest(current=f"{work.root}@HEAD")).notes == ()


def test_the_tag_names_the_report_that_it_stands_on(publisher: Publisher) -> None:
    """By the digest of its JSON, which anybody can make again."""
    work = publisher.work
    work.commit(files(TUNED, "1.0.0"), "two")
    plan = prepare(BumpRequest(repository=str(work.root))).plan
    assert plan is not None
    from hfsemver.reports.json_v1 import render_json

    bump(work)
    message = work.git("tag", "--list", "--format=%(contents)", "v1.1.0")
    assert f"Report: sha256:{hashlib.sha256(render_json(plan.report).encode()).hexdigest()}" in message
    assert message.startswith("v1.1.0\n\nv1.1.0 declares minor")


def test_floating_branches_follow_their_line_and_go_forward_only(publisher: Publisher) -> None:
    """An older line leaves the newer one alone; one that went elsewhere is not taken back."""
    work = publisher.work
    work.commit(files(TUNED, "1.0.0"), "two")
    bump(work)
    tip = work.git("rev-parse", "v1")
    work.git("checkout", "--quiet", "-b", "older", "v1.0.0")
    work.commit({"notes.md": b"# Mended\n"}, "a mend")
    bump(work)
    assert names(work) == {"older", "v1.0.1", "v1.0"}
    assert work.git("rev-parse", "v1") == tip
    work.git("checkout", "--quiet", "main")
    work.git("branch", "--force", "v1", "older")
    work.commit({"notes.md": b"# Notes\n"}, "three")
    with pytest.raises(UsageError, match=r"the branch v1 is on .* outside of the history"):
        bump(work)
    assert "released v1.1.1" in bump(work, floating=False)


def test_a_remote_takes_all_of_a_release_or_nothing(publisher: Publisher) -> None:
    """What it did not take can be pushed once that is mended; the release itself is not made twice."""
    work, remote = publisher.work, publisher.remote
    work.commit(files(TUNED, "1.0.0"), "two")
    hook = remote.root / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ntest "$1" != refs/tags/v1.1.0\n')
    hook.chmod(0o755)
    before = publisher.refs()
    with pytest.raises(SourceError, match="the release is made here, and origin did not take it") as caught:
        bump(work, pushes=True)

    assert publisher.refs() == before
    assert caught.value.hint.endswith("git push --atomic origin main v1.1.0 v1 v1.1")
    hook.unlink()
    assert "pushed to origin" in bump(work, pushes=True)
    assert len(work.git("log", "--format=%s", "--grep=Release 1.1.0").split("\n")) == 1


def test_a_remote_that_cannot_take_all_at_once_gets_the_tag_last(publisher: Publisher) -> None:
    """Refused in between it has branches without a tag, which nobody takes for the release; the same command sends the rest."""
    work, remote = publisher.work, publisher.remote
    remote.git("config", "receive.advertiseAtomic", "false")
    work.commit(files(TUNED, "1.0.0"), "two")
    log = remote.root / "log"
    hook = remote.root / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\necho "$1" >> {log}\ntest "$1" != refs/tags/v1.1.0\n')
    hook.chmod(0o755)
    with pytest.raises(SourceError, match="the release is made here, and origin did not take it"):
        bump(work, pushes=True)
    assert "refs/tags/v1.1.0" not in publisher.refs()
    hook.write_text(f'#!/bin/sh\necho "$1" >> {log}\n')
    assert "pushed to origin" in bump(work, pushes=True)

    assert log.read_text().splitlines()[-1] == "refs/tags/v1.1.0"
    assert {publisher.refs()[f"refs/heads/{name}"] for name in ("main", "v1", "v1.1")} == {
        work.git("rev-parse", "HEAD")
    }


# Takes what is pushed, and lets nobody hear of it.
DEAF = """#!{python}
import subprocess, sys
process = subprocess.Popen(["git", "receive-pack", *sys.argv[1:]], stdout=subprocess.PIPE)
while True:
    size = process.stdout.read(4)
    sys.stdout.buffer.write(size + process.stdout.read(max(0, int(size, 16) - 4)))
    if size == b"0000":
        break
sys.stdout.buffer.flush()
process.stdout.read()
sys.exit(process.wait() or 1)
"""


def test_a_push_whose_answer_was_lost_is_no_failure(publisher: Publisher, tmp_path: Path) -> None:
    """What the remote has says more than how the connection ended."""
    work = publisher.work
    work.commit(files(TUNED, "1.0.0"), "two")
    bump(work)
    deaf = tmp_path / "receive-pack"
    deaf.write_text(DEAF.format(python=sys.executable))
    deaf.chmod(0o755)
    work.git("config", "remote.origin.receivepack", str(deaf))

    assert work.push("--dry-run", "origin", "main").returncode != 0, "nobody hears of anything"
    work.git("config", "--unset", "remote.origin.receivepack")
    once = tmp_path / "once"
    once.write_text(
        f'#!/bin/sh\nif mkdir "{once}.met" 2>/dev/null; then exec "{deaf}" "$@"; fi\nexec git receive-pack "$@"\n'
    )
    once.chmod(0o755)
    work.git("config", "remote.origin.receivepack", str(once))
    assert "pushed to origin" in bump(work, pushes=True)
    assert (tmp_path / "once.met").is_dir()
    assert publisher.refs()["refs/heads/main"] == work.git("rev-parse", "HEAD")
    assert "refs/tags/v1.1.0" in publisher.refs()


def test_a_tag_that_another_clone_pushed_is_never_taken_over(publisher: Publisher, tmp_path: Path) -> None:
    """Two publishers are about to make one version each of their own: the second is not made."""
    work = publisher.work
    other = GitWorld.create(tmp_path / "other")
    other.git("remote", "add", "origin", str(publisher.remote.root))
    other.git("fetch", "--quiet", "--tags", "origin")
    other.git("reset", "--quiet", "--hard", "origin/main")
    for world, tensors in ((work, TUNED), (other, {**TUNED, "head": "F32[8,4] seed=2 scale=1e-3"})):
        world.commit(files(tensors, "1.0.0"), "two")
    bump(work, pushes=True)
    taken, before = publisher.refs(), state(other)
    with pytest.raises(SourceError, match=r"origin would not take v1\.1\.0, so it was not made") as caught:
        bump(other, pushes=True)
    assert publisher.refs() == taken
    assert state(other) == before
    assert "git pull --tags origin main" in caught.value.hint
    with pytest.raises(SourceError, match="nowhere would not take"):
        bump(other, pushes=True, remote="nowhere")
    assert state(other) == before


def test_two_bumps_at_a_time_make_one_release(publisher: Publisher) -> None:
    """One of them makes it; the other is told, and finds it made when it looks again."""
    work = publisher.work
    work.commit(files(TUNED, "1.0.0"), "two")
    command = [sys.executable, "-m", "hfsemver", "bump", str(work.root)]
    running = [
        subprocess.Popen(command, env=work.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    ended = [(process.communicate(timeout=120), process.returncode) for process in running]

    assert any(code == 0 for _, code in ended), ended
    for (_, errors), code in ended:
        assert code in (0, 2, 3), errors
        assert b"Traceback" not in errors
    assert len(work.git("log", "--format=%s", "--grep=Release 1.1.0").split("\n")) == 1
    assert "nothing to release" in bump(work)
    assert work.git("status", "--porcelain") == ""


def test_what_was_released_by_somebody_else_meanwhile_is_told_as_that(publisher: Publisher) -> None:
    """A run that looked at the branch before another one's release, and at the tags behind it, judges no version that is taken."""
    work = publisher.work
    work.commit(files(TUNED, "1.0.0"), "two")
    bump(work)
    work.git("reset", "--quiet", "--hard", "HEAD^")
    with pytest.raises(UsageError, match=r"v1\.1\.0 was released on top of this commit already") as caught:
        bump(work)
    work.git(*caught.value.hint.rpartition("git ")[2].split())

    assert "nothing to release" in bump(work)


def test_who_makes_the_release_has_to_be_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git says what to type, and nothing is made."""
    world = GitWorld.create(tmp_path / "work")
    world.commit(files(BODY), "one")
    before = state(world)
    for name in ("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    world.git("config", "user.useConfigOnly", "true")
    with pytest.raises(SourceError) as caught:
        bump(world)

    assert "git config user.name" in caught.value.hint
    assert world.git("for-each-ref") == before[0]


def test_a_release_writes_down_who_may_load_it(here: Hub, tmp_path: Path) -> None:
    """Where the policy names the model on the Hub; the notes say how to pin that name."""
    here.create("acme/model")
    world = GitWorld.create(tmp_path / "work")
    world.commit({**files(BODY), ".hfsemver.yaml": b"hub_repo: acme/model\n"}, "one")
    bump(world)

    assert json.loads((world.root / ".hfsemver/access.json").read_text())["gate"] == "open"
    assert 'from_pretrained("acme/model", revision="v1.0.0")' in (world.root / "CHANGELOG.md").read_text()
