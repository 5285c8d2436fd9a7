"""Each way to fail, at each thing that is read from a Hub: overcome where that can be, else said in one line and in time."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.core.errors import HfSemverError, SourceError
from hfsemver.releases.hub.listing import list_files
from hfsemver.releases.hub.remote import find_model
from hfsemver.releases.hub.source import HubSource
from hfsemver.releases.hub.wire import TooSlow, Wire
from hfsemver.releases.ref import HubRef
from tests.hub.failing import (
    DEADLINE,
    IMPATIENT,
    LATE,
    PASSING,
    REFUSALS,
    SLOW,
    STATUSES,
    fault,
    insist_on_a_secret,
    leading_away,
    patience_for,
)
from tests.hub.faults import ALWAYS, Answer, Corrupt, Cut, Headers, Status, Truncate

if TYPE_CHECKING:
    from tests.hub.faults import Fault
    from tests.hub.hub import Hub

ID = "acme/model"
SMALL_FILE = b'{"model_type": "llama", "a": "' + b"x" * 200 + b'"}'
LARGE = bytes(range(256)) * (5 << 12)
START, STOP = 300_000, 400_000
PATHS = {
    "info": f"/api/models/{ID}/revision/*",
    "listing": f"/api/models/{ID}/tree/*",
    "file": f"/{ID}/resolve/*/config.json",
    "range": "/cdn/*",
}


# A listing is asked for as the model is, and a whole file as a part of one: what is left of them takes longer than it tells.
WHATS = [pytest.param(what, marks=[pytest.mark.slow] if what in {"listing", "file"} else []) for what in PATHS]


# Of a part of a file what breaks on the way; a status is one wherever it comes.
ONCE = [
    pytest.param(
        what, kind, marks=[] if what == "info" or (what == "range" and kind not in STATUSES) else pytest.mark.slow
    )
    for what in PATHS
    for kind in PASSING
]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads a model with some patience."""

    wire: Wire
    commit: str

    def asked(self, what: str) -> Any:
        """Ask for one of the four things, and insist that it is right."""
        source = HubSource(wire=self.wire, repo_id=ID, commit=self.commit)
        if what == "info":
            assert find_model(self.wire, HubRef(ID)).commit == self.commit
        elif what == "listing":
            assert "config.json" in {info.path for info in list_files(self.wire, ID, self.commit)}
        elif what == "file":
            assert source.read("config.json") == SMALL_FILE
        else:
            assert source.read("model.safetensors", START, STOP) == LARGE[START:STOP]

    def refused(self, what: str) -> HfSemverError:
        """Ask for it, and return why it does not come: in one line, in time, with what to do."""
        start = time.monotonic()
        with pytest.raises(HfSemverError) as caught:
            self.asked(what)
        assert time.monotonic() - start < DEADLINE
        assert caught.value.hint
        assert "\n" not in caught.value.problem
        assert len(caught.value.problem) < 400
        return caught.value


def reader(hub: Hub, kind: str) -> Reader:
    """Return somebody who reads a model that is there."""
    commit = hub.create(ID, {"config.json": SMALL_FILE, "model.safetensors": LARGE})
    return Reader(Wire(endpoint=hub.url, token=hub.token, patience=patience_for(kind)), commit)


@pytest.mark.parametrize(("what", "kind"), ONCE)
def test_what_passes_costs_a_try(hub: Hub, what: str, kind: str) -> None:
    """Once, and the answer is right; for ever, and there are as many tries as there is patience, and an end in time."""
    ours = reader(hub, kind)
    met = hub.faults.add("GET", PATHS[what], fault(kind))
    ours.asked(what)
    assert met.met == 1
    if kind.startswith(("429 with ", "408", "500")):
        return
    hub.faults.clear()
    met = hub.faults.add("GET", PATHS[what], fault(kind), times=ALWAYS)
    ours.refused(what)
    # Each try of a file that comes whole, and is another one, is made twice.
    assert 1 <= met.met <= 2 * ours.wire.patience.tries
    insist_on_a_secret(hub)


@pytest.mark.parametrize("kind", SLOW)
@pytest.mark.parametrize("what", WHATS)
def test_what_does_not_come_is_given_up(hub: Hub, what: str, kind: str) -> None:
    """Silence, and a byte at a time."""
    ours = reader(hub, kind)
    hub.faults.add("GET", PATHS[what], fault(kind), times=ALWAYS)
    error = ours.refused(what)
    assert isinstance(error, TooSlow) == (kind == "trickling")


@pytest.mark.parametrize("kind", [*REFUSALS, *LATE])
@pytest.mark.parametrize("what", WHATS)
def test_a_refusal_is_heard_once(hub: Hub, what: str, kind: str) -> None:
    """Also that of a token which ran out between two steps; and who is told when to come again is told so."""
    ours = reader(hub, kind)
    met = hub.faults.add("GET", PATHS[what], fault(kind), times=ALWAYS)
    error = ours.refused(what)
    assert met.met == 1
    assert isinstance(error, SourceError)
    if kind in {"401", "403"}:
        assert "hf auth login" in error.hint
    if kind in LATE:
        wait = int(error.hint.split(" in ")[1].split()[0])
        assert wait == 3600 or (kind == "429 until tomorrow" and 86_000 < wait <= 86_401)
    hub.faults.clear()
    ours.asked(what)


