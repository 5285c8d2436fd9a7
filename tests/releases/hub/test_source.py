"""A release on a Hub is the same release: what is listed, what is read, and what that costs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import RefError, SourceError
from hfsemver.releases.hub.remote import find_model, open_on_hub
from hfsemver.releases.hub.source import SMALL, START, HubSource
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.ref import HubRef
from hfsemver.releases.release import Release
from tests import builders
from tests.hub.faults import ALWAYS, Answer, Corrupt, Cut, Headers, Status, Truncate
from tests.hub.here import wire

if TYPE_CHECKING:
    from tests.hub.hub import Hub

ID = "acme/model"
SIDE = {
    "model.embed_tokens.weight": "F32[16,8]",
    "lm_head.weight": "F32[16,8]",
    "config.json": {"model_type": "llama", "hidden_size": 8},
    "README.md": "---\nlicense: mit\nversion: 1.0.0\n---\nIt answers.\n",
    "empty.txt": "",
    "sub/folder/ä b%20+.json": {"a": 1},
    ".hfsemver/access.json": {
        "schema": "hfsemver/access/1",
        "hub": "https://hub.example",
        "repo": ID,
        "gate": "open",
        "private": False,
    },
}
LARGE = bytes(range(256)) * (5 << 12)


def source(hub: Hub, revision: str = "main", token: str | None = None) -> HubSource:
    """Open a revision of the model."""
    asked = wire(hub, token)
    repo = find_model(asked, HubRef(ID, revision))
    return HubSource(wire=asked, repo_id=repo.id, commit=repo.commit)


def release(hub: Hub, revision: str = "main") -> Release:
    """Open a release of the model."""
    return Release(source(hub, revision), ref=f"hf://{ID}@{revision}")


def test_a_release_on_a_hub_equals_the_same_bytes_in_memory(hub: Hub) -> None:
    """Every file, whatever it is called and wherever it is stored, and everything that is read of them."""
    files = builders.files(SIDE)
    hub.create(ID, files)
    ours, memory = release(hub), Release(MemorySource({**files, ".gitattributes": _attributes(hub)}))

    assert ours == memory
    assert {path: ours.source.read(path) for path in ours.files} == {
        path: memory.source.read(path) for path in memory.files
    }
    assert ours.weights.sets == memory.weights.sets
    assert (ours.card, ours.config, ours.access) == (memory.card, memory.config, memory.access)


def _attributes(hub: Hub) -> bytes:
    return source(hub).read(".gitattributes")


def test_pages_of_a_listing_are_joined(hub: Hub) -> None:
    """A page holds as many files as the Hub likes."""
    hub.create(ID, {f"{number}.txt": b"x" for number in range(9)})
    hub.page_size = 2

    assert len(source(hub).files()) == 10
    assert sum("/tree/" in request.path for request in hub.requests) == 5


def test_a_revision_is_pinned_when_it_is_opened(hub: Hub) -> None:
    """What is committed afterwards is another release, also for files that were not read before."""
    hub.create(ID, {"a.txt": b"old"})
    before = source(hub)
    hub.commit(ID, {"a.txt": b"new"})

    assert before.read("a.txt") == b"old"
    assert source(hub).read("a.txt") == b"new"


@pytest.mark.parametrize("revision", ["v1.0.0", "release/1.x", "refs/pr/1"])
def test_every_kind_of_revision_is_found(hub: Hub, revision: str) -> None:
    """Tags, branches with a slash, and pull requests."""
    commit = hub.create(ID, {"a.txt": b"x"})
    hub.tag(ID, "v1.0.0", message="annotated")
    hub.branch(ID, "release/1.x")
    hub.repository(ID).git.git("update-ref", "refs/pr/1", commit)

    assert source(hub, revision).commit == commit


def test_a_part_of_a_large_file_costs_a_part(hub: Hub) -> None:
    """The listing gives size and digest; a range costs its bytes, and the front comes once."""
    hub.create(ID, {"model.safetensors": LARGE})
    ours = source(hub)
    assert ours.sha256("model.safetensors")
    hub.requests.clear()

    assert ours.read("model.safetensors", 5_000_000, 5_000_010) == LARGE[5_000_000:5_000_010]
    assert sum(request.sent for request in hub.requests) < 2000
    for start in (0, 8, 100):
        assert ours.read("model.safetensors", start, START) == LARGE[start:START]
    assert sum(request.sent for request in hub.requests if request.status == 206) == 10 + START
    assert len(LARGE) > SMALL


def test_a_token_stays_with_the_hub(hub: Hub) -> None:
    """The store behind it is another origin, and its address is all that it needs."""
    hub.create(ID, {"model.safetensors": LARGE}, private=True)
    source(hub).read("model.safetensors", 10, 20)
    told = {request.path.startswith("/cdn/"): request.authorized for request in hub.requests}

    assert told == {False: True, True: False}
    assert {request.host.partition(":")[0] for request in hub.requests} == {"127.0.0.1", "localhost"}


def test_an_old_name_leads_to_the_model(hub: Hub) -> None:
    """A model that was moved is read under its name of today."""
    hub.create(ID, {"a.txt": b"x"})
    hub.move(ID, "acme/other")

    assert source(hub).repo_id == "acme/other"
    assert source(hub).read("a.txt") == b"x"


@pytest.mark.parametrize(
    "fault",
    [
        Status(503),
        Status(500),
        Status(429, {"Retry-After": "0"}),
        Cut(after=0),
        Cut(after=7),
        Cut(after=7, reset=False),
        Truncate(to=9),
    ],
    ids=str,
)
def test_a_file_comes_in_spite_of_a_fault(hub: Hub, fault: Status | Cut | Truncate) -> None:
    """One that goes away is waited out, and a body goes on where it broke off."""
    hub.create(ID, {"config.json": b'{"a": 1234567890}', "model.safetensors": LARGE})
    rules = [hub.faults.add("GET", path, fault) for path in ("*/resolve/*/config.json", "/cdn/*", "*/tree/*")]
    ours = source(hub)

    assert ours.read("config.json") == b'{"a": 1234567890}'
    assert ours.read("model.safetensors", 100, 200) == LARGE[100:200]
    assert all(rule.met for rule in rules)


def test_a_connection_serves_many_parts(hub: Hub) -> None:
    """Behind a store of the world each new one costs a handshake of its own."""
    hub.create(ID, {"model.safetensors": LARGE})
    ours = source(hub)
    ours.files()
    for number in range(10):
        ours.read("model.safetensors", START + number, START + number + 100_000)
    clients = {request.client for request in hub.requests if request.path.startswith("/cdn/")}

    assert len(clients) == 1


def test_what_arrived_is_not_fetched_again(hub: Hub) -> None:
    """A body that breaks off in the middle is asked for from there."""
    hub.create(ID, {"model.safetensors": LARGE})
    ours = source(hub)
    ours.files()
    hub.requests.clear()
    hub.faults.add("GET", "/cdn/*", Cut(after=2_000_000, reset=False))

    assert ours.read("model.safetensors", START, 3 << 20) == LARGE[START : 3 << 20]
    first, second = (request for request in hub.requests if request.path.startswith("/cdn/"))
    assert int(re.findall(r"\d+", second.range)[0]) >= START + 1_000_000
    assert first.sent + second.sent <= 1.5 * (3 << 20)


def test_a_file_that_breaks_off_for_ever_is_an_error(hub: Hub) -> None:
    """As many tries as there is patience, and then the reason."""
    hub.create(ID, {"model.safetensors": LARGE})
    hub.faults.add("GET", "/cdn/*", Cut(after=0), times=ALWAYS)

    with pytest.raises(SourceError, match=r"cannot be reached|ended"):
        source(hub).read("model.safetensors", 0, 10)
    assert sum(request.path.startswith("/cdn/") for request in hub.requests) == 3


def test_another_content_of_the_same_size_is_found_out(hub: Hub) -> None:
    """A file that comes whole is held against the digest of the listing, by git's name or by SHA-256."""
    hub.create(ID, {"config.json": b'{"a": 1}', "model.safetensors": b"x" * 100})
    once = [hub.faults.add("GET", path, Corrupt(at=3)) for path in ("*/resolve/*/config.json", "/cdn/*")]
    ours = source(hub)

    assert (ours.read("config.json"), ours.read("model.safetensors")) == (b'{"a": 1}', b"x" * 100)
    assert [rule.met for rule in once] == [1, 1]
    hub.faults.add("GET", "/cdn/*", Corrupt(at=3), times=ALWAYS)
    with pytest.raises(SourceError, match="another content than it was listed with"):
        source(hub).read("model.safetensors")


