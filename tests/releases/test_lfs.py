"""LFS pointers and their objects, against what git-lfs itself writes and accepts."""

from __future__ import annotations

import hashlib
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.releases.lfs import LfsStore, Pointer, parse_pointer
from hfsemver.releases.repository import Repository
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from pathlib import Path

OID = "a" * 64
TEXT = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 12345\n".encode()


def written(oid: str, size: int) -> bytes:
    """Write a pointer as the specification says."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n".encode()


@given(st.binary(max_size=200))
def test_a_pointer_that_git_lfs_writes_is_read_back(content: bytes) -> None:
    """Any content gives a pointer from which its SHA-256 and size come back."""
    oid = hashlib.sha256(content).hexdigest()
    assert parse_pointer(written(oid, len(content))) == Pointer(oid=oid, size=len(content))


def test_the_pointer_of_the_real_git_lfs_is_read(tmp_path: Path) -> None:
    """What the clean filter puts into the repository is understood."""
    world = GitWorld.with_lfs(tmp_path / "work")
    world.commit({"model.safetensors": b"weights"})
    raw = world.run("cat-file", "blob", "HEAD:model.safetensors").stdout
    assert parse_pointer(raw) == Pointer(oid=hashlib.sha256(b"weights").hexdigest(), size=7)


LENIENT = {
    "as written": TEXT,
    "no last line break": TEXT.rstrip(),
    "Windows line ends": TEXT.replace(b"\n", b"\r\n"),
    "blank space around": b"\n " + TEXT + b"\n\n",
}
STRICT = {
    "upper case": TEXT.replace(b"a", b"A"),
    "short oid": TEXT.replace(b"aa", b"a"),
    "other hash": TEXT.replace(b"sha256", b"sha512"),
    "negative size": TEXT.replace(b"12345", b"-1"),
    "size with a word": TEXT.replace(b"12345", b"12345 bytes"),
    "no size": TEXT[: TEXT.index(b"size")],
    "other version": TEXT.replace(b"/v1", b"/v9"),
    "text": b"version 1\n",
    "empty": b"",
    "1024 bytes": TEXT + b"\n" * (1024 - len(TEXT)),
}


@pytest.mark.parametrize("data", LENIENT.values(), ids=LENIENT.keys())
def test_what_git_lfs_smudges_is_a_pointer(data: bytes, tmp_path: Path) -> None:
    """git-lfs forgives line ends and blank space, so a checkout would hold the object there: we must see it too."""
    assert parse_pointer(data) == Pointer(oid=OID, size=12345)
    assert git_lfs_accepts(data, tmp_path)


@pytest.mark.parametrize("data", STRICT.values(), ids=STRICT.keys())
def test_what_is_no_pointer_is_ordinary_content(data: bytes) -> None:
    """A damaged pointer is read as the file it is, and fails where its format is checked."""
    assert parse_pointer(data) is None


def git_lfs_accepts(data: bytes, folder: Path) -> bool:
    """Ask git-lfs whether it takes the bytes for a pointer."""
    (folder / "pointer").write_bytes(data)
    done = subprocess.run(
        ["git", "lfs", "pointer", "--check", "--file", "pointer"],
        cwd=folder,
        check=False,
        timeout=60,
        capture_output=True,
    )
    return done.returncode == 0


def test_an_object_of_the_wrong_size_or_kind_does_not_count_as_here(tmp_path: Path) -> None:
    """An interrupted download, a folder or a link in the place of an object is no object."""
    store = LfsStore(media=tmp_path / "own", borrowed=(tmp_path / "borrowed",))
    pointer = Pointer(oid=OID, size=3)
    assert store.find(pointer) is None
    place = tmp_path / "own" / "aa" / "aa" / OID
    place.mkdir(parents=True)
    assert store.find(pointer) is None
    place.rmdir()
    place.write_bytes(b"1234")
    assert store.find(pointer) is None
    place.unlink()
    (tmp_path / "elsewhere").write_bytes(b"123")
    place.symlink_to(tmp_path / "elsewhere")
    assert store.find(pointer) is None
    lent = tmp_path / "borrowed" / "aa" / "aa" / OID
    lent.parent.mkdir(parents=True)
    lent.write_bytes(b"123")
    assert store.find(pointer) == lent
    place.unlink()
    place.write_bytes(b"123")
    assert store.find(pointer) == place


def test_the_object_of_a_borrowed_store_is_read(tmp_path: Path) -> None:
    """A shared clone reads the weights from the clone that it borrows from."""
    world = GitWorld.with_lfs(tmp_path / "work")
    world.commit({"model.safetensors": b"weights"})
    world.git("clone", "--quiet", "--shared", "--no-checkout", str(world.root), str(tmp_path / "shared"))
    pointer = Pointer(oid=hashlib.sha256(b"weights").hexdigest(), size=7)
    found = Repository.discover(tmp_path / "shared").lfs_store.find(pointer)
    assert found is not None
    assert found.read_bytes() == b"weights"
