"""What makes it certain that a release has a base, and which adapters follow a branch of theirs."""

from __future__ import annotations

import pytest

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.card.undeclared import undeclared_base, unpinned_base
from hfsemver.rules.hub_example import ExampleHub
from tests.builders import release

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n"
ADAPTER = "adapter_config.json"


def evidence(fields: str, **files: object) -> str | None:
    found = undeclared_base(release({"README.md": f"---\nlicense: mit\n{fields}\n---\n", **files}))
    return None if found is None else found.evidence or found.written


@pytest.mark.parametrize(
    ("fields", "files", "expected"),
    [
        ("", {ADAPTER: {"base_model_name_or_path": "acme/one"}}, "adapter_config.json says acme/one"),
        ("base_model: []", {ADAPTER: {"base_model_name_or_path": "../one"}}, "adapter_config.json says ../one"),
        ("", {ADAPTER: {"base_model_name_or_path": None}}, "adapter_config.json is that of an adapter"),
        ("", {"mergekit_config.yml": b"models: []"}, "mergekit_config.yml stands for"),
        ("", {"pytorch_lora_weights.safetensors": {"a": "F32[2]"}}, "pytorch_lora_weights.safetensors stands for"),
        ("base_model_relation: merge", {}, "base_model_relation is merge"),
        ("tags: [merge, mergekit]", {}, "the card has the tag mergekit"),
        ("tags: [Mergekit]", {}, "the card has the tag mergekit"),
        ("base_model: /home/me/one", {}, "/home/me/one"),
        ("base_model: 'C:\\models\\one'", {}, "C:\\models\\one"),
        ("base_model: ./one", {ADAPTER: {"base_model_name_or_path": "acme/one"}}, "./one"),
    ],
)
def test_a_base_that_is_certain_and_not_named_is_found(fields: str, files: dict[str, object], expected: str) -> None:
    """By its files, or by the card."""
    assert (evidence(fields, **files) or "").startswith(expected)


@pytest.mark.parametrize(
    ("fields", "files"),
    [
        ("", {}),
        ("tags: [merge, lora, gguf]", {}),
        ("", {"config.json": {"_name_or_path": "acme/one", "quantization_config": {"quant_method": "fp8"}}}),
        ("", {"x.Q4_K_M.gguf": b"GGUF"}),
        ("base_model: bert-base-uncased", {}),
        ("base_model: [../one, acme/one]", {}),
        ("base_model: https://civitai.example/models/1", {"pytorch_lora_weights.safetensors": {"a": "F32[2]"}}),
        ("base_model: https://huggingface.co/acme/one", {ADAPTER: {"base_model_name_or_path": "./one"}}),
        ("base_model: acme/one", {ADAPTER: POINTER}),
        ("", {"checkpoint-500/adapter_config.json": {"base_model_name_or_path": "acme/one"}}),
    ],
)
def test_what_only_makes_a_base_likely_and_what_names_it_is_silent(fields: str, files: dict[str, object]) -> None:
    """A release of one's own may be quantised, converted or loaded from anywhere."""
    assert evidence(fields, **files) is None


def test_an_adapter_config_that_is_not_here_leaves_it_open() -> None:
    """The card names no base, and what the adapter says is elsewhere."""
    with pytest.raises(EvidenceMissing):
        evidence("", **{ADAPTER: POINTER})


@pytest.mark.parametrize(
    ("config", "fields", "expected"),
    [
        ({"base_model_name_or_path": "acme/one", "revision": None}, "", "acme/one"),
        ({"base_model_name_or_path": "acme/one"}, "", "acme/one"),
        ({"base_model_name_or_path": "acme/one", "revision": "Main"}, "", "acme/one"),
        ({"base_model_name_or_path": "acme/one", "revision": 7}, "", "acme/one"),
        ({"base_model_name_or_path": "acme/one", "revision": "v1"}, "", None),
        ({"base_model_name_or_path": "acme/one"}, "base_model_revision: v1", None),
        ({"base_model_name_or_path": "acme/one"}, "base_model_revision: main", "acme/one"),
        ({"base_model_name_or_path": "./one"}, "", None),
        ({"base_model_name_or_path": None}, "", None),
    ],
)
def test_an_adapter_without_a_commit_of_its_base_is_unpinned(
    config: dict[str, object], fields: str, expected: str | None
) -> None:
    """A folder has no branches, and a tag is as good as a commit."""
    assert unpinned_base(release({"README.md": f"---\n{fields}\n---\n", ADAPTER: config})) == expected
    assert unpinned_base(release({"README.md": f"---\nbase_model: acme/one\n{fields}\n---\n"})) is None


def test_a_thousand_bases_are_not_asked_for_one_by_one() -> None:
    """The first ones are, and that it was not all of them is told; one that is not there among them is found."""
    names = [f"acme/m{number}" for number in range(1000)]
    card = {"README.md": f"---\nbase_model: [{', '.join(names)}]\n---\n"}
    hub = ExampleHub(models={name: {} for name in names[:30]})

    with pytest.raises(EvidenceMissing, match="names 1000 bases"):
        undeclared_base(release(card), hub)
    found = undeclared_base(release(card), ExampleHub(models={name: {} for name in names[:3]}))
    assert found is not None
    assert found.written == "acme/m3"
