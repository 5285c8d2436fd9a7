"""Files with equal digests are the same file: in a sharded model only the shards that changed are opened for their values."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from hfsemver.diff.release import compare
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import GitRef
from hfsemver.releases.release import Release
from hfsemver.tensors import Band
from tests import builders
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.releases.source import FileInfo, OpenFile, Source

SHARDS = 4
CHANGED = "model-00002-of-00004.safetensors"
TENSOR = 2 * 256 * 256
FIRST_READ = 16 << 10


def name(shard: int) -> str:
    return f"model-{shard:05}-of-{SHARDS:05}.safetensors"


def model(seed: int) -> dict[str, bytes]:
    """A sharded model of two tensors to a shard; ``seed`` moves those of the second shard."""
    shards: dict[str, dict[str, str]] = {}
    for shard in range(1, SHARDS + 1):
        moved = f" scale=1e-2 seed={seed}" if name(shard) == CHANGED else ""
        shards[name(shard)] = {f"layer.{shard}.{part}": f"BF16[256,256]{moved}" for part in ("q", "k")}
    weight_map = {tensor: file for file, tensors in shards.items() for tensor in tensors}
    index = {"metadata": {"total_size": 2 * SHARDS * TENSOR}, "weight_map": weight_map}
    return builders.files({**shards, "model.safetensors.index.json": index, "config.json": {"model_type": "bert"}})


class Watched:
    """A source that counts what of the weight files is asked for, and which of them are opened to read tensors."""

    def __init__(self, inner: Source) -> None:
        self.inner = inner
        self.sha256 = inner.sha256
        self.opened: set[str] = set()
        self.furthest: dict[str, int] = {}

    def files(self) -> tuple[FileInfo, ...]:
        return self.inner.files()

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        data = self.inner.read(path, start, stop)
        if path.endswith(".safetensors"):
            self.furthest[path] = max(start + len(data), self.furthest.get(path, 0))
        return data

    def open_file(self, path: str) -> OpenFile:
        self.opened.add(path)
        return self.inner.open_file(path)


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    """Two tags of a sharded model in git-lfs, between which one shard changed."""
    world = GitWorld.with_lfs(tmp_path / "work")
    for seed, tag in enumerate(("v1.0.0", "v1.1.0"), 1):
        world.commit({**model(seed)})
        world.tag(tag)
    return world


def lfs_object(world: GitWorld, data: bytes) -> Path:
    oid = hashlib.sha256(data).hexdigest()
    return world.root / ".git" / "lfs" / "objects" / oid[:2] / oid[2:4] / oid


def bands(diff: ReleaseDiff) -> dict[str, Band]:
    assert not diff.values.unread
    assert not diff.health.faults
    return {seen.pair.new.file: seen.band for seen in diff.values.tensors}


EXPECTED = {name(shard): Band.UPDATED if name(shard) == CHANGED else Band.IDENTICAL for shard in range(1, SHARDS + 1)}


def watched(world: GitWorld) -> tuple[ReleaseDiff, list[Watched]]:
    sides = [Watched(open_release(GitRef(path=str(world.root), revision=tag)).source) for tag in ("v1.0.0", "v1.1.0")]
    return compare(Release(sides[0]), Release(sides[1])), sides


def test_only_the_changed_shard_is_opened(world: GitWorld) -> None:
    """Of all others the first 16 KiB are read once, for the names of their tensors in the header, and no byte behind them."""
    diff, sides = watched(world)

    assert EXPECTED == bands(diff)
    assert 2 * 2 * TENSOR == diff.evidence.bytes_read
    for side in sides:
        assert {CHANGED} == side.opened
        assert dict.fromkeys(EXPECTED, FIRST_READ) == side.furthest


def test_garbage_in_place_of_unchanged_tensors_is_not_noticed(world: GitWorld) -> None:
    """No byte of them is looked at: NaN all over would be a fault otherwise."""
    for file, data in model(1).items():
        if file.endswith(".safetensors") and file != CHANGED:
            path = lfs_object(world, data)
            path.chmod(0o644)
            path.write_bytes(data[: -2 * TENSOR] + b"\xff" * (2 * TENSOR))

    assert EXPECTED == bands(watched(world)[0])


def test_unchanged_shards_need_not_even_be_here(world: GitWorld) -> None:
    """A clone that fetched nothing but the changed shard knows the names of the others from the index."""
    for file, data in model(1).items():
        if file.endswith(".safetensors") and file != CHANGED:
            lfs_object(world, data).unlink()
    diff, sides = watched(world)

    assert Band.UPDATED == bands(diff)[CHANGED]
    assert not diff.tensors.unread
    assert () == diff.tensors.added == diff.tensors.removed
    assert [{CHANGED}, {CHANGED}] == [side.opened for side in sides]
    assert [{CHANGED}, {CHANGED}] == [set(side.furthest) for side in sides]
