"""Configurations as transformers itself writes them: whatever it adds, drops or moves by itself is no change."""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.diff.config import defaults as config_defaults
from hfsemver.diff.config.defaults import type_defaults
from tests.builders import release
from tests.diff.config.config_sides import everything

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.releases.formats.strict_json import JsonValue

POPULAR = (
    "albert", "bart", "bert", "bloom", "clip", "deepseek_v3", "distilbert", "electra", "falcon", "gemma", "gemma2",
    "gemma3", "gemma3_text", "gpt2", "gpt_bigcode", "gpt_neox", "gpt_oss", "granite", "idefics3", "lfm2", "llama",
    "llama4", "llava", "mamba", "mistral", "mixtral", "modernbert", "mpt", "olmo2", "opt", "paligemma", "phi", "phi3",
    "qwen2", "qwen2_5_vl", "qwen2_moe", "qwen2_vl", "qwen3", "qwen3_moe", "qwen3_next", "qwen3_vl", "roberta",
    "siglip", "smollm3", "starcoder2", "t5", "vit", "wav2vec2", "whisper", "xlm-roberta",
)  # fmt: skip
LAYERS = {"bloom": "n_layer", "gpt2": "n_layer", "gpt_bigcode": "n_layer", "mpt": "n_layers"}
PLAIN = (
    "bert", "bloom", "falcon", "gemma", "gemma2", "gemma3_text", "gpt2", "gpt_bigcode", "gpt_neox", "gpt_oss", "llama",
    "mistral", "mixtral", "modernbert", "mpt", "opt", "phi3", "qwen2", "qwen3", "roberta", "vit",
)  # fmt: skip
# The class of these answers to another model type than the one it is asked for by.
RENAMED = {"gpt-sw3", "EvollaModel", "mlcd"}
# A default too long for the table, or one that a list and a number spell differently.
LONG = {"gemma3n", "gemma3n_text", "uvdoc", "uvdoc_backbone"}
DATA = Path(__file__).parents[4] / "shared" / "data" / "configs"
Content = dict[str, "JsonValue"]


