"""Checkpoints of ``torch.save`` take part in the comparison of tensors, and one edit is told once."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save

from hfsemver.core.claim import Claim
from hfsemver.diff.release import compare
from hfsemver.diff.weights.depth import Depth
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.rules.catalogue import evidence_rules
from hfsemver.rules.engine import inspect
from hfsemver.rules.rule import Cost
from hfsemver.rules.sound import SOUND
from hfsemver.tensors import Band
from tests.builders import files, judged
from tests.checkpoints import saved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.rules.rule import Rule

    State = dict[str, torch.Tensor]

BIN, SAFE = "pytorch_model.bin", "model.safetensors"
ONE, TWO, INDEX = "pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin", "pytorch_model.bin.index.json"


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def state(**changes: torch.Tensor | None) -> State:
    """Three layers and tied embeddings; a double underscore stands for a dot."""
    embeddings = normal(32, 16, seed=9)
    made: State = {f"layers.{i}.w": normal(64, 64, seed=i) for i in range(3)}
    made |= {"embed_tokens.weight": embeddings, "lm_head.weight": embeddings}
    for name, value in changes.items():
        made.pop(name.replace("__", "."), None)
        if value is not None:
            made[name.replace("__", ".")] = value
    return made


def safe(tensors: Mapping[str, torch.Tensor]) -> bytes:
    return save({n: t.contiguous() for n, t in tensors.items() if n != "lm_head.weight"})


def both(tensors: Mapping[str, torch.Tensor]) -> dict[str, bytes]:
    return {BIN: saved(dict(tensors)), SAFE: safe(tensors)}


def compared(old: Mapping[str, bytes] | None, new: Mapping[str, bytes], depth: Depth = Depth.FULL) -> ReleaseDiff:
    baseline = None if old is None else Release(MemorySource(old))
    return compare(baseline, Release(MemorySource(new)), depth)


def found(diff: ReleaseDiff) -> list[tuple[str, str]]:
    """Rules that fired and the files they speak of; nothing may be left open."""
    findings, skips = judged(diff, Claim())
    assert () == skips
    return [(finding.rule, finding.location.file) for finding in findings]


def skipped(diff: ReleaseDiff) -> dict[str, str]:
    findings, skips = judged(diff, Claim())
    assert not findings
    return {skip.rule: skip.reason for skip in skips}


TUNED = state(layers__0__w=normal(64, 64) + 1e-3 * normal(64, 64, seed=5))
LARGER = normal(40, 16, seed=9)
EDITS = {
    "weights-updated": TUNED,
    "tensor-removed": state(layers__2__w=None),
    "tensor-added": state(bias=normal(3)),
    "tensor-shape-changed": state(embed_tokens__weight=LARGER, lm_head__weight=LARGER),
    "tensor-dtype-changed": {name: tensor.half() for name, tensor in state().items()},
    "tensor-dtype-packed": state(layers__1__w=normal(64, 64).to(torch.int8)),
    "tensor-renamed": {name.replace("layers.", "blocks."): tensor for name, tensor in state().items()},
    "weights-corrupt": state(layers__1__w=torch.full((64, 64), torch.nan)),
    "weights-roundtrip-noise": {name: tensor.bfloat16().float() for name, tensor in state().items()},
    "weights-unrelated-to-baseline": state(**{f"layers__{i}__w": normal(64, 64, seed=50 + i) for i in range(3)}),
}


@pytest.mark.parametrize("rule", EDITS)
def test_an_edit_of_a_checkpoint_is_found(rule: str) -> None:
    """The rules about tensors speak of it as they do of safetensors; two tied names are one tensor."""
    assert found(compared({BIN: saved(state())}, {BIN: saved(EDITS[rule])})) == [(rule, BIN)]


@pytest.mark.parametrize("rule", EDITS)
def test_an_edit_of_both_formats_is_told_once(rule: str) -> None:
    """Of the file that loaders take."""
    assert found(compared(both(state()), both(EDITS[rule]))) == [(rule, SAFE)]


@pytest.mark.parametrize("rule", EDITS)
def test_an_edit_of_the_checkpoint_alone_is_told(rule: str) -> None:
    """Beside safetensors that stayed as they are, which is told too where values moved."""
    old = both(state())
    told = found(compared(old, {**old, BIN: saved(EDITS[rule])}))
    assert [one for one in told if one != ("sibling-format-stale", SAFE)] == [(rule, BIN)]
    assert (len(told) == 2) is (rule in ("weights-updated", "weights-unrelated-to-baseline"))


def test_what_stayed_in_one_format_vouches_for_nothing_in_the_other() -> None:
    """Other safetensors beside the pickle of before are another model, as they are without it."""
    old, unrelated = both(state()), EDITS["weights-unrelated-to-baseline"]
    told = found(compared(old, {**old, SAFE: safe(unrelated)}))
    assert sorted(told) == [("sibling-format-stale", BIN), ("weights-unrelated-to-baseline", SAFE)]


def test_a_fault_of_a_first_release_is_told_once() -> None:
    """In both formats, or under both names of one storage."""
    broken = state(embed_tokens__weight=torch.full((4, 4), torch.nan))
    broken["lm_head.weight"] = broken["embed_tokens.weight"]
    card = files(SOUND)
    assert found(compared(None, {**both(broken), **card})) == [("weights-corrupt", SAFE)]
    alone = [rule for rule, _ in found(compared(None, {BIN: saved(broken), **card})) if rule != "pickle-introduced"]
    assert alone == ["weights-corrupt"]


SAVED_AGAIN = {
    "other order": saved(OrderedDict(reversed(state().items()))),
    "other version": saved(state(), pickle_protocol=4),
    "copies": saved({name: tensor.clone() for name, tensor in state().items()}),
    "parameters": saved({name: torch.nn.Parameter(tensor) for name, tensor in state().items()}),
    "parts of larger storages": saved({n: torch.stack([t, t])[1] for n, t in state().items()}),
    "in a training checkpoint": saved({"state_dict": state(), "epoch": 3, "optimizer": {"state": {0: normal(3)}}}),
}


@pytest.mark.parametrize("way", SAVED_AGAIN)
def test_the_same_tensors_saved_in_another_way_are_identical(way: str) -> None:
    """Neither a finding nor an open question, whichever of the two comes first."""
    for old, new in ((saved(state()), SAVED_AGAIN[way]), (SAVED_AGAIN[way], saved(state()))):
        diff = compared({BIN: old}, {BIN: new})
        assert [] == found(diff)
        assert {Band.IDENTICAL} == {values.band for values in diff.values.tensors}
        assert not diff.weights_changed


def sharded(tensors: State) -> dict[str, bytes]:
    names = sorted(tensors)
    parts = {ONE: {n: tensors[n] for n in names[:2]}, TWO: {n: tensors[n] for n in names[2:]}}
    index = ",".join(f'"{name}": "{file}"' for file, held in parts.items() for name in held)
    return {INDEX: b'{"weight_map": {' + index.encode() + b"}}"} | {file: saved(held) for file, held in parts.items()}


def test_shards_are_one_set() -> None:
    """Splitting moves tensors and changes none; what changed in a shard is found there."""
    assert found(compared({BIN: saved(state())}, sharded(state()))) == [("shard-layout-changed", BIN)]
    assert found(compared(sharded(state()), sharded(TUNED))) == [("weights-updated", ONE)]


def test_the_shards_of_an_index_are_opened_and_no_others() -> None:
    """Old shards may stay where they are; one that differs is an open question."""
    old_shard = "pytorch_model-00001-of-00003.bin"
    beside = {**sharded(state()), old_shard: saved({"x": normal(3)})}
    assert [] == found(compared(beside, {**beside, "README.md": b"# Card\n"}))
    changed = skipped(compared(beside, {**beside, old_shard: saved({"x": normal(3, seed=1)})}))
    assert "lies beside" in changed["weights-updated"]


def test_files_by_rank_are_compared_one_by_one() -> None:
    """Each holds a slice of every tensor under the same name; another number of them cannot be compared."""
    slices = {f"consolidated.0{rank}.pth": saved({"w": normal(64, 64, seed=rank)}) for rank in range(2)}
    again = {file: saved({"w": normal(64, 64, seed=rank)}, pickle_protocol=4) for rank, file in enumerate(slices)}
    assert [] == found(compared(slices, again))
    trained = {**slices, "consolidated.01.pth": saved({"w": normal(64, 64, seed=1) * 1.001})}
    assert found(compared(slices, trained)) == [("weights-updated", "consolidated.01.pth")]
    merged = {"consolidated.00.pth": saved({"w": normal(128, 64)})}
    findings, skips = judged(compared(slices, merged), Claim())
    assert {"shard-layout-changed"} == {finding.rule for finding in findings}
    assert "weights-updated" in {skip.rule for skip in skips}


TENSOR_RULES = {"tensor-added", "tensor-removed", "tensor-shape-changed", "tensor-dtype-changed", "tensor-dtype-packed"}
VALUE_RULES = {"weights-updated", "weights-roundtrip-noise", "weights-unrelated-to-baseline"}


@pytest.mark.parametrize(
    "data",
    [
        saved(TUNED, _use_new_zipfile_serialization=False),
        saved({name: tensor.t() for name, tensor in state().items()}),
        saved(torch.nn.Linear(2, 2)),
        saved(state())[:-30],
        b"PK\x03\x04",
        b"",
    ],
)
def test_what_cannot_be_read_is_an_open_question(data: bytes) -> None:
    """On both sides: never a change and never no change. The same bytes are the same weights all the same."""
    for old, new in (({BIN: saved(state())}, {BIN: data}), ({BIN: data}, {BIN: saved(state())})):
        assert TENSOR_RULES | VALUE_RULES <= skipped(compared(old, new)).keys()
        assert compared(old, new).weights_changed
    assert [] == found(compared({BIN: data}, {BIN: data, "README.md": b"# Card\n"}))
    assert found(compared({"a.pt": data}, {"b.pt": data})) == [("format-removed", "a.pt")]


def test_an_index_that_cannot_be_read_leaves_its_shards_unknown() -> None:
    """It ends no run: the repository may never have been loaded by it."""
    broken = {**sharded(state()), INDEX: b"{"}
    assert "index" in skipped(compared(sharded(state()), broken))["tensor-removed"]
    assert [] == found(compared(broken, {**broken, "README.md": b"# Card\n"}))


def test_shapes_are_told_apart_where_bytes_are_shared() -> None:
    """A view of another shape is another tensor, also where both are looked up by their bytes."""
    table = normal(8, 8)
    old, new = {"a": table, "b": table.view(-1)}, {"c": table, "d": table.view(-1)}
    diff = compared({BIN: saved(old)}, {BIN: saved(new)})
    assert [("a", "c"), ("b", "d")] == [(pair.old.name, pair.new.name) for pair in diff.tensors.renamed]


class HeadersAlone(MemorySource):
    """A source that gives nothing of the storages in an archive."""

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        data = super().read(path, start, stop)
        end = len(self.content[path]) if stop is None else stop
        for info in Release(MemorySource(self.content)).weights.sets[BIN].tensors.values():
            assert end <= info.data_offsets[0] or start >= info.data_offsets[1], (info.name, start, end)
        return data


def test_headers_are_read_without_a_byte_of_a_tensor() -> None:
    """Shapes and dtypes come from the directory and the pickle."""
    old, new = (HeadersAlone({BIN: saved(tensors)}) for tensors in (state(), EDITS["tensor-shape-changed"]))
    diff = compare(Release(old), Release(new), Depth.HEADER)
    assert ["embed_tokens.weight"] == [pair.name for pair in diff.tensors.reshaped]
    assert all("headers" in unread.reason for unread in diff.values.unread)


@pytest.mark.parametrize(
    "rule", [rule for rule in evidence_rules() if rule.cost is not Cost.VALUES], ids=lambda rule: rule.id
)
def test_header_rules_read_no_byte_of_a_tensor(rule: Rule[ReleaseDiff]) -> None:
    """Of a checkpoint as of safetensors, whatever changed in it."""
    for edit in EDITS.values():
        old, new = (HeadersAlone({BIN: saved(tensors)}) for tensors in (state(), edit))
        inspect(compare(Release(old), Release(new), Depth.HEADER), (rule,))
