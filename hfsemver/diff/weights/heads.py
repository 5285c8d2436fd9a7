"""The output projection beside the embeddings: stored or not, tied or not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hfsemver.core.rule_id import RuleId
from hfsemver.diff.config.defaults import GENERIC, UNKNOWN, type_defaults
from hfsemver.diff.config.text import TEXT, text_values
from hfsemver.diff.weights.tensors import Claimed, HeadChange

if TYPE_CHECKING:
    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.config.config import ConfigDiff
    from hfsemver.diff.weights.depth import Depth
    from hfsemver.diff.weights.reading import WeightReading, WeightSide
    from hfsemver.diff.weights.tensors import RawTensors, TensorDiff
    from hfsemver.releases.release import Release

FLAG = "tie_word_embeddings"
HEADS = ("lm_head.weight", "embed_out.weight", "cls.predictions.decoder.weight")
EMBEDDINGS = (
    "embed_tokens.weight", "wte.weight", "word_embeddings.weight", "shared.weight", "embed_in.weight",
    "tok_embeddings.weight", "token_embedding.weight", "backbone.embeddings.weight",
)  # fmt: skip


def is_head(name: str) -> bool:
    """Whether the tensor projects onto the vocabulary, by the names that architectures give it."""
    # Only as a whole name: every attention block of BERT has an output.weight.
    return name == "output.weight" or ends_in(name, HEADS)


def ends_in(name: str, parts: tuple[str, ...]) -> bool:
    """Whether the last parts of a dotted name are one of these."""
    return any(name == part or name.endswith(f".{part}") for part in parts)


def tied_flag(release: Release) -> bool | None:
    """Return ``tie_word_embeddings`` of the config, at the top or in a part for text, else what its class fills in.

    ``None`` when nothing says: another library's model, or one of several parts, where versions fill in different things.
    """
    config = release.config or {}
    written = next((flag for flag in text_values(config, FLAG) if isinstance(flag, bool)), None)
    if written is not None:
        return written
    model_type = config.get("model_type")
    known = type_defaults(model_type) if isinstance(model_type, str) and config.get(TEXT) is None else UNKNOWN
    if known is UNKNOWN or known.parts:
        return None
    return known.values.get(FLAG, GENERIC[FLAG]) is True


def embeddings_beside(release: Release, weight_set: str, head: TensorInfo) -> TensorInfo | None:
    """Return the input embeddings of the same set and of the head's own shape, to which a loader would tie it."""
    found = release.weights.sets.get(weight_set)
    tensors = found.tensors.values() if found is not None else ()
    return next((t for t in tensors if ends_in(t.name, EMBEDDINGS) and t.shape == head.shape), None)


def equals_embeddings(side: WeightSide, head: TensorInfo, embeddings: TensorInfo, depth: Depth) -> bool | None:
    """Whether the two have the same bytes; ``None`` when they may not be read or are not here."""
    if head.dtype != embeddings.dtype:
        return False
    return side.are_equal(head, embeddings) if depth.reads_values else None


def claim_head(diff: TensorDiff, raw: RawTensors, reading: WeightReading, config: ConfigDiff) -> TensorDiff:
    """Take output projections that appeared or vanished beside embeddings of their shape out of the plain changes."""
    stays_tied = not config.tied and tied_flag(reading.baseline) is True and tied_flag(reading.current) is True
    # The few heads first: a mixture of experts may be renamed in tens of thousands of tensors.
    came = [(True, tensor) for tensor in diff.added if is_head(tensor.name)]
    for appeared, tensor in (*came, *((False, tensor) for tensor in diff.removed if is_head(tensor.name))):
        elsewhere = diff.removed if appeared else diff.added
        if any(is_head(t.name) and (t.dtype, t.shape) == (tensor.dtype, tensor.shape) for t in elsewhere):
            continue  # it has another name now
        side, sets = (reading.new, raw.name) if appeared else (reading.old, raw.old_name)
        embeddings = embeddings_beside(side.release, sets, tensor) if tensor.dtype else None
        if embeddings is None:
            continue
        equal = equals_embeddings(side, tensor, embeddings, reading.depth)
        head = HeadChange(head=tensor, embeddings=embeddings.name, appeared=appeared, equal=equal, tied=stays_tied)
        diff = replace(
            diff,
            added=tuple(t for t in diff.added if t is not tensor),
            removed=tuple(t for t in diff.removed if t is not tensor),
            # A copy of the embeddings that a tied loader ignores: stored or left out, nothing else is loaded.
            heads=diff.heads if stays_tied and equal else (*diff.heads, head),
            claimed=(
                *diff.claimed,
                Claimed(cause=RuleId.TIED_EMBEDDINGS_CHANGED, weight_set=raw.name, tensors=(tensor.name,)),
            ),
        )
    return diff
