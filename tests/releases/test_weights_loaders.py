"""Which files of a set are opened is what the libraries themselves do with small random models saved in both ways."""

from __future__ import annotations

import shutil
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SHARDED = {"max_shard_size": "30KB"}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Leave warnings of the libraries about their own future aside."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def bert(seed: int) -> Any:
    """A random model of transformers."""
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    torch.manual_seed(seed)
    small = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    return transformers.BertModel(transformers.BertConfig(vocab_size=500, **small))


def unet(seed: int) -> Any:
    """A random model of diffusers, where that is installed."""
    torch, diffusers = pytest.importorskip("torch"), pytest.importorskip("diffusers")
    torch.manual_seed(seed)
    blocks = {"down_block_types": ("DownBlock2D",), "up_block_types": ("UpBlock2D",), "block_out_channels": (32,)}
    return diffusers.UNet2DModel(sample_size=8, layers_per_block=1, **blocks)


def loaded(folder: Path, made: dict[str, Any]) -> str:
    """Return which of some models the library loads from a folder."""
    try:
        values = type(made["old"]).from_pretrained(folder).state_dict().values()
    except OSError:
        return "error"
    same = [name for name, one in made.items() if all(map(is_equal, values, one.state_dict().values()))]
    return same[0] if same else "neither"


def is_equal(one: Any, other: Any) -> bool:
    """Whether two tensors hold the same values."""
    return bool((one == other).all())


def weights(folder: Path) -> Any:
    """Read the one weight set of a folder."""
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    (weight_set,) = Release(MemorySource(files)).weights.sets.values()
    return weight_set


@pytest.mark.parametrize(
    ("make", "first", "second", "taken"),
    [
        (bert, {}, SHARDED, "old"),
        (bert, SHARDED, {}, "new"),
        (bert, SHARDED, {"max_shard_size": "60KB"}, "new"),
        (unet, {}, SHARDED, "new"),
        (unet, SHARDED, {}, "error"),
        (unet, SHARDED, {"max_shard_size": "60KB"}, "new"),
    ],
)
def test_the_files_of_a_set_are_those_that_its_library_opens(
    make: Callable[[int], Any], first: dict[str, str], second: dict[str, str], taken: str, tmp_path: Path
) -> None:
    """Saving in another way than before leaves the single file, or the index, of the earlier saving where it is."""
    made = {"old": make(0), "new": make(1)}
    made["old"].save_pretrained(tmp_path, **first)
    made["new"].save_pretrained(tmp_path, **second)
    weight_set = weights(tmp_path)

    assert loaded(tmp_path, made) == taken
    assert bool(weight_set.dangling) == (second == {})
    assert weight_set.is_sharded == (taken == "new" and second != {})
    # Without what counts as left over the library loads the same, or loads at all.
    for name in weight_set.leftovers:
        (tmp_path / name).unlink()
    assert loaded(tmp_path, made) == ("new" if taken == "error" else taken)


@pytest.mark.parametrize("make", [bert, unet])
def test_shards_without_an_index_are_left_over_beside_a_single_file(make: Callable[[int], Any], tmp_path: Path) -> None:
    """Neither library looks at them."""
    made = {"old": make(0), "new": make(1)}
    made["old"].save_pretrained(tmp_path / "shards", **SHARDED)
    made["new"].save_pretrained(tmp_path / "single")
    for shard in (tmp_path / "shards").glob("*-of-*"):
        shutil.copy(shard, tmp_path / "single")

    assert loaded(tmp_path / "single", made) == "new"
    assert not weights(tmp_path / "single").is_sharded
    assert weights(tmp_path / "single").leftovers
