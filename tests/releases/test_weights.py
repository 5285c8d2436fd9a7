"""Which files make a weight set, when an earlier saving left its shards behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import FormatError
from hfsemver.diff.release import compare
from tests.builders import files, release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.weights import WeightSet

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
HALVES = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
THIRDS = tuple(f"model-0000{n}-of-00003.safetensors" for n in (1, 2, 3))
TENSORS = {"a": "F32[4]", "b": "F32[4]", "c": "F32[4]"}
WHOLE = {SINGLE: TENSORS}
IN_HALVES = {HALVES[0]: {"a": "F32[4]"}, HALVES[1]: {"b": "F32[4]", "c": "F32[4]"}}
IN_THIRDS = {file: {name: "F32[4]"} for file, name in zip(THIRDS, "abc", strict=True)}
TO_HALVES = {INDEX: {"weight_map": {"a": HALVES[0], "b": HALVES[1], "c": HALVES[1]}}}
TO_THIRDS = {INDEX: {"weight_map": dict(zip("abc", THIRDS, strict=True))}}
BROKEN = {THIRDS[1]: b"no header"}


def only_set(files: Mapping[str, object]) -> WeightSet:
    """Return the one weight set of a release."""
    (weight_set,) = release(files).weights.sets.values()
    return weight_set


@pytest.mark.parametrize(
    ("files", "opened", "leftovers"),
    [
        (WHOLE, (SINGLE,), ()),
        ({**IN_HALVES, **TO_HALVES}, HALVES, ()),
        ({**WHOLE, **IN_THIRDS}, (SINGLE,), THIRDS),
        ({**WHOLE, **IN_THIRDS, **TO_THIRDS}, (SINGLE,), (*THIRDS, INDEX)),
        ({**WHOLE, **IN_HALVES, **IN_THIRDS, **TO_THIRDS}, (SINGLE,), (*HALVES, *THIRDS, INDEX)),
        ({**IN_HALVES, **IN_THIRDS, **TO_HALVES}, HALVES, THIRDS),
        ({**IN_HALVES, **IN_THIRDS, **TO_THIRDS}, THIRDS, HALVES),
        ({**WHOLE, **IN_THIRDS, **BROKEN}, (SINGLE,), THIRDS),
        ({**WHOLE, INDEX: {"weight_map": dict.fromkeys("abc", SINGLE)}}, (SINGLE,), ()),
    ],
)
def test_a_set_is_what_a_loader_opens(
    files: Mapping[str, object], opened: tuple[str, ...], leftovers: tuple[str, ...]
) -> None:
    """The single file comes before the index, and the index before what lies around; leftovers are not even read."""
    weight_set = only_set(files)

    assert set(weight_set.tensors) == {"a", "b", "c"}
    assert {tensor.file for tensor in weight_set.tensors.values()} == set(opened)
    assert weight_set.files == opened
    assert set(weight_set.leftovers) == set(leftovers)
    assert (weight_set.index_file is None) == (INDEX in leftovers or INDEX not in files)


def test_diffusers_follows_the_index_beside_a_single_file() -> None:
    """Its loader looks for the index first, in a folder of its own and under its own name."""
    name = "unet/diffusion_pytorch_model"
    shard = f"{name}-00001-of-00001.safetensors"
    index = {"weight_map": {"a": "diffusion_pytorch_model-00001-of-00001.safetensors"}}
    files = {f"{name}.safetensors": TENSORS, shard: {"a": "F32[4]"}, f"{name}.safetensors.index.json": index}

    assert only_set(files).files == (shard,)
    assert only_set(files).leftovers == (f"{name}.safetensors",)


@pytest.mark.parametrize(
    "files",
    [
        {**IN_HALVES, **IN_THIRDS},
        {**IN_HALVES, **IN_THIRDS, INDEX: {"weight_map": {}}},
        {**IN_HALVES, HALVES[1]: TENSORS, **TO_HALVES},
        {**WHOLE, **IN_HALVES, INDEX: {"weight_map": {"a": SINGLE, "b": HALVES[1]}}},
    ],
    ids=["two series", "an empty index", "one series", "an index of the single file and a shard"],
)
def test_a_tensor_that_two_opened_files_hold_is_an_error(files: Mapping[str, object]) -> None:
    """Where nothing tells the files apart, which of the two a loader takes is chance."""
    with pytest.raises(FormatError, match="is also in"):
        _ = release(files).weights


def test_an_index_that_nobody_follows_is_malformed_all_the_same() -> None:
    """A leftover index is read, and its faults are told."""
    with pytest.raises(FormatError, match="weight_map: is missing"):
        _ = release({**WHOLE, INDEX: {}}).weights


def test_an_ending_in_capitals_is_the_same_format() -> None:
    """What counts as a format that may be asked for is read as well, from its bytes and as a pointer."""
    content = files({SINGLE: TENSORS})[SINGLE]
    shouted = "model.SAFETENSORS"
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 99\n".encode()

    assert set(only_set({shouted: content}).tensors) == set(TENSORS)
    assert only_set({shouted: pointer}).missing == (shouted,)
    assert release({shouted: content}).weights.sets.keys() == release({shouted: content}).weight_formats.keys()
    changed = compare(
        release({shouted: content}), release({shouted: files({SINGLE: {**TENSORS, "b": "F32[4] seed=1"}})[SINGLE]})
    )
    assert [values.pair.name for values in changed.updates.updated] == ["b"]
