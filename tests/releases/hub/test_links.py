"""Shards that lie on a Hub: one question where all of them lie, one request for each, and nothing lost where it gives no answer."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from hfsemver.core.digest import Algorithm, Digest
from hfsemver.core.errors import SourceError
from hfsemver.releases.hub import source as source_module
from hfsemver.releases.hub.ahead import AT_ONCE, Ahead
from hfsemver.releases.hub.links import _addresses, find_links
from hfsemver.releases.hub.source import LONGEST_START, SMALL, START, HubSource
from hfsemver.releases.release import Release
from hfsemver.releases.source import FileInfo
from tests.hub.failing import insist_on_a_secret
from tests.hub.faults import ALWAYS, Answer, Cut, Status
from tests.hub.here import wire

if TYPE_CHECKING:
    from tests.hub.faults import Fault
    from tests.hub.hub import Hub

ID = "acme/model"
BATCH = f"/{ID}.git/info/lfs/objects/batch"
SHARDS = 4
OID = "ab" * 32


def shards(tensors: int = 2) -> dict[str, bytes]:
    """Return the shards of one model, each larger than what comes whole."""
    rows = (SMALL + 4096) // 256
    return {
        f"model-{number:05}-of-{SHARDS:05}.safetensors": save(
            {
                f"model.layers.{number}.{'x' * 40}.{one}": np.full((rows if one == 0 else 1, 64), number, np.float32)
                for one in range(tensors)
            }
        )
        for number in range(1, SHARDS + 1)
    }


def published(hub: Hub, tensors: int = 2, *, private: bool = False) -> HubSource:
    """Return a model of several shards as it lies on a Hub, of which nothing was read."""
    commit = hub.create(ID, shards(tensors), private=private)
    source = HubSource(wire=wire(hub), repo_id=ID, commit=commit)
    source.files()
    hub.requests.clear()
    return source


def names(source: HubSource) -> set[str]:
    """Return the names of all tensors."""
    (only,) = Release(source).weights.sets.values()
    return {*only.tensors}


def test_one_question_says_where_all_shards_lie(hub: Hub) -> None:
    """Each costs one request then, of the store, which is told no token; the Hub is told one, for the model is private."""
    source = published(hub, private=True)
    assert len(names(source)) == 2 * SHARDS

    asked = [request for request in hub.requests if request.host.startswith("127.0.0.1")]
    assert [request.path for request in asked] == [BATCH]
    stored = [request for request in hub.requests if request.path.startswith("/cdn/")]
    assert sorted(request.sent for request in stored) == [START] * SHARDS
    assert len(hub.requests) == 1 + SHARDS
    insist_on_a_secret(hub)


def test_more_shards_than_go_into_one_question(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question has its own answer, and no shard waits for another one's."""
    monkeypatch.setattr(source_module, "AT_MOST", SHARDS - 1)
    source = published(hub)
    assert len(names(source)) == 2 * SHARDS
    assert sum(request.path == BATCH for request in hub.requests) == 2
    assert len(hub.requests) == 2 + SHARDS


def test_a_header_that_is_longer_comes_with_the_front(hub: Hub) -> None:
    """Side by side as well, and no byte behind it."""
    source = published(hub, tensors=300)
    assert len(names(source)) == 300 * SHARDS
    stored = [request for request in hub.requests if request.path.startswith("/cdn/")]
    assert len(stored) == 2 * SHARDS
    assert START * SHARDS < sum(request.sent for request in stored) < LONGEST_START

    content = shards(300)
    for path in content:
        assert source.read(path, START - 10, START + 10) == content[path][START - 10 : START + 10]
    assert len([request for request in hub.requests if request.path.startswith("/cdn/")]) == len(stored)


def _answer(**changes: Any) -> Answer:
    one = {"oid": OID, "size": 9, "actions": {"download": {"href": "http://localhost:1/x"}}} | changes
    return Answer(json.dumps({"objects": [one]}).encode())


@pytest.mark.parametrize(
    "fault",
    [
        Status(404),
        Status(403),
        Status(413),
        Status(429, {"Retry-After": "3600"}),
        Status(500),
        Cut(after=5),
        Answer(b"<html>"),
        Answer(b"[]"),
        Answer(b'{"objects": 7}'),
        Answer(b'{"objects": [7, {}, {"oid": 7}, {"oid": []}]}'),
        _answer(),
        Answer(b"", 307, {"Location": "http://localhost:1/elsewhere"}),
    ],
    ids=str,
)
def test_a_hub_that_does_not_say_it_is_asked_for_each_file(hub: Hub, fault: Fault) -> None:
    """By its name in the commit, as every file can be."""
    source = published(hub)
    hub.faults.add("POST", BATCH, fault, times=ALWAYS)
    assert len(names(source)) == 2 * SHARDS
    assert sum("/resolve/" in request.path for request in hub.requests) == SHARDS


