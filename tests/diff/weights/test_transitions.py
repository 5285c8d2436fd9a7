"""One edit of tensors is one change, and each raw change lies in exactly one place."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfsemver.diff.release import compare
from hfsemver.diff.weights.depth import Depth
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.tensors import Band
from tests.builders import files, release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.diff.weights.tensors import TensorDiff

NAMES = st.sampled_from([
    "a.weight", "b.weight", "h.0.q.weight", "h.1.q.weight", "model.h.0.q.weight", "lm_head.weight",
    "model.embed_tokens.weight", "x.experts.0.up_proj.weight", "x.experts.up_proj", "LayerNorm.gamma", "LayerNorm.weight",
])  # fmt: skip
SPECS = st.sampled_from(["F32[4,4]", "F32[4,4] seed=1", "F32[8,4]", "BF16[4,4]", "I8[4,4]", "F32[4,4] of=a.weight"])
CONFIGS = st.sampled_from([
    {"model_type": "llama"},
    {"model_type": "llama", "tie_word_embeddings": True},
    {"model_type": "llama", "hidden_size": 8},
    {"model_type": "bert", "architectures": ["BertModel"]},
    {"model_type": "llama", "quantization_config": {"quant_method": "fp8"}},
])  # fmt: skip
SIDES = st.builds(lambda tensors, config: {**tensors, "config.json": config}, st.dictionaries(NAMES, SPECS), CONFIGS)


def changes(baseline: Mapping[str, object], current: Mapping[str, object], depth: Depth = Depth.FULL) -> TensorDiff:
    return compare(baseline=release(baseline), current=release(current), depth=depth).tensors


def assert_each_change_has_one_place(tensors: TensorDiff, weight_set: str, old: set[str], new: set[str]) -> None:
    """The ledger of one set: what came or went is claimed once or plain once, and nothing is lost."""
    claimed = [name for claim in tensors.claimed if claim.weight_set == weight_set for name in claim.tensors]
    moved = [pair for pair in (*tensors.renamed, *tensors.respelled) if pair.new.file == weight_set]
    stacked_new = {pair.new.name for pair in tensors.respelled if pair.new.file == weight_set}
    went = (
        [t.name for t in tensors.removed if t.file == weight_set]
        + sorted({p.old.name for p in moved})
        + [n for n in claimed if n in old - new]
    )
    came_plain = [t.name for t in tensors.added if t.file == weight_set]
    came_plain += sorted({p.new.name for p in tensors.renamed if p.new.file == weight_set})

    assert sorted(went) == sorted(old - new)
    assert set(came_plain) | stacked_new | (set(claimed) & (new - old)) == new - old
    kept = [p.name for p in (*tensors.reshaped, *tensors.recast, *tensors.packed) if p.new.file == weight_set]
    assert len(kept) == len(set(kept))
    assert not set(kept) & set(claimed)


@given(SIDES, SIDES, st.sampled_from(Depth))
@settings(deadline=None, max_examples=150)
def test_every_raw_change_lies_in_exactly_one_place(
    baseline: dict[str, object], current: dict[str, object], depth: Depth
) -> None:
    """Law 5: a tensor that came or went is claimed once, or plain once, never both and never lost."""
    tensors = changes(baseline, current, depth)
    old = {name for name in baseline if name != "config.json"}
    new = {name for name in current if name != "config.json"}
    if old and new:  # without a weight file on one side there is no set to compare
        assert_each_change_has_one_place(tensors, "model.safetensors", old, new)


SET = st.dictionaries(NAMES, SPECS, min_size=1)


@given(st.tuples(SET, SET), st.tuples(SET, SET), CONFIGS, CONFIGS, st.sampled_from(Depth))
@settings(deadline=None, max_examples=150)
def test_the_ledger_of_each_set_is_complete(
    baseline: tuple[dict[str, str], dict[str, str]],
    current: tuple[dict[str, str], dict[str, str]],
    old_config: dict[str, object],
    new_config: dict[str, object],
    depth: Depth,
) -> None:
    """Law 5 over two weight sets: whatever happens to a name in one says nothing about the same name in the other."""
    names = ("model.safetensors", "unet/model.safetensors")
    old = {**dict(zip(names, baseline, strict=True)), "config.json": old_config}
    new = {**dict(zip(names, current, strict=True)), "config.json": new_config}
    tensors = changes(old, new, depth)

    for name, before, after in zip(names, baseline, current, strict=True):
        assert_each_change_has_one_place(tensors, name, {*before}, {*after})


@given(SIDES, st.sampled_from(Depth))
@settings(deadline=None, max_examples=50)
def test_a_side_against_itself_has_no_change(side: dict[str, object], depth: Depth) -> None:
    """Law 1 on the floor of evidence."""
    tensors = changes(side, side, depth)

    moved = (tensors.added, tensors.removed, tensors.renamed, tensors.respelled, tensors.reshaped)
    assert not any((*moved, tensors.recast, tensors.packed, tensors.heads, tensors.claimed, tensors.unread))


def test_a_renaming_is_proved_by_bytes() -> None:
    """The tensor moved with all its values: one renaming, nothing removed and nothing added."""
    tensors = changes({"a.weight": "F32[4,4]", "k": "F32[2]"}, {"z.thing": "F32[4,4] of=a.weight", "k": "F32[2]"})

    assert [("a.weight", "z.thing")] == [(p.old.name, p.new.name) for p in tensors.renamed]
    assert () == tensors.added + tensors.removed


def test_one_tensor_of_the_same_shape_with_other_values_is_no_renaming() -> None:
    """Shape alone proves nothing."""
    tensors = changes({"a.weight": "F32[4,4]"}, {"z.weight": "F32[4,4]"})

    assert ["a.weight"] == [t.name for t in tensors.removed]
    assert ["z.weight"] == [t.name for t in tensors.added]


def test_equal_biases_are_paired_by_the_likeness_of_their_names() -> None:
    """Many tensors of zeros have the same bytes; the pairs follow the names."""
    old = {f"h.{i}.{part}.bias": "F32[4] zeros" for i in range(3) for part in ("q", "k")}
    new = {f"model.h.{i}.{part}.bias": "F32[4] zeros" for i in range(3) for part in ("q", "k")}
    tensors = changes(old, new)

    assert [(f"{name}", f"model.{name}") for name in sorted(old)] == sorted(
        (p.old.name, p.new.name) for p in tensors.renamed
    )


def test_a_consistent_new_prefix_is_a_renaming_even_after_training() -> None:
    """All tensors under one prefix took another: a renaming, and the values are compared under the new names."""
    old = {f"bert.h.{i}.w": "F32[4,4]" for i in range(3)}
    new = {f"model.h.{i}.w": f"F32[4,4] of=bert.h.{i}.w scale=1e-3" for i in range(3)}
    diff = compare(baseline=release(old), current=release(new))

    assert len(diff.tensors.renamed) == 3
    assert () == diff.tensors.added + diff.tensors.removed
    assert len(diff.values.tensors) == 3


def test_a_wider_cause_claims_what_follows_from_it() -> None:
    """A change of architecture explains every other tensor change."""
    tensors = changes(
        {"a": "F32[4]", "config.json": {"model_type": "bert", "architectures": ["BertModel"]}},
        {"b": "F32[9]", "config.json": {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}},
    )

    assert () == tensors.added + tensors.removed
    assert [("architecture-changed", ("a", "b"))] == [(c.cause, c.tensors) for c in tensors.claimed]


POINTER = (
    b"version https://git-lfs.github.com/spec/v1\noid sha256:"
    b"4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)


def with_pointer(side: Mapping[str, object], path: str, pointer: bytes = POINTER) -> Release:
    content = files(side)
    content[path] = pointer
    return Release(MemorySource(content))


def test_an_absent_object_is_unread_and_never_unchanged() -> None:
    """Only the pointer of the old weights is here: nothing is claimed about its tensors, and it is said."""
    diff = compare(baseline=with_pointer({}, "model.safetensors"), current=release({"a": "F32[4]"}))

    assert ["model.safetensors"] == [u.file for u in diff.tensors.unread]
    assert diff.values.unread
    assert diff.weights_changed


def test_equal_pointers_end_the_question() -> None:
    """Both sides name the same object: identical without a byte read."""
    side = with_pointer({}, "model.safetensors")
    diff = compare(baseline=side, current=with_pointer({}, "model.safetensors"))

    assert not diff.tensors.unread
    assert not diff.values.unread
    assert not diff.weights_changed


def test_a_pointer_is_recognised_by_the_digest_of_the_bytes_on_the_other_side() -> None:
    """The working tree has the file, the old commit only its pointer: hashing the file settles it."""
    content = files({"a": "F32[4]", "b": "F32[4]"})
    side = Release(MemorySource(content))
    digest, size = side.source.sha256("model.safetensors"), len(content["model.safetensors"])
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n".encode()
    diff = compare(baseline=with_pointer({}, "model.safetensors", text), current=side)

    assert not diff.tensors.unread
    assert ["a", "b"] == [v.pair.name for v in diff.values.tensors]
    assert not diff.weights_changed


def test_an_index_gives_the_names_of_tensors_whose_shards_are_not_here() -> None:
    """A tensor that left the index is removed, whether or not its shard can be read."""
    old_index = {"weight_map": {"a": "model-00001-of-00001.safetensors", "b": "model-00001-of-00001.safetensors"}}
    new_index = {"weight_map": {"a": "model-00001-of-00001.safetensors"}}
    other = POINTER.replace(b"4d7a", b"5d7a")
    diff = compare(
        baseline=with_pointer({"model.safetensors.index.json": old_index}, "model-00001-of-00001.safetensors"),
        current=with_pointer({"model.safetensors.index.json": new_index}, "model-00001-of-00001.safetensors", other),
    )

    assert ["b"] == [t.name for t in diff.tensors.removed]
    assert diff.tensors.unread


@pytest.mark.parametrize("rows", [9, 10, 12])
def test_embedding_rows_beyond_the_tokenizer_are_padding(rows: int) -> None:
    """Rows that no token reaches may change without a word; the first row that one does may not."""
    vocabulary = {
        "config.json": {"model_type": "llama", "vocab_size": 12},
        "tokenizer.json": {"model": {"type": "WordLevel", "vocab": {f"t{i}": i for i in range(10)}, "unk_token": "t0"}},
    }
    values = np.arange(48, dtype=np.float32).reshape(12, 4)
    other = values.copy()
    other[rows:] += 1

    def side(array: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> Release:
        from safetensors.numpy import save

        content = files(vocabulary)
        content["model.safetensors"] = save({"model.embed_tokens.weight": array})
        return Release(MemorySource(content))

    diff = compare(baseline=side(values), current=side(other))

    assert diff.weights_changed is (rows < 10)


VOCABULARY = {
    "config.json": {"model_type": "bert", "vocab_size": 128},
    "tokenizer.json": {"model": {"type": "WordLevel", "vocab": {f"t{i}": i for i in range(33)}, "unk_token": "t0"}},
}


def test_only_embeddings_have_padding() -> None:
    """Every attention block of BERT has an output.weight, and its rows are no tokens."""
    from safetensors.numpy import save

    values = np.zeros((128, 64), np.float32)
    other = values.copy()
    other[40:] = 1.5

    def side(array: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> Release:
        content = files(VOCABULARY)
        content["model.safetensors"] = save({"layer.0.attention.output.weight": array})
        return Release(MemorySource(content))

    diff = compare(baseline=side(values), current=side(other))

    assert ["layer.0.attention.output.weight"] == [v.pair.name for v in diff.values.of(Band.UPDATED)]


def test_broken_padding_is_broken() -> None:
    """Padding takes no part in the bands, and a NaN in it is still a NaN that a softmax will meet."""
    from safetensors.numpy import save

    def side(last: float) -> Release:
        values = np.ones((128, 64), np.float32) * np.arange(64, dtype=np.float32)
        values[100:] = last
        content = files(VOCABULARY)
        content["model.safetensors"] = save({"embeddings.word_embeddings.weight": values})
        return Release(MemorySource(content))

    diff = compare(baseline=side(2.0), current=side(float("nan")))

    assert ["embeddings.word_embeddings.weight"] == [fault.tensor.name for fault in diff.health.faults]
    assert not diff.updates.updated


def test_sets_that_share_names_are_kept_apart() -> None:
    """A renaming in one component of a pipeline does not cover for a tensor that another one lost."""
    baseline = {
        "unet/model.safetensors": {"x.LayerNorm.gamma": "F32[8]", "y": "F32[8]"},
        "vae/model.safetensors": {"x.LayerNorm.gamma": "F32[8] seed=5", "y": "F32[8]"},
    }
    current = {
        "unet/model.safetensors": {"x.LayerNorm.weight": "F32[8] of=x.LayerNorm.gamma", "y": "F32[8]"},
        "vae/model.safetensors": {"y": "F32[8]"},
    }
    tensors = changes(baseline, current)

    assert [("vae/model.safetensors", "x.LayerNorm.gamma")] == [(t.file, t.name) for t in tensors.removed]
    assert ["unet/model.safetensors"] == [pair.new.file for pair in tensors.respelled]


def test_a_head_that_came_in_every_variant_is_one_edit() -> None:
    """Two files with the same new head give two claims and no plain addition."""
    old = {"model.embed_tokens.weight": "F32[8,4]"}
    new = {**old, "lm_head.weight": "F32[8,4]"}
    tensors = changes(
        {"model.safetensors": old, "model.fp16.safetensors": old},
        {"model.safetensors": new, "model.fp16.safetensors": new},
    )

    assert 2 == len(tensors.heads)
    assert () == tensors.added


def test_a_cause_that_is_left_out_explains_nothing() -> None:
    """Leaving a rule out must not hide what it would have explained."""
    geometry = {"model_type": "bert", "vocab_size": 8}
    diff = compare(
        baseline=release({"a": "F32[8,4]", "head": "F32[8,4]", "config.json": geometry}),
        current=release({"a": "F32[9,4]", "config.json": {**geometry, "vocab_size": 9}}),
    )
    twin = diff.leaving_out(frozenset({"geometry-changed"}))

    assert () == diff.tensors.removed
    assert ["head"] == [t.name for t in twin.tensors.removed]
    assert ["a"] == [pair.name for pair in twin.tensors.reshaped]


def test_other_weights_are_an_update_where_nobody_asks_about_ancestry() -> None:
    """Each larger word for changed values gives way to the next smaller one when it is left out."""
    diff = compare(baseline=release({"q": "F32[64,64]"}), current=release({"q": "F32[64,64] seed=1"}))
    broken = compare(baseline=release({"q": "F32[64,64]"}), current=release({"q": "F32[64,64] nan"}))

    assert not diff.updates.updated
    assert diff.leaving_out(frozenset({"weights-unrelated-to-baseline"})).updates.updated
    assert not broken.updates.updated
    assert broken.leaving_out(frozenset({"weights-corrupt"})).updates.updated


def test_experts_by_the_ten_thousand_are_renamed_in_seconds() -> None:
    """Each tensor is looked at a few times and not once for each of the others: that would run into the time limit."""
    count = 20_000
    old = {f"moe.{i}.weight": "F32[1] zeros" for i in range(count)}
    new = {f"model.moe.{i}.weight": "F32[1] zeros" for i in range(count)}

    tensors = changes(old, new)

    assert (len(tensors.renamed), tensors.added, tensors.removed) == (count, (), ())


def test_names_of_a_thousand_parts_take_no_room() -> None:
    """Nobody gives such names but to have every ending of them kept, which took gigabytes."""
    sides = []
    for before in ("m", "x"):
        names = [f"{before}.{number}.{'a.' * 990}w" for number in range(1_000)]
        header = {name: {"dtype": "U8", "shape": [1], "data_offsets": [i, i + 1]} for i, name in enumerate(names)}
        text = json.dumps(header).encode()
        data = len(text).to_bytes(8, "little") + text + bytes(len(names))
        sides.append(Release(MemorySource({"model.safetensors": data})))
    tracemalloc.start()
    tensors = compare(baseline=sides[0], current=sides[1], depth=Depth.HEADER).tensors
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(tensors.removed) + len(tensors.renamed) == 1_000
    assert peak < 100 << 20
