"""What sentence-transformers writes beside ``config.json``, and what an encoder makes of its switches."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.diff.config.change import ABSENT, KeyChange, same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.diff.config.normal import NormalConfig
    from hfsemver.releases.formats.strict_json import JsonValue
    from hfsemver.releases.release import Release

FILE: Final = "sentence_bert_config.json"
_BOUND: Final = "max_seq_length"  # told with the context

# What sentence-transformers takes for a key that is left out; version 6 writes most of them.
# https://github.com/huggingface/sentence-transformers/blob/main/sentence_transformers/models/Transformer.py
_IMPLIED: Final[Mapping[str, JsonValue]] = MappingProxyType({
    "do_lower_case": False, "transformer_task": "feature-extraction", "module_output_name": "token_embeddings",
    "modality_config": {"text": {"method": "forward", "method_output_name": "last_hidden_state"}}, "model_args": {},
    "tokenizer_args": {}, "config_args": {}, "model_kwargs": {}, "processor_kwargs": {}, "config_kwargs": {},
    "backend": "torch", "unpad_inputs": None,
})  # fmt: skip


def changes(baseline: Release, current: Release) -> Iterator[KeyChange]:
    """Yield the keys of ``sentence_bert_config.json`` that changed, but for its bound on the input."""
    old, new = baseline.json(FILE), current.json(FILE)
    if old is None or new is None:
        return
    for key in sorted({*old, *new} - {_BOUND}):
        implied = _IMPLIED.get(key, ABSENT)
        if not same(old.get(key, implied), new.get(key, implied)):
            yield KeyChange(file=FILE, key=key, old=old.get(key, ABSENT), new=new.get(key, ABSENT))


def is_idle(path: str, baseline: Release, before: NormalConfig, after: NormalConfig) -> bool:
    """Whether a key switches the cache of a network that generates nothing, and so has nothing to cache."""
    if path != "use_cache":
        return False
    return "modules.json" in baseline.files or not any(_generates(config) for config in (before, after))


def _generates(config: NormalConfig) -> bool:
    if config.effective("is_decoder") is True or config.effective("is_encoder_decoder") is True:
        return True
    return config.effective("eos_token_id") not in (ABSENT, None)
