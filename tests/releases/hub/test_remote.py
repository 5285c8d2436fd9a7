"""What a Hub is asked beside its files, over HTTP: repositories, adapters, cards, and silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.core.access import Access, Gate
from hfsemver.core.errors import EvidenceMissing, SourceError
from hfsemver.releases.hub.remote import HubHistory, RemoteHub
from hfsemver.releases.hub.wire import Wire
from tests import builders
from tests.hub.faults import ALWAYS, Answer, Status
from tests.hub.here import HASTY, wire

if TYPE_CHECKING:
    from tests.hub.hub import Hub

ID = "acme/model"


def card(front: str) -> dict[str, bytes]:
    return {"README.md": f"---\n{front}---\nIt answers.\n".encode()}


@pytest.mark.parametrize(
    ("gated", "private", "gate"),
    [(False, False, Gate.OPEN), ("auto", False, Gate.AUTO), ("manual", False, Gate.MANUAL), (False, True, Gate.OPEN)],
)
def test_a_model_says_who_may_load_it(hub: Hub, gated: bool | str, private: bool, gate: Gate) -> None:  # noqa: FBT001 -- a parameter
    """By its gate and by whether it is there for everybody; its card comes along."""
    commit = hub.create(ID, card("license: mit\nbase_model: [a/b, c/d]\nlanguage: no\n"), gated=gated, private=private)  # type: ignore[arg-type] # one of the three
    model = RemoteHub(wire=wire(hub)).model(ID)

    assert model is not None
    assert model.access == Access(hub=hub.url, repo=ID, gate=gate, private=private)
    assert model.commit == commit
    assert model.card.texts("base_model") == ("a/b", "c/d")


def test_what_is_not_there_is_none_and_asked_once(hub: Hub) -> None:
    """A stranger sees no private model, and nobody one that is not there."""
    hub.create(ID, private=True)
    hub.create("acme/data", card("license: cc-by-nc-4.0\n"), repo_type="dataset")
    ours, theirs = RemoteHub(wire=wire(hub)), RemoteHub(wire=wire(hub, token=hub.account("sam")))
    hub.requests.clear()

    assert [ours.model("acme/nowhere") for _ in range(3)] == [None] * 3
    assert len(hub.requests) == 1
    assert (ours.dataset(ID), theirs.model(ID), ours.release("acme/nowhere", "main")) == (None, None, None)
    data = ours.dataset("acme/data")
    assert data is not None
    assert data.card.text("license") == "cc-by-nc-4.0"


def test_a_model_that_was_moved_answers_under_its_new_name(hub: Hub) -> None:
    """Which is how it is known that it was."""
    hub.create(ID)
    hub.move(ID, "acme/other")
    model = RemoteHub(wire=wire(hub)).model(ID)

    assert model is not None
    assert model.id == "acme/other"


def test_adapters_are_found_by_their_cards(hub: Hub) -> None:
    """Those that say so, of this model."""
    hub.create(ID)
    ours = RemoteHub(wire=wire(hub))
    hub.create("acme/tuned", card(f"base_model: {ID}\nbase_model_relation: finetune\n"))
    assert not ours.has_adapters(ID)
    hub.create("acme/lora", card(f"base_model: {ID}\nbase_model_relation: adapter\n"))

    assert RemoteHub(wire=wire(hub)).has_adapters(ID)
    assert not RemoteHub(wire=wire(hub)).has_adapters("acme/tuned")


def test_adapters_are_found_under_the_name_of_today(hub: Hub) -> None:
    """Whoever writes an older one in the policy is not told that there are none."""
    hub.create(ID)
    hub.move(ID, "acme/other")
    hub.create("acme/lora", card("base_model: acme/other\nbase_model_relation: adapter\n"))

    assert RemoteHub(wire=wire(hub)).has_adapters(ID)


def test_a_base_of_one_word_is_found_where_it_lies_today(hub: Hub) -> None:
    """As adapters of the oldest models name it."""
    commit = hub.create("acme/gpt2", {"a": b"x"})
    hub.move("gpt2", "acme/gpt2")
    base = RemoteHub(wire=wire(hub)).release("gpt2", "main")

    assert base is not None
    assert base.commit == commit


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"tags": 5}', b'{"tags": "v1.0.0"}'])
def test_tags_that_are_none_are_not_no_tags(hub: Hub, body: bytes) -> None:
    """A release would pass as the first one."""
    hub.create(ID)
    hub.faults.add("GET", "*/refs", Answer(body), times=ALWAYS)

    with pytest.raises(SourceError, match="gives the tags of acme/model in no form"):
        HubHistory(wire=wire(hub), repo_id=ID).version_tags()


def test_a_history_that_is_none_is_not_an_empty_one(hub: Hub) -> None:
    """The baseline would lie outside of it."""
    commit = hub.create(ID, {"a": b"1"})
    hub.faults.add("GET", "*/commits/*", Answer(b"{}"), times=ALWAYS)

    with pytest.raises(SourceError, match="gives the history of acme/model in no form"):
        HubHistory(wire=wire(hub), repo_id=ID).is_ancestor("0" * 40, commit)


@pytest.mark.parametrize("gated", ["true", '"by invitation"', "1"])
def test_a_gate_of_another_kind_is_not_an_open_one(hub: Hub, gated: str) -> None:
    """Who is kept out by it is not known here."""
    hub.create(ID)
    body = f'{{"id": "{ID}", "sha": "{"0" * 40}", "gated": {gated}, "private": false}}'
    hub.faults.add("GET", "*", Answer(body.encode()), times=ALWAYS)

    with pytest.raises(EvidenceMissing, match="says nothing of acme/model that can be read"):
        RemoteHub(wire=wire(hub)).model(ID)


@pytest.mark.parametrize(("status", "body"), [(400, b'{"errors": 5}'), (200, b'{"errors": {"a": 1}}')])
def test_refusals_of_another_kind_are_not_none(hub: Hub, status: int, body: bytes) -> None:
    """Nor is a text a list of its letters."""
    hub.faults.add("POST", "*", Answer(body, status=status), times=ALWAYS)

    with pytest.raises(EvidenceMissing, match="gives the faults of a card in no form"):
        RemoteHub(wire=wire(hub)).refusals("license: mit")


def test_a_list_of_adapters_that_is_none_is_not_an_empty_one(hub: Hub) -> None:
    """A break for them would pass as an update."""
    hub.create(ID)
    hub.faults.add("GET", "/api/models", Answer(b"{}"), times=ALWAYS)

    with pytest.raises(EvidenceMissing, match="gives the adapters of acme/model in no form"):
        RemoteHub(wire=wire(hub)).has_adapters(ID)


def test_a_gate_in_front_of_a_hub_does_not_make_models_private(hub: Hub) -> None:
    """It answers 401 to everything, and so does the Hub to those whose token ran out, whatever it says of that."""
    hub.create(ID)
    told = {"X-Error-Message": "User Access Token is expired"}
    anonymous = Wire(endpoint=hub.url, patience=HASTY)
    for asked, headers in ((anonymous, {}), (wire(hub), {}), (wire(hub), told)):
        hub.faults.clear()
        hub.faults.add("GET", "*", Status(401, headers), times=ALWAYS)
        with pytest.raises(EvidenceMissing, match="answered 401"):
            RemoteHub(wire=asked).model(ID)


def test_a_hub_that_does_not_answer_is_asked_no_more(hub: Hub) -> None:
    """One silence is enough for all questions; a refusal of one question says nothing about another."""
    hub.create(ID)
    ours = RemoteHub(wire=wire(hub))
    refused = hub.faults.add("GET", "/api/models/acme/odd", Status(418), times=ALWAYS)
    with pytest.raises(EvidenceMissing, match="418"):
        ours.model("acme/odd")
    assert ours.model(ID) is not None
    hub.faults.add("GET", "/api/*", Status(503), times=ALWAYS)
    hub.requests.clear()
    for _ in range(2):
        with pytest.raises(EvidenceMissing, match="503"):
            ours.model("acme/other")
        with pytest.raises(EvidenceMissing, match="503"):
            ours.has_adapters(ID)

    assert len(hub.requests) == HASTY.tries
    assert ours.model(ID) is not None, "what was answered before stays so"
    assert refused.met == 1


def test_a_token_that_is_no_token_is_no_answer(hub: Hub) -> None:
    """Somebody whose token ran out is not told that the model is gone."""
    hub.create(ID)
    with pytest.raises(EvidenceMissing, match="Invalid credentials"):
        RemoteHub(wire=wire(hub, token="hf_expired")).model(ID)  # noqa: S106 -- nobody's


def test_the_header_of_a_model_is_read_and_nothing_of_its_weights(hub: Hub) -> None:
    """A base of any size costs its listing and its header."""
    hub.create(ID, builders.files({"q_proj.weight": "F32[1500,1500]"}))
    hub.tag(ID, "v1.0")
    base = RemoteHub(wire=wire(hub)).release(ID, "v1.0")

    assert base is not None
    assert {tensor.shape for one in base.weights.safe for tensor in one.tensors.values()} == {(1500, 1500)}
    assert sum(request.sent for request in hub.requests) < 200_000


def test_a_history_knows_its_tags_and_commits(hub: Hub) -> None:
    """Versions in their order, annotated or not; a branch beside is no history of the other."""
    first = hub.create(ID, {"a": b"1"})
    hub.tag(ID, "v1.0.0", message="annotated")
    second = hub.commit(ID, {"a": b"2"})
    hub.tag(ID, "v1.10.0")
    hub.tag(ID, "v1.9.0", first)
    hub.tag(ID, "latest")
    hub.branch(ID, "side", first)
    side = hub.commit(ID, {"b": b"1"}, branch="side")
    hub.page_size = 1
    history = HubHistory(wire=wire(hub), repo_id=ID)

    assert [str(tag) for tag, _ in history.version_tags()] == ["v1.0.0", "v1.9.0", "v1.10.0"]
    assert {str(tag): commit for tag, commit in history.version_tags()} == {
        "v1.0.0": first,
        "v1.9.0": first,
        "v1.10.0": second,
    }
    assert history.is_ancestor(first, second)
    assert history.is_ancestor(second, second)
    assert not history.is_ancestor(side, second)
    assert not history.is_ancestor(second, side)
