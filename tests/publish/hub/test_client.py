"""The client that everybody uploads with, one try at a time."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import get_session, httpx  # type: ignore[attr-defined] # exported, but not by __all__

from hfsemver.core.errors import SourceError
from hfsemver.publish.hub.client import _broken, one_try
from hfsemver.publish.hub.writer import HubWriter
from tests.hub.failing import DEADLINE, IMPATIENT
from tests.hub.faults import ALWAYS, Answer, Status
from tests.hub.here import HASTY, wire

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from tests.hub.hub import Hub

ID = "acme/model"
FILES = 8


def tag(hub: Hub) -> None:
    """Ask for a tag."""
    HfApi(endpoint=hub.url, token=hub.token).create_tag(ID, tag="v1.0.0")


def test_the_client_is_left_as_it_was(hub: Hub) -> None:
    """Also by a failure: it belongs to the whole process, whose other calls are as patient as before."""
    hub.create(ID)
    before = (get_session().timeout, get_session().event_hooks)
    with one_try(HASTY) as watch:
        tag(hub)
    assert watch.asked == [f"POST /api/models/{ID}/tag/main"]
    hub.faults.add("POST", "*", Status(503), times=ALWAYS)
    with pytest.raises(HfHubHTTPError), one_try(HASTY):
        tag(hub)
    assert (get_session().timeout, get_session().event_hooks) == before


def test_who_does_not_listen_to_the_end_is_heard() -> None:
    """A refusal that comes while the request is still on its way is an answer, and no broken connection."""
    _broken("http11.send_request_body.failed", {"exception": httpx.WriteError("closed")})
    _broken("http11.send_request_body.complete", {"return_value": None})
    for error in (httpx.WriteTimeout("slow"), httpx.ReadError("closed")):
        with pytest.raises(RuntimeError, match="the connection broke") as caught:
            _broken("http11.receive_response_headers.failed", {"exception": error})
        assert caught.value.__cause__ is error


@pytest.mark.parametrize("port", ["closed", "full"])
def test_a_machine_that_cannot_be_connected_to_is_tried_once(client_home: object, port: str) -> None:
    """At once where it refuses, after the patience where it says nothing."""
    with ExitStack() as stack:
        place = stack.enter_context(socket.socket())
        place.bind(("127.0.0.1", 0))
        if port == "full":
            place.listen(0)
            for _ in range(4):
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)  # noqa: FBT003 -- the signature is that of the library
                waiting.connect_ex(place.getsockname())
        api = HfApi(endpoint=f"http://127.0.0.1:{place.getsockname()[1]}", token="hf_nobody")  # noqa: S106 -- nobody's
        start = time.monotonic()
        with pytest.raises(RuntimeError, match="the connection broke"), one_try(IMPATIENT) as watch:
            api.preupload_lfs_files(ID, additions=[CommitOperationAdd("a.bin", b"x")])
        assert time.monotonic() - start < DEADLINE
        assert len(watch.asked) == 1


@dataclass(slots=True)
class AllBut:
    """Fails all requests but every so manieth."""

    one_in: int
    seen: int = 0

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or not."""
        self.seen += 1
        answer: Any = app if self.seen % self.one_in == 0 else Answer(b"", 503).serve
        await (answer(scope, receive, send) if answer is app else answer(app, scope, receive, send))


def additions() -> list[CommitOperationAdd]:
    """Return large files."""
    return [CommitOperationAdd(f"{number}.safetensors", b"%d" % number * 100) for number in range(FILES)]


def test_an_upload_over_a_bad_line_comes_to_its_end(hub: Hub) -> None:
    """As long as each round of tries brings a file, as it does here, however many there are in all; none goes up twice."""
    hub.create(ID)
    bad = hub.faults.add("PUT", "/cdn/upload/*", AllBut(one_in=HASTY.tries), times=ALWAYS)
    writer = HubWriter(wire=wire(hub), repo_id=ID, patience=HASTY)
    writer._upload(additions())
    arrived = [request for request in hub.requests if request.method == "PUT" and request.status == 200]
    assert len(arrived) == FILES
    assert bad.met > HASTY.tries


def test_an_upload_that_brings_nothing_ends(hub: Hub) -> None:
    """After as many tries as there is patience."""
    hub.create(ID)
    hub.faults.add("PUT", "/cdn/upload/*", Status(503), times=ALWAYS)
    writer = HubWriter(wire=wire(hub), repo_id=ID, patience=HASTY)
    with pytest.raises(SourceError, match="503"):
        writer._upload(additions())
    assert sum(request.path.endswith("/batch") for request in hub.requests) == HASTY.tries
