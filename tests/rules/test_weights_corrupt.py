"""Broken values are told tensor by tensor: an excuse for one of them is no excuse for another."""

from __future__ import annotations

from hfsemver.diff.release import compare
from hfsemver.policy.policy import Ignore
from hfsemver.rules.weights.weights_corrupt import weights_corrupt
from tests.builders import release


def test_ignoring_one_broken_tensor_hides_no_other() -> None:
    """A mask that has always held NaN is excused by name, a projection beside it is not."""
    diff = compare(None, release({"a.mask": "F32[8] nan", "z.q": "F32[8,8] nan"}))
    mask = Ignore(rule="weights-corrupt", file="*", tensor="a.mask", reason="the mask is never read")
    left = [finding for finding in weights_corrupt.run(diff) if not mask.matches(finding)]

    assert [str(finding.location) for finding in left] == ["model.safetensors: z.q"]
    assert left[0].message == "1 of 64 values are NaN"
    assert len({finding.fingerprint for finding in weights_corrupt.run(diff)}) == 2
