"""What counts as a change of configuration, in which group, and the many edits that are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.diff.config.config import ABSENT, ConfigDiff
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from tests.builders import release
from tests.diff.config.config_sides import GROUPS, compare_configs, config_diff, everything, grouped, told

if TYPE_CHECKING:
    from collections.abc import Mapping

LLAMA: Mapping[str, object] = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 64,
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
    "vocab_size": 100,
    "max_position_embeddings": 4096,
    "rope_theta": 10000.0,
    "hidden_act": "silu",
    "bos_token_id": 1,
    "eos_token_id": 2,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
}
BERT: Mapping[str, object] = {"model_type": "bert", "hidden_size": 64}
MISTRAL: Mapping[str, object] = {"model_type": "mistral", "max_position_embeddings": 32768}
GPTQ: Mapping[str, object] = {"quant_method": "gptq", "bits": 4, "group_size": 128}


@pytest.mark.parametrize(
    ("edit", "group", "key"),
    [
        ({"model_type": "mistral"}, "architecture", "model_type"),
        ({"architectures": ["LlamaModel"]}, "architecture", "architectures"),
        ({"hidden_size": 128}, "geometry", "hidden_size"),
        ({"vocab_size": 101}, "geometry", "vocab_size"),
        ({"num_key_value_heads": 2}, "geometry", "num_key_value_heads"),
        ({"max_position_embeddings": 2048}, "context_reduced", "max_position_embeddings"),
        ({"max_position_embeddings": 8192}, "context_extended", "max_position_embeddings"),
        ({"rope_theta": 5e5}, "rope", "rope_parameters.rope_theta"),
        ({"rope_scaling": {"type": "linear", "factor": 2}}, "rope", "rope_parameters.factor"),
        ({"id2label": {"0": "no", "1": "yes"}}, "labels", "id2label.0"),
        ({"num_labels": 3}, "labels", "num_labels"),
        ({"problem_type": "regression"}, "labels", "problem_type"),
        ({"quantization_config": GPTQ}, "quantization", "quantization_config"),
        ({"tie_word_embeddings": True}, "tied", "tie_word_embeddings"),
        ({"torch_dtype": "float16"}, "dtype", "dtype"),
        ({"hidden_act": "gelu"}, "other", "hidden_act"),
        ({"bos_token_id": 3}, "other", "bos_token_id"),
        ({"attention_bias": True}, "other", "attention_bias"),
    ],
)
def test_an_edit_of_one_key_lies_in_one_group(edit: Mapping[str, object], group: str, key: str) -> None:
    """Each kind of key has its group, and an edit of one key reaches no second one."""
    found = told(LLAMA, {**LLAMA, **edit})

    assert [group] == [*found]
    assert key in found[group]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(LLAMA, {**LLAMA, "transformers_version": "5.0.0", "_name_or_path": "x"}, id="who-wrote-it"),
        pytest.param(LLAMA, dict(reversed([*LLAMA.items()])), id="order-of-keys"),
        pytest.param(LLAMA, {**LLAMA, "hidden_size": 64.0, "rope_theta": 10000}, id="whole-floats"),
        pytest.param(LLAMA, {**LLAMA, "num_key_value_heads": 4, "head_dim": 16}, id="derived-sizes"),
        pytest.param(LLAMA, {**LLAMA, "mlp_bias": False, "pretraining_tp": 1, "use_cache": True}, id="defaults"),
        pytest.param(LLAMA, {**LLAMA, "pad_token_id": None, "task_specific_params": None}, id="null-for-nothing"),
        pytest.param(LLAMA, {**LLAMA, "return_dict": True, "max_length": 20, "top_k": 50}, id="generic-defaults"),
        pytest.param(LLAMA, {**LLAMA, "id2label": {"0": "LABEL_0", "1": "LABEL_1"}}, id="default-labels"),
        pytest.param(
            {**LLAMA, "num_labels": 3}, {**LLAMA, "label2id": {f"LABEL_{i}": i for i in range(3)}}, id="count"
        ),
        pytest.param({**BERT, "id2label": {0: "a"}}, {**BERT, "label2id": {"a": "0"}}, id="way-back"),
        pytest.param({**LLAMA, "torch_dtype": "torch.bfloat16"}, LLAMA, id="dtype-with-its-module"),
        pytest.param(
            LLAMA, {**{k: v for k, v in LLAMA.items() if k != "torch_dtype"}, "dtype": "bfloat16"}, id="dtype-renamed"
        ),
        pytest.param({**LLAMA, "eos_token_id": [2]}, LLAMA, id="one-stop-in-a-list"),
        pytest.param({**BERT, "architectures": ["A", "B"]}, {**BERT, "architectures": ["B", "A"]}, id="class-order"),
        pytest.param(
            {"model_type": "gpt2", "n_embd": 8, "n_layer": 2, "n_head": 2, "n_positions": 64},
            {
                "model_type": "gpt2",
                "hidden_size": 8,
                "num_hidden_layers": 2,
                "num_attention_heads": 2,
                "max_position_embeddings": 64,
            },
            id="other-names",
        ),
        pytest.param(
            {"model_type": "bloom", "n_embed": 8}, {"model_type": "bloom", "hidden_size": 8}, id="first-bloom"
        ),
        pytest.param(
            {**LLAMA, "rope_scaling": {"type": "yarn", "factor": 4.0}},
            {
                **{k: v for k, v in LLAMA.items() if k != "rope_theta"},
                "rope_parameters": {
                    "rope_type": "yarn",
                    "factor": 4,
                    "rope_theta": 1e4,
                    "original_max_position_embeddings": 4096,
                    "beta_fast": 32.0,
                },
            },
            id="yarn-of-both-libraries",
        ),
        pytest.param(
            {"model_type": "qwen2_vl", "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]}},
            {
                "model_type": "qwen2_vl",
                "text_config": {
                    "model_type": "qwen2_vl_text",
                    "rope_parameters": {"rope_type": "default", "mrope_section": [2, 3, 3]},
                },
            },
            id="mrope-nested",
        ),
        pytest.param(
            {"model_type": "qwen2_vl", "eos_token_id": 3, "pad_token_id": 1},
            {
                "model_type": "qwen2_vl",
                "text_config": {"model_type": "qwen2_vl_text", "eos_token_id": 3, "pad_token_id": 1},
            },
            id="tokens-nested",
        ),
        pytest.param(
            {"model_type": "gpt_neox", "rotary_pct": 0.5, "rotary_emb_base": 20000},
            {"model_type": "gpt_neox", "rope_parameters": {"rope_theta": 2e4, "partial_rotary_factor": 0.5}},
            id="rope-of-neox",
        ),
        pytest.param(
            {"model_type": "gemma2", "num_hidden_layers": 4},
            {
                "model_type": "gemma2",
                "num_hidden_layers": 4,
                "layer_types": ["sliding_attention", "full_attention", "sliding_attention", "full_attention"],
            },
            id="layers-worked-out",
        ),
        pytest.param(
            {"model_type": "gemma3_text", "num_hidden_layers": 4, "sliding_window_pattern": 2},
            {
                "model_type": "gemma3_text",
                "num_hidden_layers": 4,
                "layer_types": ["sliding_attention", "full_attention", "sliding_attention", "full_attention"],
            },
            id="pattern-spelled-out",
        ),
        pytest.param(
            {"model_type": "llava", "torch_dtype": "float16"},
            {
                "model_type": "llava",
                "dtype": "float16",
                "text_config": {"model_type": "llama", "dtype": "float16"},
                "vision_config": {"model_type": "clip_vision_model", "dtype": "float16", "projection_dim": 768},
            },
            id="dtype-in-every-part",
        ),
        pytest.param(
            {"model_type": "qwen2", "use_sliding_window": False, "sliding_window": 32768},
            {"model_type": "qwen2", "sliding_window": None},
            id="window-switched-off",
        ),
        pytest.param({**BERT, "quantization_config": {}}, {**BERT, "quantization_config": None}, id="no-packing"),
        pytest.param(
            {**LLAMA, "quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}},
            {
                **LLAMA,
                "quantization_config": {
                    "quant_method": "BITSANDBYTES",
                    "_load_in_4bit": True,
                    "load_in_4bit": True,
                    "load_in_8bit": False,
                    "llm_int8_threshold": 6.0,
                    "llm_int8_skip_modules": None,
                },
            },
            id="packing-spelled-out",
        ),
    ],
)
def test_another_spelling_is_no_change(old: Mapping[str, object], new: Mapping[str, object]) -> None:
    """What a library would read as the same configuration differs in nothing, in either direction."""
    assert {} == everything(release({"config.json": old}), release({"config.json": new}))
    assert {} == everything(release({"config.json": new}), release({"config.json": old}))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        pytest.param({**MISTRAL, "sliding_window": None}, MISTRAL, {"context_reduced": ["sliding_window"]}, id="null"),
        pytest.param(
            {"model_type": "gemma2", "sliding_window": 4096},
            {"model_type": "gemma2", "sliding_window": 1024},
            {"other": ["sliding_window"]},
            id="window-of-some-layers",
        ),
        pytest.param(LLAMA, {**LLAMA, "attention_bias": 1}, {"other": ["attention_bias"]}, id="one-is-not-true"),
        pytest.param({**BERT, "unheard_of": 1}, BERT, {"other": ["unheard_of"]}, id="unknown-key-gone"),
        pytest.param(
            {"model_type": "qwen2", "use_sliding_window": True, "sliding_window": 4096, "max_window_layers": 2},
            {"model_type": "qwen2", "use_sliding_window": False, "sliding_window": 4096, "max_window_layers": 2},
            {"other": ["use_sliding_window"]},
            id="window-switched",
        ),
        pytest.param(
            {"model_type": "qwen3_vl", "vision_config": {"depth": 2}},
            {"model_type": "qwen3_vl", "vision_config": {"depth": 3}},
            {"geometry": ["vision_config.depth"]},
            id="nested-size",
        ),
        pytest.param(
            {"model_type": "qwen2_vl", "eos_token_id": 3, "pad_token_id": 1},
            {"model_type": "qwen2_vl", "text_config": {"eos_token_id": 3, "pad_token_id": 2}},
            {"other": ["text_config.pad_token_id"]},
            id="nested-token-and-changed",
        ),
        pytest.param(
            {"model_type": "qwen2_vl", "hidden_size": 64},
            {"model_type": "qwen2_vl", "text_config": {"hidden_size": 65}},
            {"geometry": ["text_config.hidden_size"]},
            id="nested-and-changed",
        ),
        pytest.param(
            {"model_type": "own", "vision_config": {"hidden_size": 8, "depth": 2}},
            {"model_type": "own"},
            {"architecture": ["vision_config"]},
            id="whole-part-gone",
        ),
        pytest.param(
            {**LLAMA, "rope_scaling": {"type": "linear", "factor": 2.0}},
            {**LLAMA, "rope_parameters": {"rope_type": "linear", "factor": 4.0, "rope_theta": 1e4}},
            {"rope": ["rope_parameters.factor"]},
            id="moved-and-changed",
        ),
        pytest.param(
            {**LLAMA, "quantization_config": GPTQ},
            {**LLAMA, "quantization_config": {**GPTQ, "desc_act": True}},
            {"quantization": ["quantization_config.desc_act"]},
            id="packing-default-left",
        ),
        pytest.param(
            {"model_type": "gemma3_text", "num_hidden_layers": 2, "sliding_window_pattern": 2},
            {"model_type": "gemma3_text", "num_hidden_layers": 2, "sliding_window_pattern": 3},
            {"other": ["sliding_window_pattern"]},
            id="pattern-changed",
        ),
        pytest.param(
            {"model_type": "llama", "hidden_size": 64},
            {"model_type": "gpt2", "n_embd": 64},
            {"architecture": ["hidden_size", "model_type", "n_embd"]},
            id="another-vocabulary-of-keys",
        ),
        pytest.param(
            {"hidden_size": 8}, {"hidden_size": 8, "model_type": "bert"}, {"other": ["model_type"]}, id="named"
        ),
    ],
)
def test_a_real_change_beside_a_spelling_is_told(
    old: Mapping[str, object], new: Mapping[str, object], found: Mapping[str, list[str]]
) -> None:
    """Normalising hides no change: what differs after it is told under its normal key."""
    told_here = told(old, new)
    told_here.get("architecture", []).sort()

    assert found.keys() == told_here.keys()
    for group, keys in found.items():
        assert set(keys) <= set(told_here[group])


def test_a_first_release_differs_from_nothing() -> None:
    """Without a baseline there is no change."""
    assert ConfigDiff() == compare_configs(None, release({"config.json": LLAMA}))


def test_a_configuration_that_comes_is_no_change_and_one_that_goes_is_one() -> None:
    """A file that appears takes nothing away; a ``config.json`` that disappears is told once."""
    with_it, without = release({"config.json": LLAMA, "README.md": "x"}), release({"README.md": "x"})

    assert {} == everything(without, with_it)
    assert {"architecture": [""]} == everything(with_it, without)
    assert ABSENT is compare_configs(with_it, without).architecture[0].new


def test_keys_that_the_library_works_out_count_only_in_a_file_written_anew() -> None:
    """Layer kinds that appear with another ``transformers_version`` are its own working; added by hand they are a change."""
    old = {"model_type": "llama4_text", "num_hidden_layers": 4, "transformers_version": "4.51.0"}
    new = {**old, "moe_layers": [0, 1, 3]}

    assert {"other": ["moe_layers"]} == told(old, new)
    assert {} == told(old, {**new, "transformers_version": "5.0.0"})


def test_a_dtype_named_for_the_first_time_is_measured_by_the_stored_weights() -> None:
    """Naming the dtype in which the weights lie changes nothing; naming another is a plain value."""
    silent = {"head": "BF16[8,4]", "config.json": BERT}

    assert {} == everything(release(silent), release({**silent, "config.json": {**BERT, "dtype": "bfloat16"}}))
    assert {"other": ["dtype"]} == everything(
        release(silent), release({**silent, "config.json": {**BERT, "dtype": "float32"}})
    )


def test_a_dtype_named_for_weights_that_were_cast_to_it_is_told_of_the_tensors_alone() -> None:
    """Casting and naming the dtype is one edit."""
    old = release({"q": "F32[8,8]", "config.json": BERT})
    new = release({"q": "F16[8,8] of=q", "config.json": {**BERT, "torch_dtype": "float16"}})

    assert {} == everything(old, new)
    assert {} == everything(new, old)


def test_a_tokenizer_bound_counts_only_where_it_binds() -> None:
    """``model_max_length`` is a change of context where it is the smallest bound, and none where config.json is."""

    def side(bound: object) -> Release:
        return release({"config.json": LLAMA, "tokenizer_config.json": {"model_max_length": bound}})

    assert {} == everything(side(10**30), side(4096))
    assert {} == everything(side(8192), side(10**30))
    assert {"context_reduced": ["model_max_length"]} == everything(side(10**30), side(2048))
    assert {"context_extended": ["model_max_length"]} == everything(side(1024), side(4096))


def test_a_bound_that_leaves_the_longest_input_alone_is_a_plain_value() -> None:
    """Raising one bound above another that stays smaller gives nobody a longer input."""
    bound = {"sentence_bert_config.json": {"max_seq_length": 256, "do_lower_case": False}}
    old = release({"config.json": LLAMA, **bound})
    new = release({"config.json": {**LLAMA, "max_position_embeddings": 8192}, **bound})
    diff = compare_configs(old, new)

    assert {"other": ["max_position_embeddings"]} == grouped(diff)
    assert (256, 256) == (diff.context_before, diff.context_after)


def test_sentence_transformers_may_move_its_bound_and_spell_out_its_defaults() -> None:
    """Version 6 keeps the bound with the tokenizer, names its task and switches the cache of an encoder off."""
    old = {
        "config.json": {**BERT, "use_cache": True, "position_embedding_type": "absolute"},
        "modules.json": [],
        "sentence_bert_config.json": {"max_seq_length": 256, "do_lower_case": False},
        "tokenizer_config.json": {"model_max_length": 512},
    }
    new = {
        "config.json": {**BERT, "use_cache": False},
        "modules.json": [],
        "sentence_bert_config.json": {
            "transformer_task": "feature-extraction",
            "module_output_name": "token_embeddings",
        },
        "tokenizer_config.json": {"model_max_length": 256},
    }
    shorter = {**new, "tokenizer_config.json": {"model_max_length": 128}}

    assert {} == everything(release(old), release(new))
    assert {} == everything(release(new), release(old))
    assert {"context_reduced": ["max_seq_length", "model_max_length"]} == everything(release(old), release(shorter))
    assert {"other": ["do_lower_case"]} == everything(
        release(old), release({**old, "sentence_bert_config.json": {"max_seq_length": 256, "do_lower_case": True}})
    )


def test_the_packing_may_move_between_its_files() -> None:
    """``quantize_config.json`` and ``quantization_config`` say the same; the scheme is compared, not the place."""
    beside = release({"config.json": LLAMA, "quantize_config.json": {"bits": 4, "group_size": 32, "damp_percent": 0.1}})
    inside = release({"config.json": {**LLAMA, "quantization_config": {**GPTQ, "group_size": 32}}})
    other = release({"config.json": {**LLAMA, "quantization_config": GPTQ}})

    assert {} == everything(beside, inside)
    assert {"quantization": ["quantization_config.group_size"]} == everything(beside, other)


def test_the_file_of_modelopt_is_read_where_nothing_else_describes_the_packing() -> None:
    """``hf_quant_config.json`` that comes or goes counts unless config.json describes the scheme as well."""
    scheme = {"producer": {"name": "modelopt", "version": "0.1"}, "quantization": {"quant_algo": "FP8"}}
    newer = {**scheme, "producer": {"name": "modelopt", "version": "0.2"}}
    plain = release({"config.json": LLAMA})
    packed = release({"config.json": LLAMA, "hf_quant_config.json": scheme})

    assert {"quantization": [""]} == everything(plain, packed)
    assert {} == everything(packed, release({"config.json": LLAMA, "hf_quant_config.json": newer}))


def test_the_parts_of_a_pipeline_are_compared_by_name() -> None:
    """Classes in ``model_index.json`` are architecture, the configuration of each part is compared under its path."""
    index = {"_class_name": "P", "unet": ["diffusers", "UNet"], "scheduler": ["diffusers", "DDIM"], "flag": True}
    old = {
        "model_index.json": index,
        "unet/config.json": {"_class_name": "UNet", "sample_size": 64, "act_fn": "silu"},
        "scheduler/scheduler_config.json": {"_class_name": "DDIM", "beta_start": 0.1},
    }
    new = {
        "model_index.json": {**index, "scheduler": ["diffusers", "PNDM"], "feature_extractor": [None, None]},
        "unet/config.json": {"_class_name": "UNet", "sample_size": 96, "act_fn": "silu", "_diffusers_version": "1"},
        "scheduler/scheduler_config.json": {"_class_name": "PNDM", "beta_start": 0.2},
    }
    diff = compare_configs(release(old), release(new))

    assert {
        "architecture": ["scheduler", "_class_name", "beta_start"],
        "geometry": ["sample_size"],
    } == grouped(diff)
    assert "unet/config.json" == diff.geometry[0].file


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.floats(-10, 10) | st.sampled_from(["", "x", "default"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["0", "1", "type", "x"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
KEYS = st.sampled_from([
    "model_type", "architectures", "rope_scaling", "rope_parameters", "rope_theta", "id2label", "label2id", "num_labels",
    "quantization_config", "text_config", "vision_config", "torch_dtype", "dtype", "eos_token_id", "max_length",
    "sliding_window", "layer_types", "num_hidden_layers", "hidden_size", "unheard_of", "transformers_version",
    "max_position_embeddings", "original_max_position_embeddings", "sliding_window_pattern", "stop_strings",
])  # fmt: skip
CONFIGS = st.builds(
    lambda kind, rest: {"model_type": kind, **rest},
    st.sampled_from(["llama", "gemma3_text", "qwen2_vl", "bert", "unheard_of"]),
    st.dictionaries(KEYS, JSON, max_size=6),
)


def read(config: object) -> Release:
    """Build a release of a configuration exactly as it was drawn."""
    return Release(MemorySource({"config.json": json.dumps(config).encode()}))


@given(config=CONFIGS)
def test_whatever_a_configuration_holds_it_never_differs_from_itself(config: dict[str, Any]) -> None:
    """Any JSON under any key is read without a fault of ours and is equal to itself in another order."""
    turned = dict(reversed(config.items()))

    assert {} == everything(read(config), read(turned))


@given(old=CONFIGS, new=CONFIGS)
def test_every_changed_key_lies_in_exactly_one_group(old: dict[str, Any], new: dict[str, Any]) -> None:
    """No key is told twice, and the way back tells the same keys."""
    there, back = compare_configs(read(old), read(new)), compare_configs(read(new), read(old))
    keys = [(change.file, change.key) for name in GROUPS for change in getattr(there, name)]

    assert len(keys) == len(set(keys))
    assert set(keys) == {(change.file, change.key) for name in GROUPS for change in getattr(back, name)}


@given(key=st.sampled_from(sorted(LLAMA)), drop=st.booleans())
def test_no_edit_of_a_plain_configuration_passes_unseen(key: str, drop: bool) -> None:  # noqa: FBT001 -- drawn by hypothesis
    """Changing any key of a configuration, or dropping one that is no default, is told exactly once."""
    value = LLAMA[key]
    changed: dict[str, object] = {"x": f"{value}x"} if isinstance(value, str) else {}
    new = {**LLAMA, key: changed.get("x", value)}
    if isinstance(value, bool):
        new[key] = not value
    elif isinstance(value, int | float):
        new[key] = value * 3
    elif isinstance(value, list):
        new[key] = ["Another"]
    if drop:
        del new[key]
    found = everything(release({"config.json": LLAMA}), release({"config.json": new}))
    silent = {"rope_theta", "hidden_act", "bos_token_id", "eos_token_id", "tie_word_embeddings"}

    assert (drop and key in silent and found == {}) or (len(found) == 1 and not (drop and key in silent))


def test_labels_are_told_one_by_one_in_the_order_of_their_numbers() -> None:
    """Each class that changed is a change of its own, numbers sorted as numbers."""
    old = {**BERT, "id2label": {str(i): f"c{i}" for i in range(12)}}
    new = {**BERT, "id2label": {str(i): f"c{i}" if i not in (2, 10) else "new" for i in range(12)}}

    assert ["id2label.10", "id2label.2"] == sorted(told(old, new)["labels"])
    assert [("c2", "new"), ("c10", "new")] == [
        (change.old, change.new) for change in sorted(config_diff(old, new).labels, key=lambda c: int(c.key[9:]))
    ]


def test_a_count_of_labels_beyond_all_sense_is_only_a_count() -> None:
    """A number of classes from an untrusted file is compared without making that many names."""
    assert {"labels": ["num_labels"]} == told({**BERT, "num_labels": 10**15}, {**BERT, "num_labels": 10**15 + 1})


def test_the_bound_of_a_sentence_transformer_goes_with_its_file() -> None:
    """Without the file its reader takes the bound of the network: long texts get other vectors."""
    common = {"config.json": {"model_type": "bert", "max_position_embeddings": 512}, "modules.json": []}
    diff = compare_configs(
        release({**common, "sentence_bert_config.json": {"max_seq_length": 256}}), release({**common})
    )

    assert (256, 512) == (diff.context_before, diff.context_after)
    assert ["max_seq_length"] == [change.key for change in diff.context_extended]


def test_what_a_training_tool_notes_about_itself_is_no_change() -> None:
    """Unsloth writes these two keys on each save, and nothing reads them."""
    config = {"model_type": "llama"}

    assert {} == told(config, {**config, "unsloth_version": "2025.9", "unsloth_fixed": True})


def test_settings_beside_are_compared_without_a_config() -> None:
    """A release of packed weights alone, or of another runtime, has them all the same."""
    packed, bound = "quantize_config.json", "sentence_bert_config.json"

    def lone(file: str, old: dict[str, object], new: dict[str, object] | None) -> dict[str, list[str]]:
        module: dict[str, object] = {"modules.json": []}
        one, other = release({**module, file: old}), release(module if new is None else {**module, file: new})
        assert grouped(compare_configs(other, other)) == {}
        return grouped(compare_configs(one, other))

    assert lone(packed, {"bits": 4}, {"bits": 8}) == {"quantization": ["bits"]}
    assert lone(packed, {"bits": 4, "damp_percent": 0.1}, {"bits": 4, "desc_act": False}) == {}
    assert lone(packed, {"bits": 4}, None) == {"quantization": [""]}
    assert lone(bound, {"max_seq_length": 512}, {"max_seq_length": 256}) == {"context_reduced": ["max_seq_length"]}
    assert lone(bound, {"max_seq_length": 256}, {"max_seq_length": 256, "do_lower_case": True}) == {
        "other": ["do_lower_case"]
    }
    assert lone(bound, {"max_seq_length": 256}, {"max_seq_length": 256, "do_lower_case": False}) == {}
