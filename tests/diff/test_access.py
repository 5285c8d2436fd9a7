"""Who is kept out, by what was written down and what a Hub says: told where it is certain, left open where it is not."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from hfsemver.core.access import Access, Gate
from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.access import Restriction, find_restrictions
from hfsemver.releases.hub.hub import Published
from hfsemver.rules.hub_example import ENDPOINT, ExampleHub
from tests.builders import release

SIDES = [(gate, private) for gate in Gate for private in (False, True)]
API = {Gate.OPEN: False, Gate.AUTO: "auto", Gate.MANUAL: "manual"}


def record(
    gate: str = "open", *, private: bool = False, hub: str = ENDPOINT, repo: str = "acme/model"
) -> dict[str, Any]:
    told = {"schema": "hfsemver/access/1", "hub": hub, "repo": repo, "gate": gate, "private": private}
    return {"body": "F32[2]", ".hfsemver/access.json": told}


def restrictions(side: dict[str, Any], hub: ExampleHub, former: str | None = None) -> tuple[Restriction, ...]:
    return find_restrictions(release(side), Published(hub=hub, repo="acme/model", former=former))


def settings(side: dict[str, Any], hub: ExampleHub, former: str | None = None) -> list[str]:
    return [one.setting for one in restrictions(side, hub, former)]


@pytest.mark.parametrize(("before", "now"), [*itertools.product(SIDES, SIDES)])
def test_access_is_restricted_one_way_only(before: tuple[Gate, bool], now: tuple[Gate, bool]) -> None:
    """Of any two settings at most one way is a restriction, and none of them is one of itself."""
    one, other = (Access(hub="h", repo="a/b", gate=gate, private=private) for gate, private in (before, now))

    assert other.restricts(one) + one.restricts(other) == (before != now)
    hub = ExampleHub(models={"acme/model": {"gated": API[now[0]], "private": now[1]}})
    told = settings(record(before[0].word, private=before[1]), hub)
    assert bool(told) is other.restricts(one)


def test_nobody_is_asked_without_a_hub_or_a_baseline() -> None:
    """A first release takes nothing from anybody."""
    assert find_restrictions(release(record()), None) == ()
    assert find_restrictions(None, Published(hub=ExampleHub(silent=True), repo="acme/model")) == ()


def test_what_is_open_now_was_restricted_for_nobody() -> None:
    """Also where nothing was written down."""
    assert settings({"body": "F32[2]"}, ExampleHub()) == []


@pytest.mark.parametrize(
    ("side", "record_is"),
    [
        ({"body": "F32[2]"}, "is not there"),
        (record(hub="https://mirror.example"), "is of acme/model on https://mirror.example"),
    ],
    ids=["none", "of another Hub"],
)
def test_a_gate_of_unknown_age_is_left_open(side: dict[str, Any], record_is: str) -> None:
    """It may have been there all along."""
    hub = ExampleHub(models={"acme/model": {"gated": "auto"}})
    with pytest.raises(EvidenceMissing, match="whether it did before cannot be told") as caught:
        settings(side, hub)
    assert f".hfsemver/access.json: {record_is}, and acme/model is" in str(caught.value)
    assert "hfsemver surface write" in caught.value.hint


def test_another_model_is_compared_by_what_it_is_now() -> None:
    """A release that takes the place of one in another repository."""
    hub = ExampleHub(models={"acme/model": {"gated": "manual"}, "acme/old": {"gated": "auto"}})

    (gated,) = restrictions({"body": "F32[2]"}, hub, former="acme/old")
    assert gated.words == (
        "acme/old, where the baseline lies, was for those who agree to its terms, "
        "and acme/model is for those whom the publisher approves"
    )
    assert settings({"body": "F32[2]"}, ExampleHub(models={"acme/old": {"private": True}}), former="acme/old") == []


def test_another_model_is_no_move() -> None:
    """A name that was written down and is still there by itself; one that is not there any more is gone for those who had it."""
    beside = ExampleHub(models={"acme/old": {}})
    gated = ExampleHub(models={"acme/old": {}, "acme/model": {"gated": "auto"}})

    assert settings(record(repo="acme/old"), beside, former="acme/old") == []
    assert [one.former for one in restrictions(record(repo="acme/old"), gated)] == ["acme/old"]
    (gone,) = restrictions(record(repo="acme/old"), ExampleHub())
    assert (gone.setting, gone.repo, gone.now) == ("private", "acme/old", "private, or gone")
    assert settings(record(repo="acme/old", private=True), ExampleHub()) == []


def test_a_model_of_another_name_that_cannot_be_seen_says_nothing() -> None:
    """What was written down was about another one."""
    with pytest.raises(EvidenceMissing, match="shows no model acme/model"):
        settings(record(repo="acme/old"), ExampleHub(hidden=True))


def test_a_model_that_cannot_be_seen_is_gone_for_those_who_could() -> None:
    """And for nobody else: it may have been hidden all along, or it is we who may not see it."""
    assert settings(record(), ExampleHub(hidden=True)) == ["private"]
    for side in ({"body": "F32[2]"}, record(private=True)):
        with pytest.raises(EvidenceMissing, match="shows no model"):
            settings(side, ExampleHub(hidden=True))


def test_the_case_of_a_name_is_no_move() -> None:
    """The Hub leads every spelling to one repository."""
    assert settings(record(repo="Acme/Model"), ExampleHub()) == []
    assert settings(record(), ExampleHub(models={"acme/model": {"id": "acme/new"}})) == ["repo"]


def test_silence_is_no_answer() -> None:
    """Whatever was written down."""
    with pytest.raises(EvidenceMissing, match="cannot be reached"):
        settings(record(), ExampleHub(silent=True))
