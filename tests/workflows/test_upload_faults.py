"""Whatever goes wrong between a publisher and a Hub: it is overcome, or said clearly, and the same command ends in one release."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.core.errors import SourceError
from hfsemver.publish.hub import attempts
from tests.hub.commits import Signature, identity
from tests.hub.faults import ALWAYS, Answer, Cut, Delay, LoseReply, Status
from tests.workflows.uploading import ID, Uploader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.faults import Fault
    from tests.hub.hub import Hub

AUTHOR = identity(Signature(name="somebody", time=1_700_000_000))
API = f"/api/models/{ID}"
# What a release asks of a Hub that changes something there, or brings content to it.
STEPS = {
    "preupload": ("POST", f"{API}/preupload/main"),
    "batch": ("POST", f"/{ID}.git/info/lfs/objects/batch"),
    "store": ("PUT", "/cdn/upload/*"),
    "verify": ("POST", f"/{ID}.git/info/lfs/objects/verify"),
    "card": ("POST", "/api/validate-yaml"),
    "commit": ("POST", f"{API}/commit/main"),
    "tag": ("POST", f"{API}/tag/*"),
    "branch": ("POST", f"{API}/branch/*"),
}
READS = {
    "model": ("GET", f"{API}/revision/*"),
    "refs": ("GET", f"{API}/refs"),
    "tree": ("GET", f"{API}/tree/*"),
    "commits": ("GET", f"{API}/commits/*"),
}
FAULTS: dict[str, Fault] = {
    "429 for a second": Status(429, {"RateLimit": '"api";r=0;t=0'}),
    "429 without a word": Status(429),
    "500": Status(500),
    "502": Status(502),
    "503": Status(503, {"Retry-After": "0"}),
    "504": Status(504),
    "no answer": Cut(0),
    "lost reply": LoseReply(),
    "half a reply": Cut(3),
    "another answer": Answer(b"<html>Sorry</html>", headers={"Content-Type": "text/html"}),
}


@pytest.fixture
def uploader(here: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Uploader:
    """A model whose v1.0.0 is out, a folder with other weights, and a client that waits for nothing."""
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "http")
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _seconds: None)
    return Uploader.of(here, tmp_path / "model")


def refusal(uploader: Uploader) -> SourceError | None:
    """Push, and return what was said against it: in one line, with what to type next."""
    try:
        uploader.push()
    except SourceError as error:
        said = error
    else:
        return None
    assert said.hint
    assert len(said.problem) < 500
    assert "\n" not in said.problem
    return said


def push_until_done(uploader: Uploader) -> list[str]:
    """Type the same command until it succeeds, at most four times; return what was said on the way."""
    said: list[str] = []
    for _ in range(4):
        error = refusal(uploader)
        if error is None:
            return said
        said.append(error.problem)
    raise AssertionError(said)


# What is read is read by the wire, whose faults have tests of their own.
ONCE = [(step, fault) for step in STEPS for fault in FAULTS]
ONCE += [(step, fault) for step in READS for fault in ("503", "no answer", "another answer")]


@pytest.mark.parametrize(("step", "fault"), ONCE)
def test_one_fault_at_one_step_costs_nothing(uploader: Uploader, step: str, fault: str) -> None:
    """Once: it is tried again where that helps, and never done twice; what is said is one line with what to type."""
    met = uploader.hub.faults.add(*(STEPS | READS)[step], FAULTS[fault])
    said = push_until_done(uploader)

    assert met.met == 1
    assert len(said) <= 1, said
    uploader.insist_on_one_release()
    assert uploader.push().plan is None


@pytest.mark.parametrize("fault", ["429 without a word", "503", "lost reply"])
@pytest.mark.parametrize("step", STEPS)
def test_a_fault_that_stays_is_said_and_nothing_is_lost(uploader: Uploader, step: str, fault: str) -> None:
    """The next run, once it is over, makes the same release and no second one."""
    uploader.hub.faults.add(*STEPS[step], FAULTS[fault], times=ALWAYS)
    # A reply that nobody hears is no failure of what was done; who looks at no card refuses none; and what is in the store is
    # there the next time.
    overcome = fault in {"lost reply", "no answer"} or step in {"card", "verify"}
    assert (refusal(uploader) is None) <= overcome
    uploader.hub.faults.clear()
    push_until_done(uploader)
    uploader.insist_on_one_release()


@pytest.mark.parametrize("status", [400, 401, 403, 409, 412])
@pytest.mark.parametrize("step", ["preupload", "store", "commit", "tag", "branch"])
def test_a_refusal_is_asked_once_and_named(uploader: Uploader, step: str, status: int) -> None:
    """Whoever says no, says no again; it is read back all the same, for the reply of an earlier try may have been lost."""
    met = uploader.hub.faults.add(*STEPS[step], Status(status), times=ALWAYS)
    with pytest.raises(SourceError) as caught:
        uploader.push()
    assert met.met == 1
    assert caught.value.hint
    assert str(status) in caught.value.problem or status == 400
    uploader.hub.faults.clear()
    push_until_done(uploader)
    uploader.insist_on_one_release()


def test_a_commit_whose_reply_was_lost_and_that_was_overtaken_is_found(uploader: Uploader) -> None:
    """Somebody else commits on top before anybody asks: the release is below, and is named there."""
    begun = attempts.attempt

    def late(what: str, *rest: Any) -> object:
        done: object = begun(what, *rest)
        if what.startswith("the commit"):
            uploader.hub.commit(ID, {"later.txt": b"later\n"}, message="somebody else")
        return done

    uploader.hub.faults.add(*STEPS["commit"], LoseReply())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hfsemver.publish.hub.writer.attempt", late)
        done = uploader.push()
    names = uploader.names()
    assert names["v1.1.0"] == names["v1"] == done.commit != names["main"]
    assert uploader.log()[:2] == ["somebody else", "Release 1.1.0"]


def test_a_branch_moves_to_a_release_that_was_overtaken(uploader: Uploader) -> None:
    """Somebody commits on top between the tag and the branches: no branch of the Hub is at that commit then."""
    uploader.push()
    uploader.write({"notes.md": b"# Notes\n"})
    begun = attempts.attempt

    def late(what: str, *rest: Any) -> object:
        done: object = begun(what, *rest)
        if what.startswith("the tag"):
            uploader.hub.commit(ID, {"later.txt": b"later\n"}, message="somebody else")
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hfsemver.publish.hub.writer.attempt", late)
        done = uploader.push()
    names = uploader.names()
    assert names["v1.1.1"] == names["v1"] == names["v1.1"] == done.commit != names["main"]


def test_a_release_that_was_begun_and_came_to_nothing_is_judged_anew(uploader: Uploader) -> None:
    """Who published meanwhile has changed what it is measured against."""
    uploader.hub.faults.add(*STEPS["commit"], Status(503), times=ALWAYS)
    with pytest.raises(SourceError, match="503"):
        uploader.push()
    uploader.hub.faults.clear()
    uploader.hub.commit(ID, {"other.txt": b"other\n"}, message="somebody else")
    done = uploader.push()
    assert not done.finished
    assert uploader.log()[:2] == ["Release 1.1.0", "somebody else"]


def begin(uploader: Uploader, step: str) -> None:
    """Push until a step that the Hub does not take."""
    met = uploader.hub.faults.add(*STEPS[step], Status(503), times=ALWAYS)
    with pytest.raises(SourceError, match="503"):
        uploader.push()
    assert met.met
    uploader.hub.faults.clear()


def test_a_tag_that_somebody_else_made_meanwhile_stands_in_the_way_once(uploader: Uploader) -> None:
    """Of another commit: that release is left as it is, and the next run makes one of a higher version."""
    begin(uploader, "tag")
    begun = uploader.names()["main"]
    uploader.hub.tag(ID, "v1.1.0", "v1.0.0")
    error = refusal(uploader)
    assert error is not None
    assert "names" in error.problem
    assert uploader.push().version == "1.2.0"
    names = uploader.names()
    assert names["v1.2.0"] == names["v1"] == names["main"]
    assert names["v1.1.0"] != begun
    assert uploader.push().plan is None


def test_a_branch_in_the_way_can_be_left_alone(uploader: Uploader) -> None:
    """As it is said, also for a release that was begun with it."""
    begin(uploader, "branch")
    aside = uploader.repository.git.git("commit-tree", "main^{tree}", "-m", "aside", variables=AUTHOR).strip()
    uploader.repository.git.git("update-ref", "refs/heads/v1", aside)
    error = refusal(uploader)
    assert error is not None
    assert "--no-floating" in (error.hint or "")
    done = uploader.push(floating=False)
    assert (done.finished, done.names) == (True, ("main", "v1.1.0"))
    names = uploader.names()
    assert names["v1"] == aside
    assert names["v1.1.0"] == names["main"]
    assert uploader.push().plan is None


def test_a_release_whose_commit_is_gone_is_judged_anew(uploader: Uploader) -> None:
    """As where the model was deleted and made again under its name."""
    begin(uploader, "tag")
    uploader.hub.delete(ID)
    Uploader.of(uploader.hub, uploader.folder.parent / "again")
    done = uploader.push()
    assert (done.version, done.finished) == ("1.1.0", False)
    uploader.insist_on_one_release()


def test_a_journal_that_a_kill_cut_short_is_read_as_far_as_it_goes(uploader: Uploader) -> None:
    """A line without its end is none, and the next one begins on a line of its own."""
    uploader.hub.faults.add(*STEPS["tag"], Status(503), times=ALWAYS)
    with pytest.raises(SourceError):
        uploader.push()
    uploader.hub.faults.clear()
    journal = uploader.folder / ".cache/hfsemver/journal.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"schema": "hfsemver/jour')
    done = uploader.push()
    assert done.finished
    uploader.insist_on_one_release()
    steps = [json.loads(line)["step"] for line in journal.read_text().splitlines() if line.endswith("}")]
    assert steps == ["begun", "committed", "committed", "done"]


@pytest.mark.parametrize("line", ["null", "[]", "{}", '{"schema": "hfsemver/journal/1"}', "[" * 5000, "\x00", '"é"'])
def test_lines_that_are_no_entries_say_nothing(uploader: Uploader, line: str) -> None:
    """Whoever wrote them."""
    uploader.write({".cache/hfsemver/journal.jsonl": f"{line}\n".encode()})
    assert uploader.push().version == "1.1.0"
    uploader.insist_on_one_release()


def test_a_journal_that_cannot_be_written_stops_it_before_anything_is_sent(uploader: Uploader) -> None:
    """Without it nobody could tell a release of ours from one of somebody else."""
    uploader.write({".cache/hfsemver": b"a file\n"})
    with pytest.raises(SourceError, match="Not a directory") as caught:
        uploader.push()
    assert caught.value.hint
    assert set(uploader.names()) == {"main", "v1.0.0"}


def test_a_link_is_no_place_for_a_journal(uploader: Uploader, tmp_path: Path) -> None:
    """It would lead out of the folder."""
    (tmp_path / "outside").mkdir()
    (uploader.folder / ".cache").mkdir()
    (uploader.folder / ".cache/hfsemver").symlink_to(tmp_path / "outside")
    with pytest.raises(SourceError):
        uploader.push()
    assert not list((tmp_path / "outside").iterdir())


def test_a_slow_hub_is_waited_for(uploader: Uploader) -> None:
    """As long as it answers within the patience."""
    uploader.hub.faults.add(*STEPS["commit"], Delay(2.0))
    uploader.push()
    uploader.insist_on_one_release()


def test_nobody_but_the_hub_and_its_store_is_asked(uploader: Uploader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection of this process leads to one of their two addresses; git's is to the first."""
    import socket

    seen: set[object] = set()
    connect = socket.socket.connect

    def watched(self: socket.socket, address: object) -> None:
        seen.add(address)
        connect(self, address)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(socket.socket, "connect", watched)
    uploader.push()
    ports = {address[1] for address in seen if isinstance(address, tuple)}
    assert ports == {int(uploader.hub.url.rpartition(":")[2])}
