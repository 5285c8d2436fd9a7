"""Tell what kind of repository a release is by its files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.promise import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from hfsemver.releases.formats.gguf_types import GgufHeader
    from hfsemver.releases.formats.strict_json import JsonObject

_CLASSIFIERS = (
    "ForSequenceClassification",
    "ForTokenClassification",
    "ForImageClassification",
    "ForAudioClassification",
)
# Quantisations as llama.cpp and the Hub name them: https://github.com/huggingface/huggingface.js/tree/main/packages/gguf
_BLOCKS: Final = re.compile(r"(?<![a-z0-9])(?:i?q\d+_[a-z0-9_]+|tq\d_0|mxfp4(?:_moe)?|nvfp4)(?=[-.]|$)", re.IGNORECASE)


def infer_kind(
    files: Collection[str], read_config: Callable[[], JsonObject | None], ggufs: Mapping[str, GgufHeader]
) -> Kind:
    """Return the kind that consumers would take these files for; generative when nothing says otherwise.

    ``config.json`` is read only where the names do not settle it, and the header of a GGUF file where there is no such file.
    """
    if "adapter_config.json" in files:
        return Kind.ADAPTER
    if "modules.json" in files or "config_sentence_transformers.json" in files:
        return Kind.EMBEDDING
    if "model_index.json" in files:
        return Kind.PIPELINE
    try:
        config = read_config()
    except EvidenceMissing:
        return Kind.GENERATIVE
    if config is None:
        return Kind.QUANTIZED if _is_quantized(ggufs) else Kind.GENERATIVE
    if config.get("quantization_config"):
        return Kind.QUANTIZED
    classes = config.get("architectures")
    names = [name for name in classes if isinstance(name, str)] if isinstance(classes, list) else []
    if any(name.endswith(_CLASSIFIERS) for name in names):
        return Kind.CLASSIFIER
    return Kind.GENERATIVE


def _is_quantized(ggufs: Mapping[str, GgufHeader]) -> bool:
    """Whether a GGUF file is quantised, by its name or else by its tensors."""
    if any(_BLOCKS.search(path) for path in ggufs):
        return True
    for path in ggufs:
        try:
            if ggufs[path].is_quantized:
                return True
        except EvidenceMissing:
            continue
    return False
