"""The output projection beside the embeddings: stored or not, tied or not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.weights.reading import tensor_bytes
from hfsemver.diff.weights.tensors import Claimed, HeadChange
from hfsemver.tensors import fingerprint

if TYPE_CHECKING:
    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.config.config import ConfigDiff
    from hfsemver.diff.weights.depth import Depth
    from hfsemver.diff.weights.tensors import TensorDiff
    from hfsemver.releases.release import Release

HEADS = ("lm_head.weight", "embed_out.weight", "output.weight", "cls.predictions.decoder.weight")
EMBEDDINGS = (
    "embed_tokens.weight", "wte.weight", "word_embeddings.weight", "shared.weight", "embed_in.weight",
    "tok_embeddings.weight", "token_embedding.weight",
)  # fmt: skip


def is_embedding(name: str) -> bool:
    """Whether rows of the tensor belong to tokens, by the names that architectures give it."""
    return name.endswith((*EMBEDDINGS, *HEADS))


def tied_flag(release: Release) -> bool | None:
    """Return ``tie_word_embeddings`` of the config, at the top or under ``text_config``; ``None`` when it says nothing."""
    config = release.config or {}
    text = config.get("text_config")
    for section in (config, text if isinstance(text, dict) else {}):
        flag = section.get("tie_word_embeddings")
        if isinstance(flag, bool):
            return flag
    return None


def embeddings_beside(release: Release, head: TensorInfo) -> TensorInfo | None:
    """Return the input embeddings of the head's own shape that a loader would tie it to."""
    for weight_set in release.weights.sets.values():
        if head.name in weight_set.tensors or any(name.endswith(EMBEDDINGS) for name in weight_set.tensors):
            for tensor in weight_set.tensors.values():
                if tensor.name.endswith(EMBEDDINGS) and tensor.shape == head.shape:
                    return tensor
    return None


def equals_embeddings(release: Release, head: TensorInfo, embeddings: TensorInfo, depth: Depth) -> bool | None:
    """Whether the two have the same bytes; ``None`` when they may not be read or are not here."""
    if head.dtype != embeddings.dtype:
        return False
    if not depth.reads_values:
        return None
    try:
        return fingerprint(tensor_bytes(release, head)) == fingerprint(tensor_bytes(release, embeddings))
    except EvidenceMissing:
        return None


def claim_head(diff: TensorDiff, baseline: Release, current: Release, config: ConfigDiff, depth: Depth) -> TensorDiff:
    """Take an output projection that appeared or vanished beside embeddings of its shape out of the plain changes."""
    for tensor in (*diff.added, *diff.removed):
        appeared = tensor in diff.added
        side = current if appeared else baseline
        embeddings = embeddings_beside(side, tensor) if tensor.name.endswith(HEADS) and tensor.dtype else None
        if embeddings is None:
            continue
        equal = equals_embeddings(side, tensor, embeddings, depth)
        head = HeadChange(head=tensor, embeddings=embeddings.name, appeared=appeared, equal=equal)
        stays_tied = not config.tied and tied_flag(baseline) is True and tied_flag(current) is True
        return replace(
            diff,
            added=tuple(t for t in diff.added if t is not tensor),
            removed=tuple(t for t in diff.removed if t is not tensor),
            # A copy of the embeddings that a tied loader ignores: stored or left out, nothing else is loaded.
            head=None if stays_tied and equal else head,
            claimed=(*diff.claimed, Claimed(cause="tied-embeddings-changed", tensors=(tensor.name,))),
        )
    return diff
