"""A release on a Hub that is killed in between is finished by the same command, typed again: one release, and a whole one."""

from __future__ import annotations

import random
import shutil
import signal
import time
from typing import TYPE_CHECKING

import pytest

from hfsemver.cli.exits import Exit
from tests.hub.hub import running
from tests.workflows.killing import Arrive, Kill, Late, begun, pushed
from tests.workflows.test_upload_faults import STEPS
from tests.workflows.uploading import ID, Uploader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hub.hub import Hub

MODES = ("lfs", "xet")
XET = {"token": ("GET", f"/api/models/{ID}/xet-write-token/*")}
WRITES = {
    "lfs": {**STEPS, "second branch": STEPS["branch"], "refs": ("GET", f"/api/models/{ID}/refs")},
    "xet": {**XET, **{name: STEPS[name] for name in ("preupload", "commit", "tag", "branch")}},
}


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """How the Hub stores large files."""
    if request.param == "xet":
        pytest.importorskip("hf_xet")
    return str(request.param)


@pytest.fixture
def store(mode: str, tmp_path: Path, client_home: Path) -> Iterator[Hub]:
    """A Hub of that mode."""
    from tests.hub.client import close_session

    with running(tmp_path / "hub", xet=mode == "xet") as hub:
        yield hub
        close_session()


CASES = [(mode, step, moment) for mode in MODES for step in WRITES[mode] for moment in ("before", "after")]


@pytest.mark.parametrize(("mode", "step", "moment"), CASES, indirect=["mode"])
def test_a_push_that_is_killed_is_finished_by_the_next(
    store: Hub, mode: str, step: str, moment: str, tmp_path: Path
) -> None:
    """At every step that writes, before the Hub does it and after."""
    uploader = Uploader.of(store, tmp_path / "model")
    kill = Kill(after=moment == "after")
    first = {"second branch": 2, "refs": 4}.get(step, 1)
    met = store.faults.add(*WRITES[mode][step], kill, first=first)
    process = begun(store, uploader.folder)
    assert process.pid is not None
    kill.victims.append(process.pid)
    process.join(60)

    assert (process.exitcode, met.met) == (-signal.SIGKILL, 1)
    assert pushed(store, uploader.folder) == 0
    uploader.insist_on_one_release()
    names = uploader.names()
    assert pushed(store, uploader.folder) == 0
    assert uploader.names() == names, "and there is nothing left to do"


def test_a_commit_that_arrives_after_its_sender_was_given_up_is_finished(store: Hub, tmp_path: Path) -> None:
    """The second run finds nothing, judges anew and is refused, because the first one's commit is there by then."""
    uploader = Uploader.of(store, tmp_path / "model")
    late = Late()
    store.faults.add(*STEPS["commit"], late, times=2)
    process = begun(store, uploader.folder)
    assert process.pid is not None
    late.victims.append(process.pid)
    process.join(60)

    assert process.exitcode == -signal.SIGKILL
    assert pushed(store, uploader.folder) == Exit.UNREADABLE
    assert pushed(store, uploader.folder) == Exit.OK
    uploader.insist_on_one_release()


@pytest.mark.parametrize(
    ("path", "first"),
    [(f"/api/models/{ID}/revision/main", 2), (f"/api/models/{ID}/refs", 1), (f"/api/models/{ID}/preupload/*", 1)],
    ids=["before the folder is judged", "while it is judged", "after that"],
)
def test_a_commit_that_arrives_while_the_next_run_works_is_finished(
    store: Hub, tmp_path: Path, path: str, first: int
) -> None:
    """Whenever that is: the folder holds what the release holds, at the latest after one more run."""
    uploader = Uploader.of(store, tmp_path / "model")
    late = Late()
    store.faults.add(*STEPS["commit"], late, times=2)
    process = begun(store, uploader.folder)
    assert process.pid is not None
    late.victims.append(process.pid)
    process.join(60)
    assert late.parked is not None
    met = store.faults.add("POST" if "preupload" in path else "GET", path, Arrive(late), first=first)

    assert Exit.OK in (pushed(store, uploader.folder), pushed(store, uploader.folder))
    assert (met.met, late.arrived) == (1, True)
    uploader.insist_on_one_release()


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_five_hundred_kills_by_the_clock_end_in_one_release_each(store: Hub, tmp_path: Path) -> None:
    """At any moment; a second run, and a third where what the killed one had sent arrived later, is all that it takes."""
    seed = random.Random(1)
    killed = 0
    number = 0
    while killed < 500:
        number += 1
        folder = tmp_path / f"model{number}"
        uploader = Uploader.of(store, folder)
        process = begun(store, folder)
        process.join(seed.uniform(0.02, 0.8))
        if process.exitcode is None:
            process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        time.sleep(0.02)
        code = pushed(store, folder) and pushed(store, folder)
        assert code == 0, number
        uploader.insist_on_one_release()
        store.delete(ID)
        shutil.rmtree(folder)
