"""Names that the library itself rewrites are one name, and every other renaming stays a renaming."""

from __future__ import annotations

import pytest

from hfsemver.diff.release import compare
from tests.builders import release

PARTS = {"config.json": {"model_type": "some_vl", "vision_config": {"depth": 2}}}

# Old name, new name, and the entry of the library's own table that rewrites one into the other.
SPELLINGS = [
    ("bert.encoder.layer.0.output.LayerNorm.gamma", "bert.encoder.layer.0.output.LayerNorm.weight", "legacy"),
    ("bert.encoder.layer.0.output.LayerNorm.beta", "bert.encoder.layer.0.output.LayerNorm.bias", "legacy"),
    ("encoder.pos_conv_embed.conv.weight_g", "encoder.pos_conv_embed.conv.parametrizations.weight.original0", "legacy"),
    ("encoder.pos_conv_embed.conv.weight_v", "encoder.pos_conv_embed.conv.parametrizations.weight.original1", "legacy"),
    ("model.layers.0.block_sparse_moe.gate.weight", "model.layers.0.mlp.gate.weight", "mixtral"),
    ("embed_out.weight", "lm_head.weight", "GPTNeoXForCausalLM"),
    ("language_model.lm_head.weight", "lm_head.weight", "llava"),
    ("vision_tower.vision_model.post.weight", "model.vision_tower.vision_model.post.weight", "llava"),
    ("multi_modal_projector.linear_1.weight", "model.multi_modal_projector.linear_1.weight", "llava"),
    ("audio_tower.conv1.weight", "model.audio_tower.conv1.weight", "qwen2_audio"),
    ("vision_model.patch.weight", "model.vision_model.patch.weight", "mllama"),
    ("visual.blocks.0.norm.weight", "model.visual.blocks.0.norm.weight", "Qwen2VLForConditionalGeneration"),
    ("model.layers.0.norm.weight", "model.language_model.layers.0.norm.weight", "Qwen2VLForConditionalGeneration"),
]


@pytest.mark.parametrize(("old", "new", "entry"), SPELLINGS)
def test_the_library_rewrites_these_names_itself(old: str, new: str, entry: str) -> None:
    """The table is the library's, not ours."""
    from transformers.conversion_mapping import get_checkpoint_conversion_mapping

    name = old
    for transform in get_checkpoint_conversion_mapping(entry):  # type: ignore[no-untyped-call]  # the library has no annotations
        name, _ = transform.rename_source_key(name)

    assert new == name


@pytest.mark.parametrize(("old", "new", "entry"), SPELLINGS)
def test_a_spelling_is_one_change_in_both_directions(old: str, new: str, entry: str) -> None:
    """Whatever the values became: the tensor is the same, nothing came and nothing went."""
    for before, after in ((old, new), (new, old)):
        tensors = compare(
            baseline=release({**PARTS, before: "F32[4,4]"}), current=release({**PARTS, after: "F32[4,4] seed=1"})
        ).tensors

        assert [(before, after)] == [(pair.old.name, pair.new.name) for pair in tensors.respelled]
        assert not any((tensors.added, tensors.removed, tensors.renamed))


def test_a_tower_is_one_change_although_its_own_class_dropped_a_prefix() -> None:
    """Transformers 5 took ``vision_model`` out of the tower of CLIP, and the network around it moved the tower."""
    pair = "vision_tower.vision_model.post.weight", "model.vision_tower.post.weight"
    for before, after in (pair, pair[::-1]):
        tensors = compare(release({**PARTS, before: "F32[4,4]"}), release({**PARTS, after: "F32[4,4]"})).tensors

        assert [(before, after)] == [(one.old.name, one.new.name) for one in tensors.respelled]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("model.layers.0.norm.weight", "model.language_model.layers.0.norm.weight"),
        ("visual.norm.weight", "model.visual.norm.weight"),
    ],
)
def test_a_network_of_one_part_keeps_its_names(old: str, new: str) -> None:
    """The prefixes of vision-language models mean nothing to a text model: no loader finds these."""
    config = {"config.json": {"model_type": "llama"}}
    tensors = compare(
        baseline=release({**config, old: "F32[4,4]"}), current=release({**config, new: f"F32[4,4] of={old}"})
    ).tensors

    assert not tensors.respelled
    assert [old] == [pair.old.name for pair in tensors.renamed]


def test_a_scale_named_gamma_is_no_layer_norm() -> None:
    """Vision transformers have a parameter of that name, which the library leaves alone."""
    tensors = compare(
        baseline=release({"ls1.gamma": "F32[4]"}), current=release({"ls1.weight": "F32[4] seed=1"})
    ).tensors

    assert not tensors.respelled
    assert ["ls1.gamma"] == [tensor.name for tensor in tensors.removed]


def test_two_tensors_of_one_spelling_cannot_be_told_apart_by_it() -> None:
    """A file that holds both spellings is left as it is."""
    old = {"LayerNorm.gamma": "F32[4]", "k": "F32[4]"}
    new = {"LayerNorm.weight": "F32[4] seed=1", "language_model.model.q": "F32[2]", "model.language_model.q": "F32[2]"}
    tensors = compare(
        baseline=release({**PARTS, **old, "language_model.model.model.q": "F32[2]"}), current=release({**PARTS, **new})
    ).tensors

    assert ["LayerNorm.weight"] == [pair.new.name for pair in tensors.respelled]


def test_another_dtype_under_another_spelling_is_both() -> None:
    """Two edits at once: neither hides the other."""
    tensors = compare(
        baseline=release({"LayerNorm.gamma": "F32[8]"}),
        current=release({"LayerNorm.weight": "BF16[8] of=LayerNorm.gamma"}),
    ).tensors

    assert ["LayerNorm.weight"] == [pair.name for pair in tensors.respelled]
    assert ["LayerNorm.weight"] == [pair.name for pair in tensors.recast]
