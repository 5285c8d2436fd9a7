"""Law 4: the same bytes are the same release, wherever they are read from."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hfsemver.releases.git import GitSource
from hfsemver.releases.local import LocalSource
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.releases.repository import Repository
from hfsemver.releases.source import FileKind, Source
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMES = st.sampled_from([
    "config.json", "README.md", "model.safetensors", "model-00001-of-00002.safetensors", "onnx/model.onnx", ".gitignore",
    "a/b/c/deep.bin", "\u00e9t\u00e9.txt", "with space.txt", "a/b.txt", "a-b", "a.b", "-rf", "adapter.safetensors",
])  # fmt: skip
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'5' * 64}\nsize 77\n".encode()
CONTENTS = (
    st.binary(max_size=2000)
    | st.sampled_from(
        [b"", POINTER, POINTER[:-1], b"\r\n", b"x" * 1023, b"x" * 1024, bytes(1 << 20), bytes((1 << 20) + 1)]
    )
    | st.integers(min_value=0, max_value=3 << 20).map(
        lambda size: hashlib.sha256(str(size).encode()).digest() * (size // 32)
    )
)
RELEASES = st.dictionaries(NAMES, CONTENTS, max_size=6)
REAL_PROGRAMS = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def committed(world: GitWorld) -> GitSource:
    """Open the commit that is checked out."""
    return GitSource(repository=Repository.discover(world.root), commit=world.head())


@contextmanager
def everywhere(content: Mapping[str, bytes]) -> Iterator[dict[str, Source]]:
    """Put the same files into memory, a folder, and a commit, before and after it is packed."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        plain = root / "plain"
        plain.mkdir()
        GitWorld(plain, {}).write(content)
        world = GitWorld.create(root / "git")
        world.git("config", "core.autocrlf", "false")
        world.write(content)
        world.git("add", "--all", "--force")
        world.git("commit", "--quiet", "--allow-empty", "-m", "release")
        loose = committed(world)
        assert len(loose.files()) == len(content)
        world.git("gc", "--quiet")
        yield {
            "memory": MemorySource(content),
            "folder": LocalSource(plain),
            "working tree": LocalSource(world.root),
            "listed while loose": loose,
            "packed": committed(world),
        }


def seen(source: Source) -> list[tuple[str, int, FileKind]]:
    """Return all that a listing says apart from digests, which not every source has without reading."""
    return [(info.path, info.size, info.kind) for info in source.files()]


@given(RELEASES, st.data())
@REAL_PROGRAMS
def test_every_source_of_the_same_bytes_gives_the_same_release(
    content: Mapping[str, bytes], data: st.DataObject
) -> None:
    """Listing, digests, whole files and any window of them agree, and so do the releases."""
    with everywhere(content) as sources:
        expected = sources["memory"]
        for name, source in sources.items():
            assert seen(source) == seen(expected), name
            assert Release(source) == Release(expected), name
            for info in source.files():
                assert source.sha256(info.path) == expected.sha256(info.path), name
                if info.readable:
                    start = data.draw(st.integers(min_value=0, max_value=info.size))
                    stop = data.draw(st.integers(min_value=start, max_value=info.size))
                    assert source.read(info.path, start, stop) == content[info.path][start:stop], name
                    assert source.read(info.path) == content[info.path], name


@given(RELEASES)
@REAL_PROGRAMS
def test_releases_differ_when_one_byte_differs(content: Mapping[str, bytes]) -> None:
    """Equality does not come from forgetting: an added file makes another release, in every source."""
    other = {**content, "added.txt": b"x"}
    with everywhere(other) as sources:
        for name, source in sources.items():
            assert Release(source) != Release(MemorySource(content)), name
            assert Release(source) != Release(MemorySource({**content, "added.txt": b"y"})), name


@given(RELEASES)
@REAL_PROGRAMS
def test_git_lfs_makes_no_difference_while_its_objects_are_here(content: Mapping[str, bytes]) -> None:
    """Weights behind pointers are the same release as weights that lie in git, in a folder or in memory."""
    with tempfile.TemporaryDirectory() as folder:
        world = GitWorld.with_lfs(Path(folder) / "work")
        files = {path: data for path, data in content.items() if path != ".gitignore"}
        world.commit(files)
        everything = {**files, ".gitattributes": (world.root / ".gitattributes").read_bytes()}
        expected = MemorySource(everything)
        for source in (committed(world), LocalSource(world.root)):
            assert seen(source) == seen(expected)
            assert Release(source) == Release(expected)


def test_without_its_objects_an_lfs_release_is_still_equal_by_digest(tmp_path: Path) -> None:
    """Identity needs no bytes: size and SHA-256 of a pointer are those of the content."""
    world = GitWorld.with_lfs(tmp_path / "work")
    world.commit({"model.safetensors": b"weights"})
    expected = Release(committed(world))
    assert expected == Release(LocalSource(world.root))
    for path in (world.root / ".git" / "lfs" / "objects").rglob("*"):
        if path.is_file():
            path.unlink()
    pruned = Release(committed(world))
    assert pruned.files["model.safetensors"].kind is FileKind.POINTER
    assert pruned == expected


@pytest.mark.parametrize("kind", ["link", "submodule"])
def test_what_is_never_followed_is_equal_too(tmp_path: Path, kind: str) -> None:
    """A link is its text and a submodule its commit, in a folder as in a commit."""
    world = GitWorld.create(tmp_path / "work")
    if kind == "link":
        (world.root / "link").symlink_to("config.json")
    else:
        inner = GitWorld.create(world.root / "inner")
        inner.commit({"a": b"a"})
    world.write({"config.json": b"{}"})
    world.git("-c", "advice.addEmbeddedRepo=false", "add", "--all")
    world.git("commit", "--quiet", "-m", "release")
    assert seen(committed(world)) == seen(LocalSource(world.root))
    assert Release(committed(world)) == Release(LocalSource(world.root))
