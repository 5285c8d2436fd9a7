"""Experts that are stacked anew are one edit, and their values are equal only where the bytes prove it."""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest
from safetensors.numpy import save

from hfsemver.diff.release import ReleaseDiff, compare
from hfsemver.diff.weights.depth import Depth
from tests.builders import release

EXPERTS: Final = 3
SEEDED: Final = np.random.default_rng(7)
GATE, UP = (SEEDED.standard_normal((EXPERTS, 4, 8)).astype(np.float32) for _ in range(2))
DOWN: Final = SEEDED.standard_normal((EXPERTS, 8, 4)).astype(np.float32)
LAYER: Final = "model.layers.0.mlp.experts"
ONE_BY_ONE: Final = {
    f"{LAYER}.{expert}.{name}.weight": values[expert]
    for name, values in (("gate_proj", GATE), ("up_proj", UP), ("down_proj", DOWN))
    for expert in range(EXPERTS)
}
STACKED: Final = {f"{LAYER}.gate_up_proj": np.concatenate((GATE, UP), axis=1), f"{LAYER}.down_proj": DOWN}


def compared(old: dict[str, np.ndarray], new: dict[str, np.ndarray], depth: Depth = Depth.FULL) -> ReleaseDiff:
    sides = (release({"model.safetensors": save(tensors), "config.json": {}}) for tensors in (old, new))
    baseline, current = sides
    return compare(baseline=baseline, current=current, depth=depth)


@pytest.mark.parametrize(("old", "new"), [(ONE_BY_ONE, STACKED), (STACKED, ONE_BY_ONE)])
def test_equal_experts_are_proved_by_their_bytes(old: dict[str, np.ndarray], new: dict[str, np.ndarray]) -> None:
    """Stacking and taking apart are one edit of names, and nothing is left open."""
    diff = compared(old, new)

    assert sorted(old) == sorted({pair.old.name for pair in diff.tensors.respelled})
    assert not any((diff.tensors.added, diff.tensors.removed, diff.values.unread))


@pytest.mark.parametrize("change", ["one value", "another order of parts", "a transposed layout"])
def test_experts_that_are_not_proved_equal_are_told_as_not_compared(change: str) -> None:
    """Other values, or the same ones in a layout that is not known here, are never called unchanged."""
    new = {name: values.copy() for name, values in STACKED.items()}
    if change == "one value":
        new[f"{LAYER}.down_proj"][2, 7, 3] += 1
    elif change == "another order of parts":
        new[f"{LAYER}.gate_up_proj"] = np.concatenate((UP, GATE), axis=1)
    else:
        new[f"{LAYER}.down_proj"] = np.ascontiguousarray(DOWN.transpose(0, 2, 1))
    diff = compared(ONE_BY_ONE, new)

    assert diff.tensors.respelled
    assert ["model.safetensors"] == [unread.file for unread in diff.values.unread]
    assert diff.weights_changed


def test_headers_alone_prove_no_values() -> None:
    """At header depth the edit is seen and its values are left open."""
    diff = compared(ONE_BY_ONE, STACKED, Depth.HEADER)

    assert diff.tensors.respelled
    assert diff.values.unread


def test_a_stack_whose_values_are_not_compared_is_still_looked_at() -> None:
    """NaN in a new layout is NaN."""
    new = {name: values.copy() for name, values in STACKED.items()}
    new[f"{LAYER}.down_proj"][0, 0, 0] = np.nan
    diff = compared(ONE_BY_ONE, new)

    assert [f"{LAYER}.down_proj"] == [fault.tensor.name for fault in diff.health.faults]


def test_fewer_experts_are_no_other_stacking() -> None:
    """Elements were lost: the tensors are gone, and new ones came."""
    diff = compared(ONE_BY_ONE, {name: values[:2] for name, values in STACKED.items()})

    assert not diff.tensors.respelled
    assert diff.tensors.removed
