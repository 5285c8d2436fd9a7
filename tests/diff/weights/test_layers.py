"""Layers and modules: told from names as trainers write them, and measured by sums and never by averages."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.tensor import TensorInfo
from hfsemver.diff.release import compare
from hfsemver.diff.weights.layers import PARTS, by_layer, changed_tensors, part_of, place_of
from hfsemver.diff.weights.tensor_values import TensorValues
from hfsemver.diff.weights.tensors import TensorPair
from hfsemver.tensors import Band, Measure
from hfsemver.tensors.measure import UNSEEN
from tests.builders import release

if TYPE_CHECKING:
    from hfsemver.core.report import LayerFigures

NAMES = (
    ("model.layers.12.self_attn.q_proj.weight", "model.layers", 12, "self_attn.q_proj"),
    ("model.layers.12.self_attn.q_proj.bias", "model.layers", 12, "self_attn.q_proj"),
    ("h.3.attn.c_attn.weight", "h", 3, "attn.c_attn"),
    ("encoder.layer.5.attention.output.LayerNorm.gamma", "encoder.layer", 5, "attention.output.LayerNorm"),
    ("0.auto_model.encoder.layer.5.output.dense.weight", "0.auto_model.encoder.layer", 5, "output.dense"),
    ("transformer.blocks.7.norm1.weight", "transformer.blocks", 7, "norm1"),
    ("model.layers.0.mlp.experts.31.down_proj.weight", "model.layers", 0, "mlp.experts.*.down_proj"),
    ("model.layers.0.mlp.experts.gate_up_proj", "model.layers", 0, "mlp.experts.gate_up_proj"),
    ("encoder.block.2.layer.1.DenseReluDense.wo.weight", "encoder.block", 2, "layer.*.DenseReluDense.wo"),
    ("base_model.model.model.layers.1.self_attn.v_proj.lora_A.weight", "base_model.model.model.layers", 1,
     "self_attn.v_proj.lora_A"),
    ("vision_tower.encoder.layers.1.mlp.fc1.weight", "vision_tower.encoder.layers", 1, "mlp.fc1"),
    ("language_model.model.layers.1.mlp.up_proj.weight", "language_model.model.layers", 1, "mlp.up_proj"),
    ("down_blocks.0.attentions.1.transformer_blocks.0.attn1.to_q.weight", "down_blocks", 0,
     "attentions.*.transformer_blocks.*.attn1.to_q"),
    ("mid_block.resnets.1.conv1.weight", "mid_block.resnets", 1, "conv1"),
    ("blk.4.ffn_down.weight", "blk", 4, "ffn_down"),
    ("model.embed_tokens.weight", "model.embed_tokens", None, ""),
    ("model.norm.weight", "model.norm", None, ""),
    ("lm_head.weight", "lm_head", None, ""),
    ("weight", "weight", None, ""),
    ("h.3.weight", "h", 3, "weight"),
    ("a.٣.b", "a.٣.b", None, ""),
    (f"h.{'9' * 5000}.w", f"h.{'9' * 5000}.w", None, ""),
    ("", "", None, ""),
)  # fmt: skip


@pytest.mark.parametrize(("name", "path", "layer", "module"), NAMES, ids=[name[0][:60] for name in NAMES])
def test_a_name_says_where_its_tensor_belongs(name: str, path: str, layer: int | None, module: str) -> None:
    """Layers of decoders, encoders, adapters, experts, towers and image networks; all else stands for itself."""
    place = place_of(name)

    assert (path, layer, module) == (place.path, place.layer, place.module)


@pytest.mark.parametrize(
    ("module", "part"),
    [
        ("self_attn.q_proj", "attention"),
        ("self_attn.q_norm", "norm"),
        ("attention.output.dense", "attention"),
        ("attention.output.LayerNorm", "norm"),
        ("attn.c_proj", "attention"),
        ("linear_attn.in_proj_qkvz", "attention"),
        ("SelfAttention.o", "attention"),
        ("q_proj.lora_A", "attention"),
        ("output.dense", "mlp"),
        ("intermediate.dense", "mlp"),
        ("mlp.experts.*.down_proj", "mlp"),
        ("mlp.gate", "mlp"),
        ("layer.*.DenseReluDense.wi_0", "mlp"),
        ("fc1", "mlp"),
        ("ln_1", "norm"),
        ("input_layernorm", "norm"),
        ("mixer.A_log", "other"),
        ("conv1", "other"),
        ("", "other"),
    ],
)
def test_a_module_is_known_by_what_it_does(module: str, part: str) -> None:
    """A norm of the attention is a norm, and a projection beside no name of a block is told by its own."""
    assert part == part_of(module)


def rows(old: dict[str, str], new: dict[str, str]) -> dict[tuple[str, int | None], LayerFigures]:
    values = compare(release(old), release(new)).values.tensors
    return {(row.path, row.layer): row for row in by_layer(values, modules=True)}


def test_layers_stand_in_their_order_between_embeddings_and_head() -> None:
    """Layer 10 comes after layer 2; what has no number stands before or behind."""
    names = (
        "lm_head.weight",
        "model.norm.weight",
        "model.embed_tokens.weight",
        "model.layers.10.q",
        "model.layers.2.q",
    )
    old = dict.fromkeys(names, "F32[4,4]")

    assert [
        ("model.embed_tokens", None),
        ("model.layers", 2),
        ("model.layers", 10),
        ("lm_head", None),
        ("model.norm", None),
    ] == list(rows(old, old))


def test_only_what_changed_takes_part_in_the_figures() -> None:
    """A layer counts all its tensors, and its distance is that of the ones that changed."""
    old = {"h.0.attn.weight": "F32[16,16]", "h.0.mlp.weight": "F32[16,16]", "h.1.attn.weight": "F32[16,16]"}
    found = rows(old, {**old, "h.0.attn.weight": "F32[16,16] seed=1 scale=1e-2"})
    layer, alone = found["h", 0], found["h", 1]

    assert (2, 1, 1, 0) == (layer.tensors, layer.changed, alone.tensors, alone.changed)
    assert layer.distance.relative_l2 == pytest.approx(1e-2, rel=0.2)
    assert layer.distance.changed_share == 1.0
    assert [("attention", 1), ("mlp", 0)] == [(part.part, part.changed) for part in layer.parts]
    assert [("attn", 1), ("mlp", 0)] == [(m.module, m.changed) for part in layer.parts for m in part.modules]
    assert layer.distance == layer.parts[0].distance == layer.parts[0].modules[0].distance
    assert {None} == {alone.distance.relative_l2, alone.distance.cosine, alone.distance.max_abs}


def measured(name: str, old: float, new: float, apart: float | None, file: str = "m.safetensors") -> TensorValues:
    """Return a changed tensor with these sums."""
    info = TensorInfo(name=name, dtype="F32", shape=(4,), file=file)
    measure = Measure(
        count=4,
        changed=2,
        baseline_squares=old,
        current_squares=new,
        difference_squares=apart,
        product=None if apart is None else (old + new - apart) / 2,
        max_abs=None if apart is None else apart,
        baseline_health=UNSEEN,
        current_health=UNSEEN,
    )
    return TensorValues(pair=TensorPair(old=info, new=info), band=Band.UPDATED, measure=measure)


def test_figures_of_a_layer_come_from_sums_and_not_from_averages() -> None:
    """A small tensor that was replaced weighs as much as it holds: sqrt(sum d2 / sum a2)."""
    (layer,) = by_layer([measured("h.0.q", 100.0, 100.0, 0.0), measured("h.0.k", 4.0, 4.0, 8.0)], modules=False)

    assert layer.distance.relative_l2 == math.sqrt(8 / 104)
    assert layer.distance.cosine == pytest.approx(100 / 104)
    assert layer.distance.max_abs == 8.0
    assert layer.distance.changed_share == 0.5
    assert () == layer.parts


def test_a_tensor_without_sums_leaves_its_layer_without_a_figure() -> None:
    """What cannot be read as numbers is no distance of zero, and what is too large for a double is none either."""
    (packed,) = by_layer([measured("h.0.q", 1.0, 1.0, 1.0), measured("h.0.k", 1.0, 1.0, None)], modules=True)
    (huge,) = by_layer([measured("h.0.q", 1e308, 1.0, 1.0), measured("h.0.k", 1e308, 1.0, 1.0)], modules=False)

    assert packed.distance.relative_l2 is packed.distance.max_abs is None
    assert packed.distance.changed_share == 0.5
    assert [("k", None), ("q", 1.0)] == [
        (m.module, m.distance.relative_l2) for part in packed.parts for m in part.modules
    ]
    assert huge.distance.relative_l2 is None


def test_files_of_weights_are_kept_apart_and_shards_are_not() -> None:
    """Two text encoders of one pipeline have tensors of the same names."""
    files = ("a/model-00001-of-00002.safetensors", "a/model-00002-of-00002.safetensors", "b/model.safetensors")
    found = by_layer((measured(f"h.0.{n}", 1.0, 1.0, 1.0, file) for n, file in enumerate(files)), modules=False)

    assert [("a/model.safetensors", 2), ("b/model.safetensors", 1)] == [(row.file, row.tensors) for row in found]


def test_changed_tensors_have_figures_and_equal_ones_are_not_listed() -> None:
    """Name, file, band and the four figures of one tensor are those of its measure."""
    old = {"a": "F32[64,64]", "b": "F32[64,64]"}
    values = compare(release(old), release({**old, "b": "F32[64,64] seed=1 scale=1e-3"})).values.tensors
    (found,) = changed_tensors(values)
    (measure,) = (seen.measure for seen in values if seen.pair.name == "b")

    assert ("b", "model.safetensors", "updated", 4096) == (found.name, found.file, found.band, found.elements)
    assert measure is not None
    assert measure.changed is not None
    assert (measure.relative_l2, measure.cosine, measure.max_abs, measure.changed / measure.count) == (
        found.distance.relative_l2,
        found.distance.cosine,
        found.distance.max_abs,
        found.distance.changed_share,
    )


@given(
    names=st.lists(st.one_of(st.sampled_from([name[0] for name in NAMES]), st.text()), unique=True, max_size=12),
    seed=st.integers(),
)
def test_every_tensor_is_in_one_layer_and_one_module(names: list[str], seed: int) -> None:
    """Whatever tensors are called, their counts add up, and their order changes nothing."""
    values = [measured(name, 1.0, 2.0, float(n)) for n, name in enumerate(names)]
    found = by_layer(values, modules=True)
    random.Random(seed).shuffle(values)

    assert len(names) == sum(row.tensors for row in found) == sum(row.changed for row in found)
    for row in found:
        assert sum(part.tensors for part in row.parts) == (0 if row.layer is None else row.tensors)
        assert all(part.tensors == sum(module.tensors for module in part.modules) for part in row.parts)
        assert {part.part for part in row.parts} <= set(PARTS)
    assert found == by_layer(values, modules=True)
