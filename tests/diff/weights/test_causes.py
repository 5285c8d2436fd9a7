"""What explains another shape, and when values say that a release is another model or a broken one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from hfsemver.diff.release import compare
from hfsemver.tensors import Estimate
from tests.builders import release

if TYPE_CHECKING:
    from hfsemver.releases.release import Release


def test_another_number_of_classes_claims_the_rows_of_the_classifier() -> None:
    """The labels are the cause; a tensor that changed in another way is not theirs."""
    old = {"model_type": "bert", "id2label": {"0": "a", "1": "b", "2": "c"}}
    new = {"model_type": "bert", "id2label": {str(i): name for i, name in enumerate("abcde")}}
    sides = (
        {"config.json": old, "classifier.weight": "F32[3,4]", "classifier.bias": "F32[3]", "q": "F32[3,4]"},
        {"config.json": new, "classifier.weight": "F32[5,4]", "classifier.bias": "F32[5]", "q": "F32[5,8]"},
    )
    tensors = compare(baseline=release(sides[0]), current=release(sides[1])).tensors

    assert ["q"] == [pair.name for pair in tensors.reshaped]
    assert [("label-contract-changed", ("classifier.bias", "classifier.weight"))] == [
        (claim.cause, claim.tensors) for claim in tensors.claimed
    ]


def test_kernels_tell_related_from_unrelated() -> None:
    """A convolutional network has hardly a matrix: its classifier alone must not decide, and neither must nothing."""
    body = {f"conv.{i}.weight": "F32[32,8,3,3]" for i in range(3)}
    fresh = {name: f"{spec} seed=1" for name, spec in body.items()}
    other = compare(baseline=release(body), current=release(fresh))
    head = compare(
        baseline=release({**body, "head.weight": "F32[64,64]"}),
        current=release({**body, "head.weight": "F32[64,64] seed=1"}),
    )

    assert other.values.kinship.median is not None
    assert abs(other.values.kinship.median.value) < 0.1
    assert head.values.kinship.median == Estimate.exact(1.0)


def one_tensor(value: float, dtype: str = "F32") -> Release:
    values = np.linspace(value, 2 * value, 64, dtype={"F32": "<f4", "F64": "<f8"}[dtype]).tobytes()
    header = json.dumps({"bias": {"dtype": dtype, "shape": [64], "data_offsets": [0, len(values)]}}).encode()
    return release({"model.safetensors": len(header).to_bytes(8, "little") + header + values})


@pytest.mark.parametrize(("before", "after", "faults"), [(1e-6, 5e-2, 0), (1e-2, 50.0, 1), (1e-6, 50.0, 1)])
def test_a_bias_that_starts_near_zero_may_grow_a_thousandfold(before: float, after: float, faults: int) -> None:
    """Growth alone is training; large values as well are a fault."""
    found = compare(baseline=one_tensor(before), current=one_tensor(after)).health.faults

    assert ["bias"] * faults == [fault.tensor.name for fault in found]


@pytest.mark.parametrize(("after", "told"), [(50.0, "5e+07-fold"), (1e300, "beyond what a double can hold")])
def test_a_growth_is_told_in_numbers(after: float, told: str) -> None:
    """Squares of doubles may leave their range; no report says that something grew infinitely."""
    (fault,) = compare(baseline=one_tensor(1e-6, "F64"), current=one_tensor(after, "F64")).health.faults

    assert fault.problem == f"its norm grew {told}"
