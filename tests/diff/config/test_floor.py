"""What only a newer library reads, against what only says who wrote a file."""

from __future__ import annotations

import pytest

from hfsemver.diff.release import compare
from tests.builders import release

LLAMA = {"model_type": "llama", "transformers_version": "4.40.0"}
ROPE = {"rope_parameters": {"rope_type": "default", "rope_theta": 5e5}}
TOKENS = "tokenizer_config.json"
FAST = {"tokenizer_class": "PreTrainedTokenizerFast"}


def floors(old: dict[str, object], new: dict[str, object]) -> list[tuple[str, str, str]]:
    return [(need.file, need.key, need.library) for need in compare(release(old), release(new)).raised_floors]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({**LLAMA, "rope_theta": 5e5}, {**LLAMA, **ROPE}, [("config.json", "rope_parameters", "transformers 5")]),
        ({**LLAMA, "rope_theta": 5e5}, {**LLAMA, **ROPE, "rope_theta": 5e5}, []),
        ({**LLAMA, "rope_theta": 5e5}, {**LLAMA, **ROPE, "auto_map": {"AutoConfig": "a.C"}}, []),
        ({**LLAMA, "rope_theta": 5e5}, {**LLAMA, **ROPE, "rope_theta": 1e4}, [("config.json", "rope_parameters", "transformers 5")]),
        ({**LLAMA, "rope_theta": 5e5}, {**LLAMA, **ROPE, "rotary_pct": 1.0}, [("config.json", "rope_parameters", "transformers 5")]),
        ({**LLAMA, **ROPE}, {**LLAMA, **ROPE, "use_cache": False}, []),
        ({**LLAMA, "rope_theta": 5e5, "transformers_version": "5.0.0"}, {**LLAMA, **ROPE}, []),
        ({**LLAMA, "rope_theta": 1e4}, {**LLAMA, **ROPE}, []),
        ({**LLAMA, "rope_theta": 5e5}, {**LLAMA, **ROPE, "model_type": "mistral"}, []),
        (LLAMA, {**LLAMA, "dtype": "bfloat16", "transformers_version": "5.9.0"}, []),
        ({"model_type": "qwen2_vl", "text_config": {"model_type": "qwen2_vl_text", "rope_theta": 2e6}}, {"model_type": "qwen2_vl", "text_config": {"model_type": "qwen2_vl_text", "rope_parameters": {"rope_theta": 2e6}}}, [("config.json", "text_config.rope_parameters", "transformers 5")]),
    ],
)  # fmt: skip
def test_a_rope_counts_where_older_versions_take_another_one(
    old: dict[str, object], new: dict[str, object], told: list[tuple[str, str, str]]
) -> None:
    """Nothing is told of the class's own rope, of one that changed anyway, or where the baseline may have needed 5 already."""
    assert told == floors({"config.json": old}, {"config.json": new})


@pytest.mark.parametrize(
    ("old", "new", "keys"),
    [
        (FAST, {"tokenizer_class": "TokenizersBackend"}, ["tokenizer_class"]),
        (FAST, {**FAST, "extra_special_tokens": []}, ["extra_special_tokens"]),
        (FAST, {**FAST, "extra_special_tokens": {"image_token": "<i>"}}, []),
        (FAST, {"tokenizer_class": "TokenizersBackend", "auto_map": {"AutoTokenizer": ["a.T", None]}}, []),
        ({**FAST, "extra_special_tokens": []}, {"tokenizer_class": "TokenizersBackend"}, []),
        (FAST, {"tokenizer_class": 5, "extra_special_tokens": "x"}, []),
    ],
)
def test_a_tokenizer_counts_where_older_versions_raise(
    old: dict[str, object], new: dict[str, object], keys: list[str]
) -> None:
    """As transformers 4.57 does with these files."""
    assert keys == [key for _, key, _ in floors({TOKENS: old}, {TOKENS: new})]


def test_files_of_processors_that_are_one_need_a_version_that_looks_there() -> None:
    """Version 4.55 of transformers finds no settings."""
    vit: dict[str, object] = {"image_processor_type": "ViTImageProcessor"}
    whole: dict[str, object] = {"processor_config.json": {"image_processor": vit}}

    assert [("preprocessor_config.json", "", "transformers 4.56")] == floors({"preprocessor_config.json": vit}, whole)
    assert [] == floors({"preprocessor_config.json": vit}, {"preprocessor_config.json": vit, **whole})
    assert [] == floors(whole, whole)


@pytest.mark.parametrize(
    ("bounds", "size", "told"),
    [
        ({"min_pixels": 64, "max_pixels": 4096}, {"shortest_edge": 64, "longest_edge": 4096}, ["size"]),
        ({"min_pixels": 3136, "max_pixels": 1003520}, {"shortest_edge": 3136, "longest_edge": 1003520}, []),
        ({"max_pixels": 4096}, {"shortest_edge": 3136, "longest_edge": 4096}, ["size"]),
        ({"max_pixels": 4096}, {"shortest_edge": 3136, "longest_edge": 8192}, []),
    ],
)
def test_bounds_that_only_a_size_gives_need_a_version_that_reads_them(
    bounds: dict[str, int], size: dict[str, int], told: list[str]
) -> None:
    """The class of version 4.57 passes over both edges; other bounds are told as such, and its own it takes anyway."""
    kind, file = {"image_processor_type": "Qwen2VLImageProcessor"}, "preprocessor_config.json"
    expected = [(file, key, "transformers 5") for key in told]

    assert expected == floors({file: {**kind, **bounds}}, {file: {**kind, "size": size}})
    assert [] == floors({file: {**kind, **bounds}}, {file: {**kind, **bounds, "size": size}})


@pytest.mark.parametrize("version", ["", "5", "v5.0", "five", "99999.1", 5, None, "4.57.0.dev0"])
def test_an_odd_version_of_the_writer_is_compared(version: object) -> None:
    """It is text from a stranger."""
    old = {**LLAMA, "rope_theta": 5e5, "transformers_version": version}

    assert len(floors({"config.json": old}, {"config.json": {**LLAMA, **ROPE}})) == (version != "5")


def test_a_rope_that_nobody_tells_explains_nothing() -> None:
    """Where the policy leaves the other rope out, what an older library makes of its spelling is told."""
    old, new = ({"config.json": side} for side in ({**LLAMA, "rope_theta": 1e4}, {**LLAMA, **ROPE}))
    diff = compare(release(old), release(new))

    assert diff.raised_floors == ()
    left = diff.leaving_out(frozenset({"rope-config-changed"}))
    assert [need.key for need in left.raised_floors] == ["rope_parameters"]
