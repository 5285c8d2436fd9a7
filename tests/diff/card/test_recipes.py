"""Merges and quantised models that say how they were made, in any of the places where people write it."""

from __future__ import annotations

import pytest

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.card.recipes import missing_recipe
from tests.builders import release

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n"
MERGE, QUANTIZED = (f"base_model: acme/one\nbase_model_relation: {each}" for each in ("merge", "quantized"))
TAGGED = "base_model: [acme/one, acme/two]\ntags: [merge, mergekit]"


def missing(fields: str, body: str = "# Card\n", **files: object) -> str | None:
    return missing_recipe(release({"README.md": f"---\n{fields}\n---\n{body}", **files}))


@pytest.mark.parametrize(
    ("fields", "body", "files", "expected"),
    [
        (MERGE, "# Card\n", {}, "merge"),
        (MERGE.replace("merge", "Merged"), "# Card\n", {}, "merge"),
        (TAGGED, "A merge of one and two. Use it with transformers.\n", {}, "merge"),
        (TAGGED, "# Model-7B-v0.1\n", {"config.json": {"model_type": "llama"}}, "merge"),
        (TAGGED.replace("merge", "Merge"), "# Card\n", {}, "merge"),
        (QUANTIZED, "A smaller model.\n", {"config.json": {"model_type": "llama"}}, "quantized"),
        (QUANTIZED, "See [acme/one](https://huggingface.co/acme/one).\n", {"w": "I8[4,4]"}, "quantized"),
    ],
)
def test_a_release_that_says_nothing_of_the_how_lacks_a_recipe(
    fields: str, body: str, files: dict[str, object], expected: str
) -> None:
    """Its card names no method and no number, and no file holds any."""
    assert missing(fields, body, **files) == expected


@pytest.mark.parametrize(
    ("fields", "body", "files"),
    [
        ("license: mit", "# Card\n", {}),
        ("base_model: acme/one\nbase_model_relation: finetune\ntags: [merge]", "# Card\n", {}),
        ("base_model: acme/one\ntags: [merge]", "LoRA, put into the base.\n", {}),
        (MERGE, "merge_method: ties\n", {}),
        (TAGGED, "Half of each: 0.5 and 0.5\n", {}),
        (TAGGED, "70% one, 30% two\n", {}),
        (TAGGED, "The SLERP of both\n", {}),
        (TAGGED, "# Card\n", {"mergekit_moe_config.yml": b"experts: []"}),
        (TAGGED, "# Card\n", {"merge-recipe.json": {"method": "own"}}),
        (QUANTIZED, "# Card\n", {"x.Q4_K_M.gguf": b"GGUF"}),
        (QUANTIZED, "# Card\n", {"quantize_config.json": {"bits": 4}}),
        (QUANTIZED, "# Card\n", {"config.json": {"quantization": {"bits": 4, "group_size": 64}}}),
        (QUANTIZED, "# Card\n", {"transformer/config.json": {"quantization_config": {"quant_method": "nf4"}}}),
        (QUANTIZED, "# Card\n", {"onnx/model_quantized.onnx": b"x"}),
        (QUANTIZED, "# Card\n", {"svdq-int4_r32.safetensors": {"a": "I8[4]"}}),
        (QUANTIZED, "An int8 version.\n", {}),
        (QUANTIZED, "The 4-bit version.\n", {}),
        (QUANTIZED, "# Card\n", {"w": "F32[4,4]"}),
    ],
)
def test_whatever_names_a_method_or_a_number_is_a_recipe(fields: str, body: str, files: dict[str, object]) -> None:
    """In words, in YAML, in a config, in the name of a file; and what is no such release needs none."""
    assert missing(fields, body, **files) is None


def test_a_config_that_is_not_here_leaves_it_open() -> None:
    """It may say how the weights are packed."""
    with pytest.raises(EvidenceMissing):
        missing(QUANTIZED, **{"config.json": POINTER})
