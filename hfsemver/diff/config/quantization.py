"""How packed weights are packed, without what only says how they came to be."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.diff.config.change import ABSENT, KeyChange, same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.diff.config.change import Absent
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue
    from hfsemver.releases.release import Release

SECTIONS: Final = ("quantization_config", "compression_config")
GPTQ_FILE: Final = "quantize_config.json"
MODELOPT_FILE: Final = "hf_quant_config.json"

# Where the weights came from and how they were calibrated: no reader of the weights looks at these.
_PROVENANCE: Final = frozenset({
    "batch_size", "block_name_to_quantize", "cache_block_outputs", "calib_data", "damp_percent", "dataset", "exllama_config",
    "max_calib_samples", "meta", "model_file_base_name", "model_name_or_path", "model_seqlen", "module_name_preceding_first_block",
    "producer", "tokenizer", "transformers_version", "use_cuda_fp16", "use_exllama", "use_marlin", "max_input_length",
})  # fmt: skip

# What the readers of a method take for a key that is left out.
# https://github.com/huggingface/transformers/blob/main/src/transformers/utils/quantization_config.py
_IMPLIED: Final[Mapping[str, Mapping[str, JsonValue]]] = MappingProxyType({
    "": {"modules_to_not_convert": [], "ignore": [], "dequantize": False},
    "gptq": {
        "desc_act": False, "group_size": 128, "pack_dtype": "int32", "static_groups": False, "sym": True,
        "true_sequential": True, "lm_head": False, "checkpoint_format": "gptq", "act_group_aware": True,
    },
    "awq": {"zero_point": True, "version": "gemm", "do_fuse": False, "group_size": 128},
    "bitsandbytes": {
        "load_in_8bit": False, "load_in_4bit": False, "llm_int8_threshold": 6.0,
        "llm_int8_enable_fp32_cpu_offload": False, "llm_int8_has_fp16_weight": False,
        "bnb_4bit_compute_dtype": "float32", "bnb_4bit_quant_type": "fp4", "bnb_4bit_use_double_quant": False,
        "bnb_4bit_quant_storage": "uint8", "llm_int8_skip_modules": [],
    },
    "fp8": {"activation_scheme": "dynamic", "weight_block_size": [128, 128], "fmt": "e4m3"},
})  # fmt: skip

_GPTQ: Final[JsonObject] = {"quant_method": "gptq"}  # what ``quantize_config.json`` goes without saying

_SPELLINGS: Final = MappingProxyType({
    "w_bit": "bits", "q_group_size": "group_size", "_load_in_4bit": "load_in_4bit", "_load_in_8bit": "load_in_8bit",
})  # fmt: skip


def quantization(config: JsonObject) -> dict[str, JsonValue] | None:
    """Return the scheme that a ``config.json`` names, ``None`` where it names none."""
    for name in SECTIONS:
        value = config.get(name)
        if isinstance(value, dict) and value:
            return scheme(value)
        # No reader knows what to make of it; that it is there, or was, is a difference all the same.
        if value and not isinstance(value, dict):
            return {"quant_method": value}
    return None


def scheme(section: JsonObject) -> dict[str, JsonValue]:
    """Return what a reader of the weights has to know, without provenance, each key under one name."""
    found: dict[str, JsonValue] = {}
    for key, value in section.items():
        plain = _SPELLINGS.get(key, key)
        if value is not None and key not in _PROVENANCE and (plain == key or plain not in section):
            found[plain] = value.lower() if plain in ("version", "quant_method") and isinstance(value, str) else value
    return found


def implied(key: str, method: JsonValue | Absent) -> JsonValue | Absent:
    """Return what a reader of the method takes for a key that is left out, ``ABSENT`` where that is not known."""
    own = _IMPLIED.get(str(method).lower(), {})
    return own[key] if key in own else _IMPLIED[""].get(key, ABSENT)


def with_files(release: Release, config: JsonObject) -> JsonObject:
    """Return ``config.json`` with the scheme that older releases keep in ``quantize_config.json``."""
    if quantization(config) is not None:
        return config
    beside = release.json(GPTQ_FILE)
    return config if beside is None else {**config, SECTIONS[0]: {**_GPTQ, **beside}}


def lone_changes(old: Release, new: Release) -> Iterator[KeyChange]:
    """Yield the keys of ``quantize_config.json`` that changed, for releases without a ``config.json`` to hold the scheme."""
    before, after = old.json(GPTQ_FILE), new.json(GPTQ_FILE)
    if before is None:
        return
    one = scheme({**_GPTQ, **before})
    if after is None:
        yield KeyChange(file=GPTQ_FILE, key="", old=one, new=ABSENT)
        return
    other = scheme({**_GPTQ, **after})
    for key in sorted({*one, *other}):
        sides = [side.get(key, implied(key, side["quant_method"])) for side in (one, other)]
        if not same(*sides):
            yield KeyChange(file=GPTQ_FILE, key=key, old=sides[0], new=sides[1])


def file_changes(old: Release, new: Release) -> Iterator[KeyChange]:
    """Yield the keys of ``hf_quant_config.json`` that changed.

    Its coming or going counts where it is the only description.
    """
    before, after = old.json(MODELOPT_FILE), new.json(MODELOPT_FILE)
    if before is None and after is None:
        return
    one, other = _modelopt(before), _modelopt(after)
    if before is None or after is None:
        described = quantization(old.config or {}) if before is None else quantization(new.config or {})
        if described is None:
            sides = (ABSENT, dict(other)) if before is None else (dict(one), ABSENT)
            yield KeyChange(file=MODELOPT_FILE, key="", old=sides[0], new=sides[1])
        return
    for key in sorted({*one, *other}):
        if not same(one.get(key, ABSENT), other.get(key, ABSENT)):
            yield KeyChange(file=MODELOPT_FILE, key=key, old=one.get(key, ABSENT), new=other.get(key, ABSENT))


def _modelopt(content: JsonObject | None) -> JsonObject:
    section = (content or {}).get("quantization")
    return scheme(section) if isinstance(section, dict) else {}
