"""Values that are hard to set against each other, and faults that hide behind the state of a clone."""

from __future__ import annotations

import hashlib
import json
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import save

from hfsemver.core.claim import Claim
from hfsemver.diff.release import compare
from hfsemver.diff.weights.values import identity
from hfsemver.tensors import Band
from tests import builders

if TYPE_CHECKING:
    from hfsemver.releases.release import Release


def one(values: np.ndarray) -> Release:
    """Return a release of one tensor."""
    return builders.release({"model.safetensors": save({"q": values})})


def raw(dtype: str, shape: list[int], data: bytes) -> Release:
    """Return a release of one tensor in a dtype that NumPy does not know by this name."""
    header = json.dumps({"q": {"dtype": dtype, "shape": shape, "data_offsets": [0, len(data)]}}).encode()
    return builders.release({"model.safetensors": struct.pack("<Q", len(header)) + header + data})


def fired(old: Release, new: Release) -> list[str]:
    """Return the rules that fire."""
    return [finding.rule for finding in builders.judged(compare(old, new), Claim())[0]]


def test_rounding_is_no_other_model_however_coarse() -> None:
    """Nearly all values vanish in the narrower format, so that the direction is lost; the weights are the same ones."""
    values = np.full((256, 256), 2e-8, np.float32)
    values[0, 0] = 1e-7
    rules = fired(one(values), one(values.astype(np.float16)))

    assert "weights-unrelated-to-baseline" not in rules
    assert "tensor-dtype-changed" in rules


@pytest.mark.parametrize(("old", "new"), [("C64", "F32"), ("F32", "C64")])
def test_complex_numbers_are_set_against_no_plain_ones(old: str, new: str) -> None:
    """They come in pairs; that the values are others is told all the same."""
    sides = {"C64": raw("C64", [4, 4], bytes(range(128))), "F32": raw("F32", [4, 4], bytes(range(64)))}
    diff = compare(sides[old], sides[new])

    assert [Band.UPDATED] == [seen.band for seen in diff.values.tensors]


def test_numbers_whose_squares_no_double_holds_are_compared() -> None:
    """There is no distance to tell, and the change is told without one."""
    values = np.array([1e200, -1e200, 1.0] * 100).reshape(30, 10)
    diff = compare(one(values), one(-values))

    assert [Band.UPDATED] == [seen.band for seen in diff.values.tensors]
    assert diff.values.relative_l2 is None
    assert "weights-updated" in fired(one(values), one(-values))


def test_more_nan_than_before_is_a_fault() -> None:
    """A baseline that was let out with one of them excuses no other."""
    old = np.ones((8, 8), np.float32)
    old[0, 0] = np.nan
    new = np.full((8, 8), np.nan, np.float32)

    assert "weights-corrupt" in fired(one(old), one(new))
    assert "weights-corrupt" not in fired(one(old), one(old * 2))


def test_a_baseline_whose_bytes_are_not_here_hides_no_nan() -> None:
    """Only what is compared needs both sides."""
    data = save({"q": np.ones((8, 8), np.float32)})
    pointer = (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{hashlib.sha256(data).hexdigest()}\nsize {len(data)}\n"
    )
    old = builders.release({"model.safetensors": pointer.encode()})

    assert "weights-corrupt" in fired(old, one(np.full((8, 8), np.nan, np.float32)))


def test_a_norm_of_ones_that_became_zero_is_a_fault() -> None:
    """It was constant before, and nothing comes through it now; a matrix that starts from zero is in training."""
    ones, zeros = np.ones(64, np.float32), np.zeros(64, np.float32)

    assert "weights-corrupt" in fired(one(ones), one(zeros))
    assert "weights-corrupt" not in fired(one(zeros), one(ones))
    assert "weights-corrupt" not in fired(one(zeros), one(zeros))


def test_opposite_updates_have_two_names() -> None:
    """The same number of elements moved by the same amount, and other weights came of it."""
    base = np.arange(64, dtype=np.float32).reshape(8, 8)
    names = {identity(compare(one(base), one(base + step)).values.tensors) for step in (1, -1)}

    assert len(names) == 2


@pytest.mark.parametrize("model_type", [None, "acme-2"])
def test_a_copy_that_nothing_ties_is_missed(model_type: str | None) -> None:
    """Where no class is known to make the copy, whoever asks for the tensor finds none."""
    config = {"config.json": {"model_type": model_type}} if model_type else {}
    body = {"embed_tokens.weight": "F32[16,8]", "layer.weight": "F32[8,8]", **config}
    old = {**body, "decoder.weight": "F32[16,8] of=embed_tokens.weight"}

    assert "tensor-removed" in fired(builders.release(old), builders.release(body))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"m.experts.0.w1": "F32[8]", "m.experts.0.w2": "F32[8]"}, {"m.experts.0.w": "F32[16]"}),
        ({"m.experts.0.w1": "F32[8]", "m.experts.1.w1": "F32[8]"}, {"m.experts.banana": "F32[2,8]"}),
        ({"m.experts.0.w1": "F32[8]", "m.experts.1.w1": "F32[8]"}, {"m.experts.w1": "F32[4,4]"}),
    ],
)
def test_experts_under_a_name_that_no_loader_knows_are_gone(old: dict[str, str], new: dict[str, str]) -> None:
    """As many elements are no proof that anybody finds them."""
    rules = fired(builders.release(old), builders.release(new))

    assert "tensor-removed" in rules
    assert "tensor-respelled" not in rules
