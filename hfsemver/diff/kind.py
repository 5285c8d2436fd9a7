"""Tell what kind of repository a release is by its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.promise import Kind

if TYPE_CHECKING:
    from hfsemver.releases.release import Release

_CLASSIFIERS = (
    "ForSequenceClassification",
    "ForTokenClassification",
    "ForImageClassification",
    "ForAudioClassification",
)


def infer_kind(release: Release) -> Kind:
    """Return the kind that consumers would take the release for; generative when nothing says otherwise."""
    files = release.files
    if "adapter_config.json" in files:
        return Kind.ADAPTER
    if "modules.json" in files or "config_sentence_transformers.json" in files:
        return Kind.EMBEDDING
    if "model_index.json" in files:
        return Kind.PIPELINE
    try:
        config = release.config or {}
    except EvidenceMissing:
        return Kind.GENERATIVE
    if config.get("quantization_config"):
        return Kind.QUANTIZED
    classes = config.get("architectures")
    names = [name for name in classes if isinstance(name, str)] if isinstance(classes, list) else []
    if any(name.endswith(_CLASSIFIERS) for name in names):
        return Kind.CLASSIFIER
    return Kind.GENERATIVE