@pytest.fixture(scope="module")
def classes() -> Iterator[Mapping[str, Any]]:
    """The configuration classes of the installed transformers, silent about their own future."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        auto = pytest.importorskip("transformers.models.auto.configuration_auto", exc_type=ImportError)
        logging.disable(logging.CRITICAL)
        yield auto.CONFIG_MAPPING
        logging.disable(logging.NOTSET)


def plain(content: Mapping[str, object]) -> Content:
    """Return a configuration as JSON holds it."""
    text = json.dumps(content, default=str)
    loaded: Content = json.loads(text, parse_constant=lambda name: {"__float__": name})
    return loaded


def differences(old: Mapping[str, object], new: Mapping[str, object]) -> dict[str, list[str]]:
    """Return what is told in either direction."""
    one, other = release({"config.json": old}), release({"config.json": new})
    return everything(one, other) or everything(other, one)


@pytest.mark.parametrize("model_type", POPULAR)
def test_defaults_written_out_or_left_out_are_the_same(model_type: str, classes: Mapping[str, Any]) -> None:
    """All keys of a class, only those it would save, and none at all: one configuration."""
    config = classes[model_type]()
    full, saved = plain(config.to_dict()), plain(config.to_diff_dict())

    assert {} == differences(full, saved)
    assert {} == differences(saved, {"model_type": model_type})


@pytest.mark.parametrize("model_type", PLAIN)
def test_another_depth_is_one_change_of_geometry(model_type: str, classes: Mapping[str, Any]) -> None:
    """Two more layers, written by the library, are told as that: what follows from the depth is not told beside it."""
    key = LAYERS.get(model_type, "num_hidden_layers")
    default = classes[model_type]()
    deeper = classes[model_type](**{key: default.to_dict()[key] + 2})

    assert {"geometry": [key]} == differences(
        {"model_type": model_type}, {"model_type": model_type, key: default.to_dict()[key] + 2}
    )
    assert {"geometry": [key]} == differences({"model_type": model_type}, plain(deeper.to_diff_dict()))


SIZES = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 99}
HALVES = {"encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2}
CLASSES = {
    "llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM", "gpt2": "GPT2LMHeadModel",
    "bart": "BartForConditionalGeneration",
}  # fmt: skip
OLD: dict[str, dict[str, object]] = {
    "llama": {
        **SIZES, "rope_theta": 5e5, "rope_scaling": None, "torch_dtype": "bfloat16", "eos_token_id": [2, 5],
        "max_length": 77, "temperature": 0.6, "do_sample": True,
    },
    "qwen2": {**SIZES, "use_sliding_window": False, "sliding_window": 4096, "tie_word_embeddings": True},
    "gpt2": {"n_embd": 64, "n_layer": 2, "n_head": 4, "vocab_size": 99, "n_ctx": 1024},
    "bart": {
        **HALVES, "d_model": 64, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "vocab_size": 99, "num_beams": 4,
        "forced_bos_token_id": 0, "no_repeat_ngram_size": 3, "decoder_start_token_id": 2, "is_encoder_decoder": True,
    },
}  # fmt: skip


@pytest.mark.parametrize("model_type", OLD)
def test_a_network_that_is_loaded_and_saved_again_does_not_change(
    model_type: str, classes: Mapping[str, Any], tmp_path: Path
) -> None:
    """A release with the configuration of an older library, saved by a newer one with all it adds, is the same release."""
    transformers = pytest.importorskip("transformers")
    auto = transformers.AutoModelForSeq2SeqLM if model_type == "bart" else transformers.AutoModelForCausalLM
    old, new = tmp_path / "old", tmp_path / "new"
    written = {"model_type": model_type, "architectures": [CLASSES[model_type]], **OLD[model_type]}
    written["transformers_version"] = "4.40.0"
    auto.from_config(classes[model_type](**OLD[model_type])).save_pretrained(old)
    (old / "config.json").write_text(json.dumps(written), encoding="utf-8")
    (old / "generation_config.json").unlink(missing_ok=True)
    auto.from_pretrained(old).save_pretrained(new)
    one, other = (release({file.name: file.read_bytes() for file in folder.iterdir()}) for folder in (old, new))

    assert "generation_config.json" in other.files
    assert {} == everything(one, other)
    assert {} == everything(other, one)


@pytest.mark.slow
def test_every_class_reads_the_same_with_and_without_its_defaults(classes: Mapping[str, Any]) -> None:
    """The table of defaults says what all classes say that it was made from; a newer library may add some."""
    wrong = {}
    known = [name for name in classes if type_defaults(name).values and name not in RENAMED | LONG]
    for name in known:
        config = classes[name]()
        found = differences(plain(config.to_dict()), {"model_type": name})
        if found:
            wrong[name] = found

    assert len(known) > 700
    assert len(wrong) <= len(known) // 50, wrong


@pytest.mark.slow
def test_the_shipped_table_is_what_the_tool_writes(classes: Mapping[str, Any], tmp_path: Path) -> None:
    """Nobody edited the table by hand: the library it names gives it again, byte for byte."""
    from tests.tools import make_config_defaults  # imports transformers

    shipped = Path(config_defaults.__file__).with_name("defaults.json")
    installed = pytest.importorskip("transformers").__version__
    if json.loads(shipped.read_bytes())["transformers"] != installed:
        pytest.skip(f"the table was not made from transformers {installed}")
    make_config_defaults.main(tmp_path / "table.json")

    assert shipped.read_bytes() == (tmp_path / "table.json").read_bytes()


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the real configurations are not here")
def test_a_real_configuration_that_is_saved_again_does_not_change(classes: Mapping[str, Any], tmp_path: Path) -> None:
    """Loading a published configuration and saving it again rewrites the file and changes nothing, either way round."""
    from transformers import AutoConfig  # heavy, and only here

    read = 0
    for path in sorted(DATA.rglob("*_config.json")):
        if "hf_quant" in path.name:
            continue
        original = {key: value for key, value in json.loads(path.read_bytes()).items() if key != "auto_map"}
        source, target = tmp_path / f"{read}" / "old", tmp_path / f"{read}" / "new"
        source.mkdir(parents=True)
        (source / "config.json").write_text(json.dumps(original), encoding="utf-8")
        config = AutoConfig.from_pretrained(source, local_files_only=True)
        config.save_pretrained(target)
        saved = {file.name: file.read_bytes() for file in target.iterdir()}
        one, other = release({"config.json": original}), release(saved)

        assert {} == everything(one, other), path.name
        assert {} == everything(other, one), path.name
        assert {} == differences(original, plain(config.to_dict())), path.name
        read += 1

    assert read >= 30
