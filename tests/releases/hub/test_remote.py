"""What a Hub is asked beside its files, over HTTP: repositories, adapters, cards, and silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.core.access import Access, Gate
from hfsemver.core.errors import EvidenceMissing, SourceError
from hfsemver.releases.hub.history import HubHistory
from hfsemver.releases.hub.remote import RemoteHub
from hfsemver.releases.hub.repo import read_repo
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

    with pytest.raises(SourceError, match="gives no tags of acme/model that can be read"):
        HubHistory(wire=wire(hub), repo_id=ID).version_tags()


def test_a_history_that_is_none_is_not_an_empty_one(hub: Hub) -> None:
    """The baseline would lie outside of it."""
    commit = hub.create(ID, {"a": b"1"})
    hub.faults.add("GET", "*/commits/*", Answer(b"{}"), times=ALWAYS)

    with pytest.raises(SourceError, match="gives no commits of acme/model that can be read"):
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

    with pytest.raises(EvidenceMissing, match="says nothing of the card that can be read"):
        RemoteHub(wire=wire(hub)).refusals("license: mit")


def test_a_list_of_adapters_that_is_none_is_not_an_empty_one(hub: Hub) -> None:
    """A break for them would pass as an update."""
    hub.create(ID)
    hub.faults.add("GET", "/api/models", Answer(b"{}"), times=ALWAYS)

    with pytest.raises(EvidenceMissing, match="says nothing of adapters of acme/model that can be read"):
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


ANSWERS = ("null", "7", '"text"', "[1]", '{"id": 1}')


@pytest.mark.parametrize("body", [*ANSWERS, "[]", "{}"])
def test_an_answer_about_a_model_that_is_none_is_not_known(hub: Hub, body: str) -> None:
    """It is neither open nor gone."""
    hub.create(ID)
    hub.faults.add("GET", f"/api/models/{ID}", Answer(body.encode()), times=ALWAYS)
    ours = RemoteHub(wire=wire(hub))

    for _ in range(2):
        with pytest.raises(EvidenceMissing, match=f"says nothing of {ID} that can be read"):
            ours.model(ID)


@pytest.mark.parametrize(("key", "value"), [("gated", True), ("gated", "paid"), ("gated", 1), ("private", "yes")])
def test_a_gate_of_another_kind_is_not_known(key: str, value: object) -> None:
    """It is certainly not an open one."""
    told = {"id": ID, "sha": "0" * 40, key: value}
    assert read_repo(told, "https://hub.example") is None
    for closed in (None, False):
        repo = read_repo({**told, key: closed}, "https://hub.example")
        assert repo is not None
        assert repo.access.is_open


@pytest.mark.parametrize("body", [*ANSWERS[:3], "{}"])
def test_adapters_that_cannot_be_counted_are_not_none(hub: Hub, body: str) -> None:
    """A list says that there are some, or none."""
    hub.faults.add("GET", "/api/models", Answer(body.encode()), times=ALWAYS)
    with pytest.raises(EvidenceMissing, match="says nothing of adapters"):
        RemoteHub(wire=wire(hub)).has_adapters(ID)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, "[]"), (200, "null"), (200, '{"errors": {}}'), (400, "no"), (400, "{}"), (400, '{"errors": []}')],
)
def test_a_card_is_taken_where_the_hub_says_so(hub: Hub, status: int, body: str) -> None:
    """A refusal without a reason, and an answer that is none, take nothing in."""
    hub.faults.add("POST", "/api/validate-yaml", Answer(body.encode(), status), times=ALWAYS)
    with pytest.raises(EvidenceMissing, match="says nothing of the card"):
        RemoteHub(wire=wire(hub)).refusals("---\n---\n")


@pytest.mark.parametrize(
    ("status", "body", "refusals"),
    [
        (200, "{}", ()),
        (404, "", ()),
        (400, '{"errors": [{"message": "a"}, "b", {}]}', ("a", "b", "for a reason that it does not give")),
    ],
)
def test_each_fault_of_a_card_is_a_refusal(hub: Hub, status: int, body: str, refusals: tuple[str, ...]) -> None:
    """Also one that is not named; a Hub that looks at no card refuses none."""
    hub.faults.add("POST", "/api/validate-yaml", Answer(body.encode(), status), times=ALWAYS)
    assert RemoteHub(wire=wire(hub)).refusals("---\n---\n") == refusals


@pytest.mark.parametrize(
    "body", [*ANSWERS, "{}", "[]", '{"tags": {}}', '{"tags": [1]}', '{"tags": [{"name": "v1.0.0"}]}']
)
def test_tags_that_cannot_be_read_make_no_first_release(hub: Hub, body: str) -> None:
    """Without them there would be no baseline, and so nothing that changed."""
    hub.faults.add("GET", "*/refs", Answer(body.encode()), times=ALWAYS)
    with pytest.raises(SourceError, match=f"gives no tags of {ID} that can be read"):
        HubHistory(wire=wire(hub), repo_id=ID).version_tags()


@pytest.mark.parametrize("body", [*ANSWERS, "{}", "[{}]"])
def test_commits_that_cannot_be_read_are_no_history(hub: Hub, body: str) -> None:
    """A commit that is in none of them would be no baseline."""
    hub.faults.add("GET", "*/commits/*", Answer(body.encode()), times=ALWAYS)
    with pytest.raises(SourceError, match=f"gives no commits of {ID} that can be read"):
        HubHistory(wire=wire(hub), repo_id=ID).is_ancestor("0" * 40, "1" * 40)


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


def test_an_old_name_of_one_word_leads_to_a_release(hub: Hub) -> None:
    """Adapters name such bases to this day; a revision that is no reference is none that is there."""
    commit = hub.create("openai-community/gpt2", builders.files({"wte.weight": "F32[4,2]"}))
    hub.move("gpt2", "openai-community/gpt2")
    ours = RemoteHub(wire=wire(hub))
    base = ours.release("gpt2", "main")

    assert base is not None
    assert base.commit == commit
    assert ours.release("openai-community/gpt2", "v1@") is None


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
