"""Locations that survive another sharding."""

from __future__ import annotations

import pytest

from hfsemver.core.location import Location, unsharded


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("model-00001-of-00002.safetensors", "model.safetensors"),
        ("unet/model_00001-of-00002.fp16.safetensors", "unet/model.fp16.safetensors"),
        ("run-00001-of-00002.d/model.safetensors", "run-00001-of-00002.d/model.safetensors"),
        ("model-1-of-2.safetensors", "model-1-of-2.safetensors"),
        ("model-00001-of-00002", "model-00001-of-00002"),
    ],
)
def test_only_the_number_of_a_shard_is_taken_out(path: str, plain: str) -> None:
    """The number stands before the endings of the file itself, never in a folder."""
    assert unsharded(path) == plain
    assert Location(file=path, pointer="a").stable == f"{plain}: a"
