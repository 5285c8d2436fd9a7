"""Licences along a lineage, as a Hub tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.card.origins import MOST, licences_of_bases, licences_of_data
from hfsemver.rules.hub_example import ExampleHub, card_of

if TYPE_CHECKING:
    from hfsemver.diff.card.licence_order import KnownLicence


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
    chain = {f"acme/m{n}": card_of(license="mit", base_model=f"acme/m{n + 1}") for n in range(100)}
    found: list[tuple[str, KnownLicence]] = []
    with pytest.raises(EvidenceMissing, match=f"more than {MOST} bases"):
        found += licences_of_bases(["acme/m0"], ExampleHub(models=chain))
    with pytest.raises(EvidenceMissing, match=f"more than {MOST} data sets"):
        found += licences_of_data(chain, ExampleHub(datasets=chain))

    assert [name for name, _ in found] == [*chain][:MOST] * 2
    chain[f"acme/m{MOST - 1}"] = card_of(license="mit")
    assert len(bases(ExampleHub(models=chain), "acme/m0")) == MOST, "a line that ends there is known in full"


def test_silence_is_no_licence() -> None:
    """A base that nobody answers for may be under anything; what the table says of it is so all the same."""
    found: list[tuple[str, KnownLicence]] = []
    with pytest.raises(EvidenceMissing, match="cannot be reached"):
        found += licences_of_bases(["acme/one", "meta-llama/Llama-2-7b-hf"], ExampleHub(silent=True))
    assert [licence.id for _, licence in found] == ["llama2"]
    with pytest.raises(EvidenceMissing):
        bases(ExampleHub(silent=True), "acme/one")
    with pytest.raises(EvidenceMissing):
        list(licences_of_data(["acme/data"], ExampleHub(silent=True)))


def test_data_are_named_in_several_ways() -> None:
    """As the Hub addresses them; a path is none of them."""
    hub = ExampleHub(datasets={"acme/data": card_of(license="mit")})
    written = ["acme/data", "datasets/acme/data", "/home/me/data.csv"]
    assert [name for name, _ in licences_of_data(written, hub)] == written[:2]
