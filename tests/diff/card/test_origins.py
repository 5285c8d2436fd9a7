"""Licences along a lineage, as a Hub tells them."""

from __future__ import annotations

import pytest

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.card.origins import MOST, licences_of_bases, licences_of_data
from hfsemver.rules.hub_example import ExampleHub, card_of


def bases(hub: ExampleHub | None, *written: str) -> dict[str, str]:
    return {name: licence.id for name, licence in licences_of_bases(written, hub)}


def test_the_bases_of_bases_are_followed() -> None:
    """Over one that says nothing, under whatever spelling of its address, and once round a circle."""
    hub = ExampleHub(
        models={
            "acme/one": card_of(license="mit", base_model=["acme/two", "acme/three"]),
            "acme/two": card_of(base_model="https://huggingface.co/acme/four"),
            "acme/four": card_of(license="cc-by-nc-4.0", base_model="Acme/One"),
        }
    )

    assert bases(hub, "acme/one") == {"acme/one": "mit", "https://huggingface.co/acme/four": "cc-by-nc-4.0"}


def test_without_a_hub_the_table_speaks() -> None:
    """Of well-known bases alone; with one the Hub does, where it names a licence."""
    llama = "meta-llama/Llama-2-7b-hf"
    assert bases(None, llama, "acme/one") == {llama: "llama2"}
    assert bases(ExampleHub(), llama) == {llama: "llama2"}
    assert bases(ExampleHub(models={llama: card_of(license="other")}), llama) == {llama: "llama2"}
    assert bases(ExampleHub(models={llama: card_of(license="llama3")}), llama) == {llama: "llama3"}


@pytest.mark.parametrize("licence", [None, "other", "unknown", "cc", ["mit", "cc-by-nc-4.0"], "whatever"])
def test_a_licence_that_settles_nothing_is_none(licence: object) -> None:
    """Several may be a choice."""
    hub = ExampleHub(models={"acme/one": card_of(license=licence)}, datasets={"acme/data": card_of(license=licence)})
    assert bases(hub, "acme/one") == {}
    assert [*licences_of_data(["acme/data"], hub)] == []


def test_a_long_line_ends() -> None:
    """Every step of it is a request."""
    hub = ExampleHub(models={f"acme/m{n}": card_of(license="mit", base_model=f"acme/m{n + 1}") for n in range(100)})
    assert len(bases(hub, "acme/m0")) == MOST


def test_silence_is_no_licence() -> None:
    """A base that nobody answers for may be under anything."""
    with pytest.raises(EvidenceMissing):
        bases(ExampleHub(silent=True), "acme/one")
    with pytest.raises(EvidenceMissing):
        list(licences_of_data(["acme/data"], ExampleHub(silent=True)))


def test_data_are_named_in_several_ways() -> None:
    """As the Hub addresses them; a path is none of them."""
    hub = ExampleHub(datasets={"acme/data": card_of(license="mit")})
    written = ["acme/data", "datasets/acme/data", "/home/me/data.csv"]
    assert [name for name, _ in licences_of_data(written, hub)] == written[:2]