def test_an_address_that_no_longer_holds_is_asked_for_again(hub: Hub) -> None:
    """Signed ones end after an hour; the Hub knows the one of now, and is asked for it once."""
    source = published(hub)
    names(source)
    hub.requests.clear()
    expired = hub.faults.add("GET", "/cdn/*", Status(403))
    path = f"model-00001-of-{SHARDS:05}.safetensors"
    for start in (SMALL, SMALL + 10):
        assert source.read(path, start, start + 10) == shards()[path][start : start + 10]
    assert expired.met == 1
    assert sum("/resolve/" in request.path for request in hub.requests) == 2


def test_a_shard_that_cannot_be_read_is_told_to_its_reader(hub: Hub) -> None:
    """By the name of its file, whatever was tried before."""
    source = published(hub)
    hub.faults.add("GET", "/cdn/*", Status(403), times=ALWAYS)
    with pytest.raises(SourceError, match="answered 403"):
        names(source)


SIZES = {OID: 9}
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([OID, "http://x/", "https://x/"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["objects", "oid", "size", "actions", "download", "href", "header", "error"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(ANY)
def test_any_answer_is_addresses_or_none(answer: object) -> None:
    """Nothing but addresses of files that were asked for comes of it."""
    for oid, address in _addresses(answer, SIZES, ("https://",)):
        assert oid in SIZES
        assert address.url.startswith("https://")
        assert address.size == SIZES[oid]


@pytest.mark.parametrize(
    ("one", "is_taken"),
    [
        ({}, True),
        ({"size": 10}, False),
        ({"oid": "cd" * 32}, False),
        ({"error": {"code": 404}}, False),
        ({"actions": {}}, False),
        ({"actions": {"download": {"href": "http://store.example/x"}}}, False),
        ({"actions": {"download": {"href": "file:///etc/passwd"}}}, False),
        ({"actions": {"download": {"href": "https://store.example/" + "x" * (16 << 10)}}}, False),
        ({"actions": {"download": {"href": "https://store.example/x", "header": {"X-Key": "a b"}}}}, True),
        ({"actions": {"download": {"href": "https://store.example/x", "header": {"X-Key": "a\r\nb"}}}}, False),
        ({"actions": {"download": {"href": "https://store.example/x", "header": {"a:b": "c"}}}}, False),
        ({"actions": {"download": {"href": "https://store.example/x", "header": {"range": "bytes=0-1"}}}}, False),
        ({"actions": {"download": {"href": "https://store.example/x", "header": ["a"]}}}, False),
    ],
    ids=str,
)
def test_an_address_is_taken_where_it_is_one(one: dict[str, Any], *, is_taken: bool) -> None:
    """A line that others can read, a header that is two, or a part that is another: then by the name of the file."""
    entry = {"oid": OID, "size": 9, "actions": {"download": {"href": "https://store.example/x"}}} | one
    assert bool(dict(_addresses({"objects": [entry]}, SIZES, ("https://",)))) == is_taken


def test_what_a_store_asks_for_is_sent_along(hub: Hub) -> None:
    """Some stores let in by a header, and not by the address alone."""
    source = published(hub)
    info = source.files()[1]
    assert info.digest is not None
    href = hub.site.download(hub.repository(ID), info.digest.hex)
    one = {"oid": info.digest.hex, "size": info.size, "actions": {"download": {"href": href, "header": {"X-Key": "a"}}}}
    hub.faults.add("POST", BATCH, Answer(json.dumps({"objects": [one]}).encode()))
    (address,) = find_links(source.wire, ID, [info]).values()
    assert address.signed == {"X-Key": "a"}


def test_a_file_without_a_sha256_has_no_such_address(hub: Hub) -> None:
    """What lies in git is named by git, and no store knows it by that."""
    git = Digest(algorithm=Algorithm.GIT_BLOB, hex="ab" * 20)
    source = published(hub)
    info = FileInfo(path="a.json", size=9, digest=git)
    assert find_links(source.wire, ID, [info]) == {}


def test_work_that_is_ahead_is_done_in_order_and_its_errors_are_told() -> None:
    """More of it than is done at a time, and after a pause again."""
    ahead = Ahead()

    def failing() -> int:
        raise KeyError("seven")

    for _ in range(2):
        found = [ahead.fetch(partial(int, number)) for number in range(3 * AT_ONCE)]
        broken = ahead.fetch(failing)
        assert [one.result(10) for one in found] == [*range(3 * AT_ONCE)]
        with pytest.raises(KeyError, match="seven"):
            broken.result(10)
