"""Terms of well-known bases that the licence of a release drops, and the table of those bases."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.card.base_ids import base_id
from hfsemver.diff.card.base_licences import base_licences
from hfsemver.diff.card.licence_conflicts import licence_conflicts
from hfsemver.diff.card.licence_order import licence_table
from tests.builders import release
from tests.diff.card.licence_samples import text_of

TABLE = json.loads(resources.files("hfsemver.diff.card").joinpath("base_licences.json").read_text("utf-8"))
LLAMA = "meta-llama/Llama-3.1-8B-Instruct"


def conflicts(fields: str, **files: object) -> list[tuple[str, str]]:
    found = licence_conflicts(release({"README.md": f"---\n{fields}\n---\n", **files}))
    return [(conflict.own, conflict.licence) for conflict in found.found]


def test_the_table_is_sound() -> None:
    """Ids are spelled as bases are looked up, each once; licences and terms exist; each term that goes on says why."""
    patterns = [pattern for each in TABLE["bases"].values() for pattern in each["ids"]]

    assert len(set(patterns)) == len(patterns)
    assert all(base_id(pattern.removesuffix("*") + "x") == pattern.removesuffix("*") + "x" for pattern in patterns)
    assert all(pattern.count("*") == pattern.endswith("*") and "/" in pattern for pattern in patterns)
    assert set(TABLE["bases"]) <= {*licence_table().licences, *TABLE["licences"]}
    assert set(TABLE["adapters"]) <= set(TABLE["bases"])
    assert all(entry["source"] for entry in (*TABLE["bases"].values(), *TABLE["licences"].values()))
    used = {term for own in TABLE["licences"].values() for term in own["terms"]}
    assert used | set(TABLE["carried"]) <= set(licence_table().words)
    assert all(" " in why for why in TABLE["carried"].values())
    assert not {own for own in TABLE["licences"] if licence_table().find(own)}


def test_no_base_has_two_licences() -> None:
    """No pattern reaches into another, or the order of the rows would decide."""
    known = base_licences()
    for pattern, licence in known.patterns:
        name = pattern.removesuffix("*")
        assert {found.id for other, found in known.patterns if name.startswith(other.removesuffix("*"))
                and (other.endswith("*") or other == name)} == {licence.id}, pattern  # fmt: skip


@pytest.mark.parametrize(
    ("written", "licence"),
    [
        ("meta-llama/Meta-Llama-3-8B", "llama3"),
        ("meta-llama/Meta-Llama-3.1-8B", "llama3.1"),
        ("https://huggingface.co/meta-llama/Llama-2-7b-hf", "llama2"),
        ("google/gemma-2b", "gemma"),
        ("google/gemma-2-27b-it", "gemma"),
        ("google/medgemma-4b-it", None),
        ("google/flan-t5-base", None),
        ("meta-llama/other", None),
        ("Qwen/Qwen2.5-3B-Instruct", "qwen-research"),
        ("Qwen/Qwen2.5-32B-Instruct", None),
        ("stabilityai/stable-diffusion-2-1", "openrail++"),
        ("stabilityai/stable-diffusion-xl-base-0.9", None),
        ("bigscience/bloomz-7b1", "bigscience-bloom-rail-1.0"),
        ("acme/llama-2-7b", None),
        ("unsloth/llama-3-8b-bnb-4bit", None),
    ],
)
def test_bases_are_found_by_their_id_and_never_by_likeness(written: str, licence: str | None) -> None:
    """A name like that of a known base is not it."""
    found = base_licences().find(base_id(written) or "")

    assert licence == (found.id if found else None)


@pytest.mark.parametrize(
    ("licence", "base", "expected"),
    [
        ("apache-2.0", LLAMA, True),
        ("mit", LLAMA, True),
        ("cc-by-nc-4.0", LLAMA, True),
        ("llama3.1", LLAMA, False),
        ("llama3", LLAMA, False),
        ("llama3.1", "meta-llama/Llama-3.2-1B", False),
        ("[apache-2.0, llama3.1]", LLAMA, False),
        ("creativeml-openrail-m", "stabilityai/stable-diffusion-2-1", False),
        ("cc-by-nc-sa-4.0", "facebook/nllb-200-distilled-600M", False),
        ("cc-by-sa-4.0", "facebook/nllb-200-distilled-600M", True),
        ("gpl-3.0", "Ultralytics/YOLOv8", True),
        ("agpl-3.0", "Ultralytics/YOLOv8", False),
        ("cc-by-nc-4.0", "huggyllama/llama-7b", False),
        ("mit", "huggyllama/llama-7b", True),
        ("other", LLAMA, False),
        ("acme", LLAMA, False),
        ("unknown", LLAMA, False),
    ],
)
def test_a_licence_conflicts_where_it_drops_a_term_that_goes_on(licence: str, base: str, *, expected: bool) -> None:
    """The same terms, more of them, and terms that nothing here knows are no conflict."""
    assert bool(conflicts(f"license: {licence}\nbase_model: {base}")) is expected


def test_an_adapter_is_bound_only_where_training_is_spoken_of() -> None:
    """It holds no weights of its base."""
    for base, bound in ((LLAMA, True), ("google/gemma-2-2b", False), ("facebook/nllb-200-3.3B", False)):
        config = {"adapter_config.json": {"base_model_name_or_path": base}}
        assert bool(conflicts("license: mit", **config)) is bound
    assert not conflicts("license: mit\nbase_model: stabilityai/stable-diffusion-2-1", **{"learned_embeds.bin": b"x"})


def test_the_text_of_the_base_beside_the_own_licence_keeps_its_terms() -> None:
    """Whoever takes the release is bound to both."""
    fields = f"license: apache-2.0\nbase_model: {LLAMA}"

    assert not conflicts(fields, LICENSE=text_of("llama3.1"))
    assert conflicts(fields, LICENSE="Apache License\nVersion 2.0\n")
    with pytest.raises(EvidenceMissing, match="may give the terms"):
        conflicts(fields, LICENSE="Apache License, Version 2.0. Nobody may sell it to more than nine users.\n")
    with pytest.raises(EvidenceMissing, match="is not known"):
        conflicts(f"{fields}\nlicense_link: https://acme.example/terms")


def test_several_bases_of_one_licence_are_one_conflict() -> None:
    """The licence is dropped once."""
    found = conflicts(f"license: mit\nbase_model: [{LLAMA}, meta-llama/Llama-3.1-70B, google/gemma-2-2b, acme/x]")

    assert found == [("mit", "gemma"), ("mit", "llama3.1")]
