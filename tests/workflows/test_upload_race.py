"""Many publish the same model at once: one release is made, and everybody else hears that the model went on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import SourceError
from hfsemver.publish.hub.journal import Journal
from hfsemver.publish.hub.release import carry_out
from hfsemver.publish.hub.writer import HubWriter
from hfsemver.workflows.upload.prepare import Upload
from hfsemver.workflows.upload.request import PushRequest
from tests.hub.here import wire
from tests.workflows.uploading import ID, TARGET, Uploader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hfsemver.core.plan import ReleasePlan
    from tests.hub.hub import Hub


def planned(uploader: Uploader) -> ReleasePlan:
    """Judge a folder and plan its release."""
    request = PushRequest(folder=str(uploader.folder), target=TARGET)
    plan = Upload.of(request, wire(uploader.hub)).proposed().plan
    assert plan is not None
    return plan


def publisher(uploader: Uploader, start: threading.Barrier, said: list[str], won: list[str]) -> Callable[[], None]:
    """Return what one of them does: judge, wait for all others, and publish."""
    plan = planned(uploader)
    writer = HubWriter(wire=wire(uploader.hub), repo_id=ID, patience=wire(uploader.hub).patience)

    def publish() -> None:
        start.wait()
        try:
            won.append(carry_out(plan, writer, Journal(uploader.folder)))
        except SourceError as error:
            said.append(f"{error.problem} ({error.hint})")

    return publish


def race(hub: Hub, folder: Path, publishers: int, *, alike: bool) -> None:
    """Let so many publish at once, each from a folder of its own, and insist that one of them did."""
    start = threading.Barrier(publishers)
    said: list[str] = []
    won: list[str] = []
    threads = []
    for number in range(publishers):
        uploader = Uploader.of(hub, folder / str(number))
        if not alike:
            uploader.write({"notes.md": f"# By {number}\n".encode()})
        threads.append(threading.Thread(target=publisher(uploader, start, said, won)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1, said
    assert len(said) == publishers - 1
    assert all("main went on to" in text and "run the same command again" in text for text in said)
    names = uploader.names()
    assert set(names) == {"main", "v1.0.0", "v1.1.0", "v1", "v1.1"}
    assert {names[name] for name in ("main", "v1.1.0", "v1", "v1.1")} == {won[0]}
    assert uploader.log().count("Release 1.1.0") == 1
    hub.delete(ID)


@pytest.mark.parametrize("alike", [False, True], ids=["their own", "the same"])
def test_one_of_many_publishers_wins(here: Hub, tmp_path: Path, alike: bool) -> None:  # noqa: FBT001 -- a case of the test
    """Whether they bring the same files or others."""
    for round_ in range(2):
        race(here, tmp_path / str(round_), 6, alike=alike)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_a_hundred_rounds_of_thirty_two_publishers(here: Hub, tmp_path: Path) -> None:
    """Exactly one winner in each."""
    for round_ in range(100):
        race(here, tmp_path / str(round_), 32, alike=round_ % 2 == 0)