@pytest.mark.parametrize("what", ["info", "listing"])
def test_what_the_hub_says_of_a_model_comes_from_itself(hub: Hub, what: str) -> None:
    """Another machine is told nothing at all."""
    ours = reader(hub, "")
    hub.faults.add("GET", PATHS[what], leading_away(hub, "/elsewhere"), times=ALWAYS)
    assert "which is another place" in ours.refused(what).problem
    assert {request.host for request in hub.requests} == {"127.0.0.1"}


@pytest.mark.parametrize("what", ["file", "range"])
def test_a_file_may_lie_elsewhere_and_the_token_stays(hub: Hub, what: str) -> None:
    """That is where the content of files is; one that is another is found out there as well."""
    ours = reader(hub, "")
    at = PATHS["file"] if what == "file" else f"/{ID}/resolve/*/model.safetensors"
    hub.faults.add("GET", at, leading_away(hub, "/elsewhere"), times=ALWAYS)
    hub.faults.add("GET", "/elsewhere", Answer(b"x" * 50), times=ALWAYS)
    ours.refused(what)
    assert "localhost" in {request.host for request in hub.requests}
    insist_on_a_secret(hub)


CONTENT: dict[str, Fault] = {
    "another part": Headers({"Content-Range": f"bytes 0-{STOP - START - 1}/{len(LARGE)}"}),
    "part of another size": Headers({"Content-Range": f"bytes {START}-{STOP - 1}/99"}),
    "no word of which part": Headers({"Content-Range": ""}),
    "more than was asked for": Answer(
        LARGE[START : STOP + 5000], 206, {"Content-Range": f"bytes {START}-{STOP + 4999}/{len(LARGE)}"}
    ),
    "the whole file": Answer(LARGE),
    "nothing": Answer(b"", 206, {"Content-Range": f"bytes {START}-{STOP - 1}/{len(LARGE)}"}),
    "half": Truncate((STOP - START) // 2),
    "reset at half": Cut((STOP - START) // 2),
    "reset at 99 %": Cut((STOP - START) * 99 // 100),
    "closed at 99 %": Cut((STOP - START) * 99 // 100, reset=False),
}


@pytest.mark.parametrize("kind", CONTENT)
def test_a_part_of_a_file_is_that_part(hub: Hub, kind: str) -> None:
    """Once: it is right in the end, and hardly more is fetched than twice."""
    ours = reader(hub, "")
    met = hub.faults.add("GET", "/cdn/*", CONTENT[kind])
    ours.asked("range")
    assert met.met == 1
    sent = sum(request.sent for request in hub.requests if request.path.startswith("/cdn/"))
    assert sent <= 2 * (STOP - START) + (len(LARGE) if kind == "the whole file" else 5000)


@pytest.mark.parametrize("kind", ["another part", "part of another size", "no word of which part", "nothing"])
def test_a_part_that_never_comes_is_an_error(hub: Hub, kind: str) -> None:
    """No other bytes are taken for it."""
    ours = reader(hub, "")
    met = hub.faults.add("GET", "/cdn/*", CONTENT[kind], times=ALWAYS)
    assert "model.safetensors" in ours.refused("range").problem
    assert met.met == ours.wire.patience.tries


@pytest.mark.parametrize(("path", "what"), [("/cdn/*", "model.safetensors"), (PATHS["file"], "config.json")])
def test_a_byte_that_is_another_is_found_out_where_all_of_them_come(hub: Hub, path: str, what: str) -> None:
    """A file that comes whole is held against its digest, once more, and then refused."""
    commit = hub.create(ID, {"config.json": SMALL_FILE, "model.safetensors": SMALL_FILE})
    wire = Wire(endpoint=hub.url, token=hub.token, patience=patience_for(""))
    met = hub.faults.add("GET", path, Corrupt(at=100), times=ALWAYS)
    with pytest.raises(SourceError, match="another content than it was listed with"):
        HubSource(wire=wire, repo_id=ID, commit=commit).read(what)
    assert met.met == 2


def test_a_file_that_becomes_another_one_midway_is_refused(hub: Hub) -> None:
    """The first half is of the file that was listed, and the name of the content says that the second one is not."""
    ours = reader(hub, "")
    hub.faults.add("GET", "/cdn/*", Cut((STOP - START) // 2))
    renamed = hub.faults.add(
        "GET", f"/{ID}/resolve/*/model.safetensors", Headers({"X-Linked-Etag": '"0"'}), first=2, times=ALWAYS
    )
    assert "is another file than the listing of its commit says" in ours.refused("range").problem
    assert renamed.met


def test_a_machine_that_takes_no_connection_is_given_up(client_home: object) -> None:
    """Its queue is full, and it answers to nothing."""
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003 -- the signature is that of the library
            waiting.connect_ex(full.getsockname())
        nobody = Wire(endpoint=f"http://127.0.0.1:{full.getsockname()[1]}", patience=IMPATIENT)
        start = time.monotonic()
        with pytest.raises(SourceError, match="cannot be reached"):
            find_model(nobody, HubRef(ID))
        assert time.monotonic() - start < DEADLINE


def test_a_wait_that_is_no_date_is_none(hub: Hub) -> None:
    """It is tried again as if nothing had been said."""
    ours = reader(hub, "")
    for after in ("Wed, 99 Foo 2026 07:28:00 GMT", "soon", "-1", "Thu, 01 Jan 1970 00:00:00 GMT", "1.5"):
        hub.faults.clear()
        met = hub.faults.add("GET", PATHS["info"], Status(503, {"Retry-After": after}))
        ours.asked("info")
        assert met.met == 1
