"""Tensors that a release may store or leave out, because every loader gives them the same value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.diff.release import compare
from hfsemver.diff.weights.depth import Depth
from tests.builders import release

if TYPE_CHECKING:
    from hfsemver.diff.weights.tensors import TensorDiff

BODY = {"shared.weight": "F32[8,4]", "lm_head.bias": "F32[8]", "bert.embeddings.word_embeddings.weight": "F32[16,4]"}


def changes(
    name: str, spec: str, config: dict[str, object], depth: Depth = Depth.FULL
) -> tuple[TensorDiff, TensorDiff]:
    """Return what changes when a tensor is left out, and when it is stored again."""
    without = release({**BODY, "config.json": config})
    stored = release({**BODY, name: spec, "config.json": config})
    there = compare(baseline=stored, current=without, depth=depth).tensors
    return there, compare(baseline=without, current=stored, depth=depth).tensors


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("embeddings.position_ids", "I64[1,512]"),
        ("bert.embeddings.position_ids", "I64[1,512]"),
        ("model.layers.0.self_attn.rotary_emb.inv_freq", "F32[64]"),
        ("transformer.h.0.attn.bias", "U8[1,1,16,16]"),
        ("transformer.h.0.attn.masked_bias", "F32[]"),
        ("gpt_neox.layers.0.attention.bias", "BOOL[1,1,16,16]"),
    ],
)
@pytest.mark.parametrize("depth", Depth)
def test_a_buffer_that_is_computed_may_be_stored_or_not(name: str, spec: str, depth: Depth) -> None:
    """Saving a model of 2021 with a library of today leaves them out, and nothing that is loaded changes."""
    for tensors in changes(name, spec, {"model_type": "bert"}, depth):
        assert () == tensors.added + tensors.removed
        assert ["implied"] == [claim.cause for claim in tensors.claimed]


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("embeddings.position_ids", "F32[1,512]"),
        ("encoder.attn.bias", "F32[16]"),
        ("encoder.attn.bias", "F32[1,4,16,16]"),
        ("rotary_emb.weight", "F32[64]"),
    ],
)
def test_a_parameter_with_the_name_of_a_buffer_counts(name: str, spec: str) -> None:
    """The form decides too: a bias of attention has one dimension, a mask has four."""
    gone, came = changes(name, spec, {"model_type": "bert"})

    assert [name] == [t.name for t in gone.removed]
    assert [name] == [t.name for t in came.added]


@pytest.mark.parametrize(
    ("name", "source", "model_type"),
    [
        ("encoder.embed_tokens.weight", "shared.weight", "t5"),
        ("model.decoder.embed_tokens.weight", "shared.weight", "bart"),
        ("lm_head.decoder.weight", "bert.embeddings.word_embeddings.weight", "roberta"),
        ("lm_head.decoder.bias", "lm_head.bias", "roberta"),
        ("decoder.weight", "bert.embeddings.word_embeddings.weight", "modernbert"),
        ("proj_out.weight", "bert.embeddings.word_embeddings.weight", "whisper"),
    ],
)
def test_a_copy_that_the_library_ties_may_be_stored_or_not(name: str, source: str, model_type: str) -> None:
    """Older versions stored both names of one parameter."""
    for tensors in changes(name, f"{BODY[source]} of={source}", {"model_type": model_type}):
        assert () == tensors.added + tensors.removed


def test_a_copy_with_values_of_its_own_counts() -> None:
    """The name alone proves nothing."""
    gone, _ = changes("encoder.embed_tokens.weight", "F32[8,4] seed=1", {"model_type": "t5"})

    assert ["encoder.embed_tokens.weight"] == [t.name for t in gone.removed]


def test_a_copy_that_the_config_unties_counts() -> None:
    """A loader that ties nothing would leave the missing one at random; T5 shares its embeddings whatever the flag says."""
    name, spec = "encoder.embed_tokens.weight", "F32[8,4] of=shared.weight"
    untied, _ = changes(name, spec, {"model_type": "bart", "tie_word_embeddings": False})
    shared, _ = changes(name, spec, {"model_type": "t5", "tie_word_embeddings": False})

    assert [name] == [t.name for t in untied.removed]
    assert () == shared.removed


def test_a_copy_is_not_told_from_headers_alone() -> None:
    """Equal shapes are not equal values: it is neither called removed nor called the same, but unread."""
    gone, _ = changes("lm_head.decoder.bias", "F32[8] of=lm_head.bias", {"model_type": "roberta"}, Depth.HEADER)

    assert () == gone.removed
    assert ["model.safetensors: lm_head.decoder.bias"] == [unread.file for unread in gone.unread]


@pytest.mark.parametrize(("model_type", "heads"), [("gpt2", 0), ("llama", 1), ("of-its-own", 1)])
def test_a_flag_that_is_left_out_means_what_the_class_fills_in(model_type: str, heads: int) -> None:
    """GPT-2 ties by default and never wrote so; Llama does not; of an unknown class nothing is known."""
    body = {"wte.weight": "F32[8,4]", "config.json": {"model_type": model_type}}
    stored = {**body, "lm_head.weight": "F32[8,4] of=wte.weight"}
    tensors = compare(baseline=release(stored), current=release(body)).tensors

    assert heads == len(tensors.heads)
    assert () == tensors.removed


def test_a_head_under_another_name_is_a_renaming_and_no_change_of_the_tie() -> None:
    """Both names end alike, and the values prove that nothing came or went."""
    config = {"model_type": "llama", "tie_word_embeddings": False}
    old = {"wte.weight": "F32[8,4]", "lm_head.weight": "F32[8,4] seed=1", "config.json": config}
    new = {
        "wte.weight": "F32[8,4]",
        "wrapped.lm_head.weight": "F32[8,4] of=lm_head.weight seed=1",
        "config.json": config,
    }
    tensors = compare(baseline=release(old), current=release(new)).tensors

    assert ["wrapped.lm_head.weight"] == [pair.new.name for pair in tensors.renamed]
    assert () == tensors.heads + tensors.added + tensors.removed
