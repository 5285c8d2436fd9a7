"""What ``generate()`` does where ``generation_config.json`` says nothing.

https://github.com/huggingface/transformers/blob/main/src/transformers/generation/configuration_utils.py
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.formats.strict_json import JsonValue

DEFAULTS: Final[Mapping[str, JsonValue]] = MappingProxyType({
    "assistant_early_exit": None, "assistant_confidence_threshold": 0.4, "assistant_lookbehind": 10,
    "bad_words_ids": None, "begin_suppress_tokens": None, "cache_config": None, "cache_implementation": None,
    "constraints": None, "disable_compile": False, "diversity_penalty": 0.0, "do_sample": False, "dola_layers": None,
    "early_stopping": False, "encoder_no_repeat_ngram_size": 0, "encoder_repetition_penalty": 1.0,
    "epsilon_cutoff": 0.0, "eta_cutoff": 0.0, "exponential_decay_length_penalty": None, "force_words_ids": None,
    "forced_bos_token_id": None, "forced_decoder_ids": None, "forced_eos_token_id": None, "guidance_scale": None,
    "is_assistant": False, "length_penalty": 1.0, "low_memory": None, "max_length": 20, "max_matching_ngram_size": None,
    "max_new_tokens": None, "max_time": None, "min_length": 0, "min_new_tokens": None, "min_p": None,
    "no_repeat_ngram_size": 0, "num_assistant_tokens": 20, "num_assistant_tokens_schedule": "constant",
    "num_beam_groups": 1, "num_beams": 1, "num_return_sequences": 1, "output_attentions": False,
    "output_hidden_states": False, "output_logits": None, "output_scores": False, "penalty_alpha": None,
    "prefill_chunk_size": None, "prompt_lookup_num_tokens": None, "remove_invalid_values": False,
    "renormalize_logits": False, "repetition_penalty": 1.0, "return_dict_in_generate": False,
    "return_legacy_cache": True, "sequence_bias": None, "stop_strings": None, "suppress_tokens": None,
    "target_lookbehind": 10, "temperature": 1.0, "token_healing": False, "top_k": 50, "top_p": 1.0, "typical_p": 1.0,
    "use_cache": True, "watermarking_config": None,
})  # fmt: skip

EOS: Final = "eos_token_id"

MIRRORED: Final = frozenset({
    "bos_token_id", "pad_token_id", "decoder_start_token_id", "use_cache", "output_attentions", "output_hidden_states",
})  # fmt: skip
"""Keys that are at home in ``config.json`` and may be repeated here."""

LEGACY: Final = frozenset(DEFAULTS) - MIRRORED
"""Keys that older releases keep in ``config.json`` and that count wherever ``generation_config.json`` is silent."""
