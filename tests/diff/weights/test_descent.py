"""A fine-tuned model against the base that it names: unrelated weights are found out, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.core.errors import EvidenceMissing, FormatError, SourceError
from hfsemver.diff.weights.descent import FEWEST, MATRICES, nothing_in_common
from hfsemver.diff.weights.reading import WeightSide
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from tests.builders import files, release

if TYPE_CHECKING:
    from collections.abc import Mapping


def network(more: str = "", layers: int = 12, shape: str = "64,64", dtype: str = "F32") -> dict[str, str]:
    return {f"layers.{n}.up_proj.weight": f"{dtype}[{shape}]{more}" for n in range(layers)} | {"norm": f"{dtype}[64]"}


def told(own: Mapping[str, Any], base: Mapping[str, Any]) -> str | None:
    return nothing_in_common(WeightSide(release(own)), release(base, "hf://acme/one@main"))


def test_weights_that_share_nothing_are_found_out() -> None:
    """By the middle one of their cosines."""
    shown = told(network(" seed=5"), network())

    assert shown is not None
    assert shown.startswith("the weights have nothing in common with those of hf://acme/one@main: median cosine")
    assert shown.endswith("over 12 matrices")


@pytest.mark.parametrize("more", ["", " scale=1e-3", " scale=1", " scale=4", " as=BF16"])
def test_weights_that_were_trained_on_are_related(more: str) -> None:
    """Also where training moved them further than they were long."""
    assert told(network(f" seed=0{more}" if "scale" in more else more), network()) is None


def test_another_dtype_is_no_other_model() -> None:
    """A base in 16 bits and its fine-tuned model in 32."""
    assert told(network(), network(" as=BF16", dtype="BF16")) is None
    assert told(network(" seed=5"), network(" as=BF16", dtype="BF16")) is not None


@pytest.mark.parametrize(
    "base",
    [
        {f"model.{name}": spec for name, spec in network().items()},
        network(shape="64,48"),
        network(layers=5),
        network(layers=13),
        network(layers=FEWEST - 1),
        {name: f"{spec} zeros" for name, spec in network().items()},
        network(dtype="I32"),
        {"config.json": {}},
    ],
    ids=[
        "other names",
        "other shapes",
        "less than half",
        "one layer more",
        "too few",
        "zeros",
        "integers",
        "no weights",
    ],
)
def test_what_cannot_be_compared_is_left_open(base: Mapping[str, Any]) -> None:
    """A library may have renamed or cut them."""
    assert told(network(" seed=5"), base) is None


def test_a_network_that_lost_layers_is_related() -> None:
    """Those that are left are numbered anew, so that each would be held against another one."""
    base = {**network(layers=16), "embed.weight": "F32[64,64]"}

    assert told({**network(" seed=5", layers=8), "embed.weight": "F32[64,64]"}, base) is None


def test_another_tower_is_no_other_depth() -> None:
    """What only the base has, and under names of its own, is no layer that was taken out."""
    tower = {f"vision.{name}": spec for name, spec in network(layers=3).items()}

    assert told(network(" seed=5"), {**network(), **tower}) is not None


def test_small_pieces_are_enough() -> None:
    """Of a large network as many matrices as it takes, and of each its first rows."""
    own, base = (
        release(network(" seed=5", layers=60, shape="400,400")),
        Counting(files(network(layers=60, shape="400,400"))),
    )
    shown = nothing_in_common(WeightSide(own), Release(base))

    assert shown is not None
    assert f"over {MATRICES} matrices" in shown
    assert base.read_bytes <= MATRICES * (256 << 10) + (64 << 10)


class Counting(MemorySource):
    """Counts what is read of it."""

    read_bytes = 0

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        data = super().read(path, start, stop)
        type(self).read_bytes += len(data)
        return data


class Broken(MemorySource):
    """A store that gives headers and no values."""

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        if path.endswith(".safetensors") and start > 4096:
            raise SourceError(f"{path}: the body ended early", hint="try again later")
        return super().read(path, start, stop)


def test_a_base_that_cannot_be_read_is_left_open() -> None:
    """It is evidence that is missing, and no fault of the release."""
    base = Release(Broken(files(network())), ref="hf://acme/one@main")
    with pytest.raises(
        EvidenceMissing, match="hf://acme/one@main: cannot be read, so whether it is the base is not known"
    ):
        nothing_in_common(WeightSide(release(network())), base)


def test_a_release_that_cannot_be_read_is_its_own_fault() -> None:
    """And nothing about its base."""
    own = release({"model.safetensors": b"\xff" * 16})
    with pytest.raises(FormatError, match=r"model\.safetensors"):
        nothing_in_common(WeightSide(own), release(network()))