@pytest.mark.parametrize(("header", "path"), [("X-Linked-Etag", "model.safetensors"), ("ETag", "config.json")])
def test_a_file_under_another_name_of_content_is_refused(hub: Hub, header: str, path: str) -> None:
    """The listing and the file have to be of one commit."""
    hub.create(ID, {"config.json": b"{}", "model.safetensors": LARGE})
    hub.faults.add("GET", "*/resolve/*", Headers({header: '"0123"'}), times=ALWAYS)

    with pytest.raises(SourceError, match="is another file than the listing of its commit says"):
        source(hub).read(path, 0, 2)


def test_a_hub_that_ignores_ranges_is_read_from_the_front(hub: Hub) -> None:
    """Near the front that costs little; far from it, it is an error and no download."""
    hub.create(ID, {"a.json": b"0123456789", "model.safetensors": LARGE})
    hub.faults.add("GET", "/cdn/*", Answer(LARGE), times=ALWAYS)
    ours = source(hub)

    assert ours.read("model.safetensors", 5, 20) == LARGE[5:20]
    with pytest.raises(SourceError, match="does not answer with a part"):
        ours.read("model.safetensors", 3 << 20, 4 << 20)


def test_what_cannot_be_opened_says_what_to_type(hub: Hub) -> None:
    """A name, a revision, a private one, a gate: each by its own words."""
    hub.create(ID, {"a.txt": b"x"}, gated="manual")
    stranger = hub.account("sam")
    cases = {
        ("acme/nowhere", "main"): (RefError, "there is no model acme/nowhere", "hf auth login"),
        (ID, "v9"): (RefError, "has no revision v9", f"hf repos tag list {ID}"),
    }
    for (name, revision), (kind, words, hint) in cases.items():
        with pytest.raises(kind, match=words) as caught:
            find_model(wire(hub), HubRef(name, revision))
        assert hint in caught.value.hint
    with pytest.raises(SourceError, match="restricted") as refused:
        source(hub, token=stranger).read("a.txt")
    assert "ask for access" in refused.value.hint
    hub.settings(ID, private=True, gated=False)
    with pytest.raises(RefError, match="or it is private"):
        source(hub, token=stranger)
    with pytest.raises(SourceError, match="Invalid credentials") as expired:
        source(hub, token="hf_expired")  # noqa: S106 -- nobody's
    assert "hf auth login" in expired.value.hint


def test_the_environment_names_the_hub(here: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """``HF_ENDPOINT`` and ``HF_TOKEN``, as for every other tool."""
    commit = here.create(ID, {"a.txt": b"x"}, private=True)

    assert open_on_hub(HubRef(ID)).commit == commit
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(RefError, match="private"):
        open_on_hub(HubRef(ID))


@pytest.mark.parametrize("revision", [".", "..", "../..", "main/..", "%2e%2e", "main?x=1", "#", "a b", "\x1b[2J"])
def test_a_revision_is_a_name_and_no_path(hub: Hub, revision: str) -> None:
    """None of them is read as the main branch."""
    hub.create(ID, {"a.txt": b"x"})

    with pytest.raises(RefError, match="no revision"):
        find_model(wire(hub), HubRef(ID, revision))
