"""Tensors that a release may store or leave out: copies that a loader makes itself, and buffers that it computes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hfsemver.diff.weights.heads import EMBEDDINGS, ends_in, tied_flag
from hfsemver.diff.weights.tensors import Claimed, Unread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.weights.depth import Depth
    from hfsemver.diff.weights.reading import WeightReading, WeightSide
    from hfsemver.diff.weights.tensors import RawTensors, TensorDiff

_PROJECTIONS: Final = (
    "lm_head.decoder.weight", "predictions.decoder.weight", "vocab_projector.weight", "generator_lm_head.weight",
    "decoder.weight", "proj_out.weight",
)  # fmt: skip

IMPLIED: Final = "implied"
"""The cause of tensors that come and go without a loader noticing; no rule speaks of it."""

# Each copy with the tensors that it may be a copy of, as transformers lists them in ``_tied_weights_keys``.
_COPIES: Final = (
    (("encoder.embed_tokens.weight", "decoder.embed_tokens.weight"), ("shared.weight",)),
    (_PROJECTIONS, EMBEDDINGS),
    (("lm_head.decoder.bias",), ("lm_head.bias",)),
    (("predictions.decoder.bias",), ("predictions.bias",)),
)

# The encoder and the decoder of these share one embedding whatever ``tie_word_embeddings`` says: it is about the head.
_ALWAYS_SHARED: Final = frozenset({"t5", "mt5", "umt5", "longt5"})

# Older versions of transformers stored what all versions work out from the configuration; none needs it stored.
_BUFFERS: Final = (
    (re.compile(r"(?:.*\.)?embeddings\.position_ids"), re.compile(r"I(?:32|64)\[(?:1,)?\d+\]")),
    (re.compile(r".*\.rotary_emb\.inv_freq"), re.compile(r"B?F(?:16|32|64)\[\d+\]")),
    # The causal mask: no parameter has four dimensions of which two are 1 and two are equal.
    (re.compile(r".*\.(?:attn|attention)\.bias"), re.compile(r"(?:BOOL|U8|B?F(?:16|32))\[1,1,(\d+),\1\]")),
    (re.compile(r".*\.(?:attn|attention)\.masked_bias"), re.compile(r"B?F(?:16|32)\[\]")),
)


def claim_implied(diff: TensorDiff, raw: RawTensors, reading: WeightReading) -> TensorDiff:
    """Take tensors out of the plain changes that every loader gives the same value, stored or not."""
    if not (diff.added or diff.removed):
        return diff
    flags = [tied_flag(release) for release in (reading.baseline, reading.current)]
    found = [t for t in (*diff.added, *diff.removed) if _is_buffer(t)]
    sides = (
        (diff.added, reading.new, raw.name, [pair.new for pair in raw.common]),
        (diff.removed, reading.old, raw.old_name, [pair.old for pair in raw.common]),
    )
    for tensors, side, sets, kept in sides:
        release = side.release
        weight_set = release.weights.sets.get(sets)
        stored = weight_set.tensors if weight_set is not None else {}
        # Where nothing says that a loader ties the two, whoever asks for the copy misses it.
        tied = all(flags) or (release.config or {}).get("model_type") in _ALWAYS_SHARED
        sources = {t.name: stored[t.name] for t in kept if t.name in stored}
        found += [t for t in tensors if tied and _is_copy(side, t, sources, reading.depth)]
    if not found:
        return diff
    names = frozenset(t.name for t in found)
    return replace(
        diff,
        added=tuple(t for t in diff.added if t.name not in names),
        removed=tuple(t for t in diff.removed if t.name not in names),
        claimed=(*diff.claimed, Claimed(cause=IMPLIED, weight_set=raw.name, tensors=tuple(sorted(names)))),
        unread=diff.unread if reading.depth.reads_values else (*diff.unread, *_unproved(found)),
    )


def _is_buffer(tensor: TensorInfo) -> bool:
    kind = f"{tensor.dtype}[{','.join(map(str, tensor.shape))}]"
    return any(name.fullmatch(tensor.name) and form.fullmatch(kind) for name, form in _BUFFERS)


def _unproved(found: list[TensorInfo]) -> tuple[Unread, ...]:
    """Say of copies that were taken for such by their names and shapes that their bytes were not compared."""
    reason = "whether it equals what a loader ties it to was not read, because --weights header looks at headers only"
    return tuple(Unread(file=f"{t.file}: {t.name}", reason=reason, differs=False) for t in found if not _is_buffer(t))


def _is_copy(side: WeightSide, tensor: TensorInfo, stored: Mapping[str, TensorInfo], depth: Depth) -> bool:
    """Whether it has the bytes of a tensor that is stored on both sides and to which a loader ties it.

    At header depth name, dtype and shape have to do, and ``_unproved`` says so.
    """
    for copies, sources in _COPIES:
        if not ends_in(tensor.name, copies):
            continue
        for source in stored.values():
            if not ends_in(source.name, sources) or (source.dtype, source.shape) != (tensor.dtype, tensor.shape):
                continue
            # What is not here stays a plain change.
            if not depth.reads_values or side.are_equal(tensor, source):
                return True
    return False
