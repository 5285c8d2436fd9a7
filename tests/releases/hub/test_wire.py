"""Answers that are none, and Hubs that are none: each is an error with its reason, within bounds of time and bytes."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import ConfigError, SourceError
from hfsemver.releases.hub import wire as wire_module
from hfsemver.releases.hub.endpoint import endpoint_of
from hfsemver.releases.hub.listing import list_files
from hfsemver.releases.hub.parts import Address, read_part
from hfsemver.releases.hub.patience import Patience
from hfsemver.releases.hub.remote import find_model
from hfsemver.releases.hub.wire import HubRefusal, Wire
from hfsemver.releases.ref import HubRef
from tests.hub.faults import ALWAYS, Answer, Cut, Delay, Headers, Status
from tests.hub.here import HASTY, wire

if TYPE_CHECKING:
    from tests.hub.hub import Hub

ID = "acme/model"


LISTINGS = {
    "no JSON": b"<html>",
    "deep": b"[" * 100_000,
    "no list": b"{}",
    "no object": b"[1]",
    "no path": b'[{"type": "file", "size": 1, "oid": "0"}]',
    "no size": b'[{"type": "file", "path": "a", "size": "1", "oid": "0"}]',
    "negative": b'[{"type": "file", "path": "a", "size": -1, "oid": "0"}]',
    "true": b'[{"type": "file", "path": "a", "size": true, "oid": "0"}]',
    "no digest": b'[{"type": "file", "path": "a", "size": 1}]',
    "half a digest": b'[{"type": "file", "path": "a", "size": 1, "oid": "0123"}]',
    "LFS without": b'[{"type": "file", "path": "a", "size": 1, "oid": "'
    + b"0" * 40
    + b'", "lfs": {"oid": "x", "size": 1}}]',
}


@pytest.mark.parametrize("body", LISTINGS.values(), ids=LISTINGS)
def test_a_listing_that_is_none_is_refused(hub: Hub, body: bytes) -> None:
    """Nothing of it is taken for a file."""
    commit = hub.create(ID, {"a": b"x"})
    hub.faults.add("GET", "*/tree/*", Answer(body), times=ALWAYS)

    with pytest.raises(SourceError):
        list_files(wire(hub), ID, commit)


@pytest.mark.parametrize("body", [b"[]", b"null", b'{"id": 1}', b'{"id": "acme/model"}', b'{"id": "a/b", "sha": 7}',
                                  b'{"id": "a/b", "sha": "main"}', b'{"id": "\\u001b[2Ja/b", "sha": "' + b"0" * 40 + b'"}'])  # fmt: skip
def test_a_model_that_is_none_is_refused(hub: Hub, body: bytes) -> None:
    """Without a commit nothing is pinned."""
    hub.create(ID)
    hub.faults.add("GET", "*/revision/*", Answer(body), times=ALWAYS)

    with pytest.raises(SourceError, match="does not say which commit"):
        find_model(wire(hub), HubRef(ID))


def test_an_endless_answer_is_cut_off(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """No listing is as long as that."""
    hub.create(ID)
    monkeypatch.setattr(wire_module, "MAX_ANSWER", 1000)
    hub.faults.add("GET", "*/revision/*", Answer(b"[" + b"1," * 1000), times=ALWAYS)

    with pytest.raises(SourceError, match="more than 1000 bytes"):
        find_model(wire(hub), HubRef(ID))


def test_a_listing_goes_on_at_the_same_hub_only(hub: Hub) -> None:
    """A page that leads to another machine is followed nowhere."""
    commit = hub.create(ID, {"a": b"x"})
    hub.faults.add("GET", "*/tree/*", Headers({"Link": '<http://localhost:1/next>; rel="next"'}), times=ALWAYS)

    with pytest.raises(SourceError, match="localhost:1"):
        list_files(wire(hub), ID, commit)


def test_a_listing_that_leads_back_into_itself_ends(hub: Hub) -> None:
    """Nobody turns its pages for ever."""
    commit = hub.create(ID, {"a": b"x"})
    again = {"Link": f'<{hub.url}/api/models/{ID}/tree/{commit}?again=1>; rel="next"'}
    hub.faults.add("GET", "*/tree/*", Headers(again), times=ALWAYS)

    with pytest.raises(SourceError, match="leads back into itself"):
        list_files(wire(hub), ID, commit)


def test_a_rate_limit_is_waited_for_as_long_as_that_is_reasonable(hub: Hub) -> None:
    """Its window is taken at its word; one that lasts too long is handed on."""
    hub.create(ID)
    hub.faults.add("GET", "*/revision/*", Status(429, {"RateLimit": '"api";r=0;t=1'}))
    start = time.monotonic()

    assert find_model(wire(hub), HubRef(ID)).id == ID
    assert time.monotonic() - start >= 2
    hub.faults.add("GET", "*/revision/*", Status(429, {"RateLimit": '"api";r=0;t=240'}), times=ALWAYS)
    hub.requests.clear()
    with pytest.raises(HubRefusal, match="429") as caught:
        find_model(wire(hub), HubRef(ID))
    assert "try again in 241 s" in caught.value.hint
    assert len(hub.requests) == 1


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_failure_is_tried_again_and_a_refusal_is_not(hub: Hub, status: int) -> None:
    """What the Hub means stays so; what went wrong may not."""
    hub.create(ID)
    failing = hub.faults.add("GET", "*/revision/*", Status(status), times=ALWAYS)
    with pytest.raises(SourceError, match=str(status)):
        find_model(wire(hub), HubRef(ID))
    assert failing.met == HASTY.tries
    hub.faults.clear()
    refusing = hub.faults.add("GET", "*/revision/*", Status(403), times=ALWAYS)
    with pytest.raises(SourceError, match="403"):
        find_model(wire(hub), HubRef(ID))
    assert refusing.met == 1


def test_a_silent_hub_is_given_up(hub: Hub) -> None:
    """Nobody waits longer than there is patience."""
    hub.create(ID)
    hub.faults.add("GET", "*", Delay(30), times=ALWAYS)
    hasty = Wire(endpoint=hub.url, patience=Patience(tries=2, silence=0.2, first=0.01))
    start = time.monotonic()

    with pytest.raises(SourceError, match="cannot be reached"):
        find_model(hasty, HubRef(ID))
    assert time.monotonic() - start < 5


def test_an_answer_that_trickles_is_given_up(hub: Hub) -> None:
    """Each byte comes in time, and its end never."""
    commit = hub.create(ID, {"a.bin": b"x" * 5000})
    address = Address(url=f"{hub.url}/{ID}/resolve/{commit}/a.bin", size=5000)
    hasty = Wire(endpoint=hub.url, token=hub.token, patience=Patience(tries=5, silence=0.5, pace=1000))
    start = time.monotonic()
    hub.faults.add("GET", "*", Answer(b" " * 5000, pause=0.1), times=ALWAYS)
    with pytest.raises(SourceError, match="fewer than 1000 bytes a second"):
        list_files(hasty, ID, commit)
    with pytest.raises(SourceError, match="fewer than 1000 bytes a second"):
        read_part(hasty, address, 0, 5000)

    assert time.monotonic() - start < 5


def test_a_body_that_always_breaks_off_at_once_is_given_up(hub: Hub) -> None:
    """A few bytes in as many tries as there are make no progress."""
    commit = hub.create(ID, {"a.bin": b"x" * 5000})
    address = Address(url=f"{hub.url}/{ID}/resolve/{commit}/a.bin", size=5000)
    broken = hub.faults.add("GET", "/cdn/*", Cut(after=10, reset=False), times=ALWAYS)

    with pytest.raises(SourceError):
        read_part(wire(hub), address, 0, 5000)
    assert broken.met == HASTY.tries


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_an_answer_is_fetched_from_the_hub_itself(hub: Hub, status: int) -> None:
    """Another machine learns neither what is asked nor what a card says; under another path it is the same Hub."""
    commit = hub.create(ID, {"a": b"x"})
    elsewhere = hub.url.replace("127.0.0.1", "localhost")
    hub.faults.add("*", "/api/*", Answer(b"", status, {"Location": f"{elsewhere}/x"}), times=ALWAYS)
    with pytest.raises(SourceError, match="an answer is said to lie at http://localhost:"):
        wire(hub).get("/api/models")
    with pytest.raises(SourceError, match="an answer is said to lie at http://localhost:"):
        wire(hub).post("/api/validate-yaml", {"content": "a"})
    assert {request.host for request in hub.requests} == {"127.0.0.1"}
    hub.faults.clear()
    hub.faults.add("GET", "/api/x", Answer(b"", status, {"Location": f"/api/models/{ID}/revision/main"}))
    assert wire(hub).get("/api/x")["sha"] == commit
    hub.faults.add("GET", "*", Answer(b"", status, {"Location": "/x"}), times=ALWAYS)
    with pytest.raises(SourceError, match="redirects without end"):
        wire(hub).get("/x")


@pytest.mark.parametrize("link", ["http://[", "http://127.0.0.1:99999999/x", "ftp://127.0.0.1/x", "//[/x"])
def test_a_page_that_lies_nowhere_is_refused(hub: Hub, link: str) -> None:
    """It is a listing that cannot be read to its end."""
    commit = hub.create(ID, {"a": b"x"})
    hub.faults.add("GET", "*/tree/*", Headers({"Link": f'<{link}>; rel="next"'}), times=ALWAYS)

    with pytest.raises(SourceError, match="the next page of a listing is said to lie at"):
        list_files(wire(hub), ID, commit)


@pytest.mark.parametrize("digits", [400, 5000])
@pytest.mark.parametrize("headers", ["RateLimit", "Retry-After"])
def test_a_wait_without_measure_is_an_error_like_any_other(hub: Hub, headers: str, digits: int) -> None:
    """No number of seconds has so many digits."""
    hub.create(ID)
    value = f'"api";r=0;t={"9" * digits}' if headers == "RateLimit" else "9" * digits
    hub.faults.add("GET", "*/revision/*", Status(429, {headers: value}), times=ALWAYS)

    with pytest.raises(HubRefusal, match="429"):
        find_model(wire(hub), HubRef(ID))


def test_a_token_that_cannot_be_sent_is_not_repeated(hub: Hub) -> None:
    """No token has such characters, and what it holds is a secret."""
    hub.create(ID)
    with pytest.raises(SourceError, match="the token has characters") as caught:
        find_model(wire(hub, token="hf_sécret"), HubRef(ID))  # noqa: S106 -- nobody's

    assert "cret" not in str(caught.value)


def test_nobody_there_is_an_error(client_home: object) -> None:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = Wire(endpoint=f"http://127.0.0.1:{taken.getsockname()[1]}", patience=HASTY)
        with pytest.raises(SourceError, match="cannot be reached") as caught:
            find_model(nobody, HubRef(ID))

    assert "HF_ENDPOINT" in caught.value.hint


def test_off_line_nobody_is_asked() -> None:
    """The suite itself runs so, and a command says what to unset."""
    with pytest.raises(SourceError, match="HF_HUB_OFFLINE") as caught:
        find_model(Wire(endpoint="http://127.0.0.1:1"), HubRef(ID))

    assert "unset" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "ftp://hub.example",
        "hub.example",
        "http://",
        "https://user:secret@hub.example",
        "https://:secret@hub.example",
        "https://hub.example/?key=secret",
        "https://hub.example#secret",
        "https://hub.example:secret",
        "https://hub.example:99999",
        "https://[secret",
        "https://sec ret.example",
        f"https://{'a' * 100}.example",
        f"https://hub.example/{'a' * 300}",
        "file:///etc",
    ],
)
def test_an_endpoint_that_is_none_is_refused(text: str) -> None:
    """Before anything is sent there; what it holds may be secret and is not repeated."""
    with pytest.raises(ConfigError, match="HF_ENDPOINT: is no address") as caught:
        endpoint_of({"HF_ENDPOINT": text})
    assert "secret" not in str(caught.value)


def test_an_endpoint_is_taken_as_it_is_meant() -> None:
    """With or without a slash at its end, in any case; without one it is the Hub."""
    assert endpoint_of({"HF_ENDPOINT": "http://127.0.0.1:80/ "}) == "http://127.0.0.1:80"
    assert endpoint_of({"HF_ENDPOINT": "HTTPS://HuggingFace.co/"}) == "https://huggingface.co"
    assert endpoint_of({"HF_ENDPOINT": "https://art.example/api/Hub"}) == "https://art.example/api/Hub"
    assert endpoint_of({"HF_ENDPOINT": "http://[::1]:80"}) == "http://[::1]:80"
    assert endpoint_of({}) == endpoint_of({"HF_ENDPOINT": " "}) == "https://huggingface.co"
