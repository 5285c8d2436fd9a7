"""Tell what kind of repository a release is by its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.promise import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from hfsemver.releases.formats.strict_json import JsonObject

_CLASSIFIERS = (
    "ForSequenceClassification",
    "ForTokenClassification",
    "ForImageClassification",
    "ForAudioClassification",
)


def infer_kind(files: Collection[str], read_config: Callable[[], JsonObject | None]) -> Kind:
    """Return the kind that consumers would take these files for; generative when nothing says otherwise.

    ``config.json`` is read only where the names do not settle it.
    """
    if "adapter_config.json" in files:
        return Kind.ADAPTER
    if "modules.json" in files or "config_sentence_transformers.json" in files:
        return Kind.EMBEDDING
    if "model_index.json" in files:
        return Kind.PIPELINE
    try:
        config = read_config() or {}
    except EvidenceMissing:
        return Kind.GENERATIVE
    if config.get("quantization_config"):
        return Kind.QUANTIZED
    classes = config.get("architectures")
    names = [name for name in classes if isinstance(name, str)] if isinstance(classes, list) else []
    if any(name.endswith(_CLASSIFIERS) for name in names):
        return Kind.CLASSIFIER
    return Kind.GENERATIVE
