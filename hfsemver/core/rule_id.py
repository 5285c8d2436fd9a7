"""The rules that other floors have to know by name."""

from __future__ import annotations

from enum import StrEnum


class RuleId(StrEnum):
    """Rules that explain what other rules would tell, or that stand for the version itself.

    Everything else speaks of a rule by the value it was given. A test holds every member against the catalogue, and every
    other mention of an id outside of the rules against this list.
    """

    ADAPTER_BASE_WEIGHTS_CHANGED = "adapter-base-weights-changed"
    ADAPTER_CONTRACT_CHANGED = "adapter-contract-changed"
    ARCHITECTURE_CHANGED = "architecture-changed"
    BASELINE_UNREACHABLE = "baseline-unreachable"
    EMBEDDING_SPACE_CHANGED = "embedding-space-changed"
    GEOMETRY_CHANGED = "geometry-changed"
    GGUF_METADATA_DRIFT = "gguf-metadata-drift"
    LABEL_CONTRACT_CHANGED = "label-contract-changed"
    POLICY_WEAKENED = "policy-weakened"
    QUANTIZATION_CONFIG_CHANGED = "quantization-config-changed"
    RELEASE_TAG_MOVED = "release-tag-moved"
    ROPE_CONFIG_CHANGED = "rope-config-changed"
    SIGNATURE_MISMATCH = "signature-mismatch"
    STOP_TOKEN_REMOVED = "stop-token-removed"  # noqa: S105 -- the id of a rule
    TENSOR_DTYPE_PACKED = "tensor-dtype-packed"
    TIED_EMBEDDINGS_CHANGED = "tied-embeddings-changed"
    VERSION_BUMP_TOO_SMALL = "version-bump-too-small"
    VERSION_INVALID = "version-invalid"
    WEIGHTS_CORRUPT = "weights-corrupt"
    WEIGHTS_UNRELATED_TO_BASELINE = "weights-unrelated-to-baseline"
    WEIGHTS_UPDATED = "weights-updated"


VERSION_RULES = frozenset({RuleId.RELEASE_TAG_MOVED, RuleId.VERSION_BUMP_TOO_SMALL, RuleId.VERSION_INVALID})
"""The rules that judge the declared version, once it is known what the changes require: another number mends what they find."""
UPDATE_RULES = frozenset({RuleId.ADAPTER_BASE_WEIGHTS_CHANGED, RuleId.EMBEDDING_SPACE_CHANGED, RuleId.WEIGHTS_UPDATED})
"""The rules that tell changed values, each for its kind of repository."""
