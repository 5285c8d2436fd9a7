"""Another implementation explains the keys that its code reads, and nothing that consumers build on whatever it is."""

from __future__ import annotations

from typing import Final

from hfsemver.diff.release import compare
from tests.builders import release
from tests.diff.config.config_sides import config_diff, grouped, told

LLAMA: Final = {
    "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 64, "rope_theta": 1e4, "hidden_act": "silu",
    "tie_word_embeddings": False, "max_position_embeddings": 4096,
}  # fmt: skip
QWEN: Final = {
    "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "hidden_size": 96, "rope_theta": 1e6, "hidden_act": "gelu",
    "tie_word_embeddings": True, "max_position_embeddings": 4096,
}  # fmt: skip


def test_another_model_type_is_one_change() -> None:
    """Sizes, rope, tie and plain values are details of it; what names the implementation comes first."""
    found = grouped(config_diff(LLAMA, QWEN))

    assert ["architecture"] == [*found]
    assert ["architectures", "model_type"] == found["architecture"][:2]
    assert {"hidden_size", "rope_parameters.rope_theta", "hidden_act", "tie_word_embeddings"} <= {
        *found["architecture"]
    }


def test_what_consumers_build_on_is_told_beside_it() -> None:
    """A shorter input, other labels and packed weights are breaks of their own."""
    new = {
        **QWEN,
        "max_position_embeddings": 2048,
        "id2label": {"0": "good", "1": "bad"},
        "quantization_config": {"quant_method": "awq", "bits": 4},
    }
    found = told(LLAMA, new)

    assert {"architecture", "context_reduced", "labels", "quantization"} == {*found}


def test_a_cause_that_the_policy_leaves_out_explains_nothing() -> None:
    """Then every key speaks for itself."""
    diff = compare(baseline=release({"config.json": LLAMA}), current=release({"config.json": QWEN}))
    found = grouped(diff.leaving_out(frozenset({"architecture-changed"})).config)

    assert {"architecture", "geometry", "rope", "tied", "other"} == {*found}
    assert {"architecture"} == {*grouped(diff.config)}


def test_a_part_that_changed_its_kind_explains_its_own_keys_alone() -> None:
    """The keys at the top and in the other parts are changes of their own."""
    old = {"model_type": "llava", "text_config": {**LLAMA, "model_type": "llama"}, "vision_config": {"hidden_size": 8}}
    new = {"model_type": "llava", "text_config": {**QWEN, "model_type": "qwen2"}, "vision_config": {"hidden_size": 9}}
    found = told(old, new)

    assert ["vision_config.hidden_size"] == found["geometry"]
    assert {"text_config.model_type", "text_config.hidden_size"} <= {*found["architecture"]}
    assert "rope" not in found


def test_another_class_of_the_same_type_explains_no_key() -> None:
    """A head for another task reads the same configuration."""
    found = told(LLAMA, {**LLAMA, "architectures": ["LlamaForSequenceClassification"], "hidden_size": 96})

    assert {"architecture", "geometry"} == {*found}


def test_a_scheme_that_no_reader_understands_is_a_change_of_packing() -> None:
    """That something stands where loaders look for the packing is news, whatever it is."""
    for value in ([1, 2], "int4", True):
        diff = compare(
            baseline=release({"config.json": LLAMA}),
            current=release({"config.json": {**LLAMA, "quantization_config": value}}),
        )

        assert diff.config.quantization
