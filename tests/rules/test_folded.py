"""A finding that stands for many tensors is excused only with all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.diff.release import compare
from hfsemver.policy.policy import Ignore
from hfsemver.rules.weights.tensor_removed import tensor_removed
from tests.builders import release

if TYPE_CHECKING:
    from hfsemver.core.finding import Finding


def gone(layers: int) -> Finding:
    old = {f"h.{layer}.q": "F32[2]" for layer in range(layers)}
    (finding,) = tensor_removed.run(compare(release({"norm": "F32[4]", **old}), release({"norm": "F32[4]"})))
    return finding


def test_an_excuse_for_two_layers_is_none_for_six() -> None:
    """More tensors under one pattern are another finding, and a glob covers every member or nothing."""
    assert gone(2).fingerprint == gone(2).fingerprint
    assert len({gone(layers).fingerprint for layers in (1, 2, 6)}) == 3
    for glob, covered in (("h.?.q", (2, 6)), ("h.[01].q", (2,)), ("h.*.q", (2, 6, 12)), ("h.?.*", (2, 6))):
        ignore = Ignore(rule="tensor-removed", file="*", tensor=glob, reason="nobody loads them")
        assert tuple(layers for layers in (2, 6, 12) if ignore.matches(gone(layers))) == covered, glob
