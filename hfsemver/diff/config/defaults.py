"""What a key of ``config.json`` means when it is left out, by model type.

The table is made from the configuration classes of transformers by ``tests/tools/make_config_defaults.py`` and read
on the first key that only one side of a comparison spells out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.formats.strict_json import JsonValue

GENERIC: Final[Mapping[str, JsonValue]] = MappingProxyType({
    "add_cross_attention": False, "bad_words_ids": None, "begin_suppress_tokens": None, "chunk_size_feed_forward": 0,
    "cross_attention_hidden_size": None, "diversity_penalty": 0.0, "do_sample": False, "early_stopping": False,
    "encoder_no_repeat_ngram_size": 0, "exponential_decay_length_penalty": None, "finetuning_task": None,
    "forced_bos_token_id": None, "forced_eos_token_id": None, "gradient_checkpointing": False, "is_decoder": False,
    "is_encoder_decoder": False, "length_penalty": 1.0, "max_length": 20, "min_length": 0, "no_repeat_ngram_size": 0,
    "num_beam_groups": 1, "num_beams": 1, "num_labels": 2, "num_return_sequences": 1, "output_attentions": False,
    "output_hidden_states": False, "output_past": True, "position_embedding_type": "absolute", "output_scores": False, "prefix": None, "pruned_heads": {},
    "problem_type": None, "remove_invalid_values": False, "repetition_penalty": 1.0, "return_dict": True,
    "return_dict_in_generate": False, "sep_token_id": None, "suppress_tokens": None, "task_specific_params": None,
    "temperature": 1.0, "tf_legacy_loss": False, "tie_encoder_decoder": False, "tie_word_embeddings": True,
    "tokenizer_class": None, "top_k": 50, "top_p": 1.0, "torchscript": False, "typical_p": 1.0, "use_bfloat16": False,
    "use_cache": True,
})  # fmt: skip
"""Defaults that every configuration class of transformers 4 and 5 shares.

https://github.com/huggingface/transformers/blob/v4.57.0/src/transformers/configuration_utils.py
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeDefaults:
    """What one configuration class fills in.

    ``values`` are plain defaults, ``parts`` the nested configurations by key with the name of their own defaults,
    ``fixed`` those whose class does not depend on what they say. ``aliases`` are other spellings of a key.
    ``derived`` names the formula (in ``derived.py``) of keys worked out from others, empty where there is none.
    ``consumed`` keys are read and turned into others: the class never writes them again.
    """

    model_type: str | None = None
    values: Mapping[str, JsonValue] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, str] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    consumed: frozenset[str] = frozenset()


UNKNOWN: Final = TypeDefaults()


@cache
def _table() -> Mapping[str, TypeDefaults]:
    raw = json.loads((files("hfsemver.diff.config") / "defaults.json").read_bytes())
    pairs = cast("list[tuple[str, JsonValue]]", raw["pairs"])
    return MappingProxyType(
        {
            name: TypeDefaults(
                model_type=entry.get("model_type", name),
                values=MappingProxyType({pairs[index][0]: pairs[index][1] for index in entry["values"]}),
                parts=MappingProxyType(entry.get("parts", {})),
                aliases=MappingProxyType(entry.get("aliases", {})),
                derived=MappingProxyType(entry.get("derived", {})),
                fixed=frozenset(entry.get("fixed", ())),
                consumed=frozenset(entry.get("consumed", ())),
            )
            for name, entry in raw["types"].items()
        }
    )


def type_defaults(model_type: str) -> TypeDefaults:
    """Return what transformers fills in for a model type, ``UNKNOWN`` for one it does not know."""
    return _table().get(model_type, UNKNOWN)
