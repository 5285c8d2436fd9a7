"""Each fault looks to a client like what it stands for, and the record says what went over the wire."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi, hf_hub_url
from huggingface_hub.errors import HfHubHTTPError

from tests.hub.client import get_session, http_backoff, httpx
from tests.hub.faults import ALWAYS, Corrupt, Cut, Delay, Headers, LoseReply, Status, Truncate

if TYPE_CHECKING:
    from tests.hub.hub import Hub

ID = "acme/model"
WEIGHTS = bytes(range(256)) * 512
API = f"/api/models/{ID}"


@pytest.fixture
def api(hub: Hub) -> HfApi:
    """A client with one repository to read."""
    hub.create(ID, {"config.json": b'{"a": 1}', "model.safetensors": WEIGHTS})
    return HfApi(endpoint=hub.url, token=hub.token)


def get(hub: Hub, path: str, range_: str = "") -> httpx.Response:
    """Ask for a file once, without the patience of the client."""
    headers = {"Range": range_} if range_ else {}
    return get_session().get(hf_hub_url(ID, path, endpoint=hub.url), headers=headers)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_error_of_the_server_reaches_whoever_does_not_retry(status: int, api: HfApi, hub: Hub) -> None:
    """Once by default; the next request is answered."""
    rule = hub.faults.add("GET", API, Status(status))

    with pytest.raises(HfHubHTTPError) as caught:
        api.model_info(ID)
    assert caught.value.response.status_code == status
    assert api.model_info(ID).id == ID
    assert (rule.seen, rule.met) == (2, 1)


def test_the_client_tries_an_error_again_where_it_is_patient(api: HfApi, hub: Hub) -> None:
    """It asks until the answer comes."""
    hub.faults.add("GET", API, Status(503))

    assert http_backoff("GET", hub.url + API).json()["id"] == api.model_info(ID).id
    assert [request.status for request in hub.requests] == [503, 200, 200]


@pytest.mark.parametrize(
    ("headers", "least"), [({"RateLimit": '"api";r=0;t=1'}, 2.0), ({"Retry-After": "0"}, 1.0), ({}, 1.0)]
)
@pytest.mark.usefixtures("api")
def test_too_many_requests_are_waited_out(headers: dict[str, str], least: float, hub: Hub) -> None:
    """The client waits a second longer than it is told, and a second where it is told nothing."""
    hub.faults.add("GET", API, Status(429, headers))

    start = time.monotonic()
    assert http_backoff("GET", hub.url + API).status_code == 200
    assert time.monotonic() - start >= least


def test_a_fault_meets_the_requests_it_is_meant_for(api: HfApi, hub: Hub) -> None:
    """From the first that counts, as often as was said, by method and pattern; cleared, it is gone."""
    hub.faults.add("GET", API, Status(500), first=2, times=2)
    hub.faults.add("*", "/cdn/*", Status(403), times=ALWAYS)
    session = get_session()

    assert [session.get(hub.url + API).status_code for _ in range(5)] == [200, 500, 500, 200, 200]
    assert session.post(f"{hub.url}{API}/paths-info/main", data={"paths": "x"}).status_code == 200
    assert [get(hub, "model.safetensors").status_code for _ in range(3)] == [403] * 3
    hub.faults.clear()
    assert get(hub, "model.safetensors").content == WEIGHTS


def test_an_answer_can_be_late(api: HfApi, hub: Hub) -> None:
    """A client with a limit gives up, and one without gets the right answer."""
    hub.faults.add("GET", API, Delay(0.3), times=2)

    with pytest.raises(httpx.ReadTimeout):
        get_session().get(hub.url + API, timeout=0.05)
    assert api.model_info(ID).id == ID


def test_every_request_takes_as_long_as_was_set(api: HfApi, hub: Hub) -> None:
    """Two redirected hops are two requests."""
    hub.latency = 0.1
    start = time.monotonic()
    assert get(hub, "model.safetensors").content == WEIGHTS

    assert time.monotonic() - start >= 0.2


def test_a_connection_can_be_reset_in_the_middle(api: HfApi, hub: Hub) -> None:
    """The client gives up, and the record says how much was sent."""
    hub.faults.add("GET", "/cdn/*", Cut(after=1000))

    with pytest.raises(httpx.ReadError):
        api.hf_hub_download(ID, "model.safetensors")
    assert (hub.requests[-1].status, hub.requests[-1].sent) == (200, 1000)


def test_a_connection_can_be_closed_in_the_middle(api: HfApi, hub: Hub) -> None:
    """The client sees that something is missing, and asks once more."""
    hub.faults.add("GET", "/cdn/*", Cut(after=1000, reset=False), times=2)

    with pytest.raises(httpx.RemoteProtocolError):
        get(hub, "model.safetensors")
    assert Path(api.hf_hub_download(ID, "model.safetensors")).read_bytes() == WEIGHTS
    assert [request.sent for request in hub.requests if request.path.startswith("/cdn/")] == [1000, 1000, len(WEIGHTS)]


def test_a_range_can_be_answered_with_too_little(api: HfApi, hub: Hub) -> None:
    """The answer is whole by its own length; only what was asked for says that it is short."""
    hub.faults.add("GET", "/cdn/*", Truncate(to=10))
    answer = get(hub, "model.safetensors", "bytes=100-199")

    assert (answer.status_code, answer.headers["Content-Length"]) == (206, "10")
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(WEIGHTS)}"
    assert answer.content == WEIGHTS[100:110]


def test_a_byte_can_be_another(api: HfApi, hub: Hub) -> None:
    """Nothing but the hash of the content tells."""
    hub.faults.add("GET", "/cdn/*", Corrupt(at=300))
    body = get(hub, "model.safetensors").content

    assert len(body) == len(WEIGHTS)
    assert [index for index in range(len(body)) if body[index] != WEIGHTS[index]] == [300]


def test_headers_can_lie(api: HfApi, hub: Hub) -> None:
    """The client names what it stores by the ETag that it was told."""
    hub.faults.add("HEAD", f"/{ID}/resolve/*", Headers({"ETag": '"wrong"', "Accept-Ranges": ""}))
    stored = Path(api.hf_hub_download(ID, "config.json"))

    assert stored.resolve().name == "wrong"
    assert "Accept-Ranges" in get_session().head(hf_hub_url(ID, "config.json", endpoint=hub.url)).headers


def test_a_reply_can_be_lost_after_the_deed(api: HfApi, hub: Hub) -> None:
    """The client hears of a broken connection, and what it asked for is done."""
    rule = hub.faults.add("GET", API, LoseReply())

    with pytest.raises(httpx.TransportError):
        api.model_info(ID)
    assert (rule.met, hub.requests[-1].status) == (1, 0)


def test_the_record_tells_what_was_asked_and_what_was_sent(api: HfApi, hub: Hub) -> None:
    """Method, path as it was sent, query, range, token, status and bytes, in the order of arrival."""
    hub.branch(ID, "release/1.x")
    hub.requests.clear()
    api.model_info(ID, revision="release/1.x", files_metadata=True)
    get(hub, "model.safetensors", "bytes=0-99")

    assert [(one.method, one.path, one.query, one.range, one.authorized, one.status) for one in hub.requests] == [
        ("GET", f"{API}/revision/release%2F1.x", "blobs=true", "", True, 200),
        ("GET", f"/{ID}/resolve/main/model.safetensors", "", "bytes=0-99", False, 302),
        ("GET", hub.requests[-1].path, "", "bytes=0-99", False, 206),
    ]
    assert (hub.requests[1].sent, hub.requests[2].sent) == (0, 100)
    assert str(hub.requests[1]) == f"GET /{ID}/resolve/main/model.safetensors bytes=0-99 -> 302, 0 B"
