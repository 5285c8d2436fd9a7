"""Folders on disk: what lies in them is listed, and nothing outside is ever read."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.digest import Algorithm
from hfsemver.core.errors import EvidenceMissing, SourceError
from hfsemver.releases.local import LocalSource
from hfsemver.releases.release import Release
from hfsemver.releases.source import FileKind
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from collections.abc import Callable

WEIGHTS = bytes(range(256)) * 64
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{hashlib.sha256(WEIGHTS).hexdigest()}\nsize {len(WEIGHTS)}\n"


def kinds(source: LocalSource) -> dict[str, FileKind]:
    """Return the kind of each file by path."""
    return {info.path: info.kind for info in source.files()}


def test_files_are_listed_by_path_with_their_sizes_in_order(tmp_path: Path) -> None:
    """Paths have forward slashes; the order is that of the paths and not that of the disk."""
    for name in ("b.json", "a/z.txt", "a.txt", "a/b/c.bin", "empty"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"" if name == "empty" else name.encode())
    listed = [(info.path, info.size) for info in LocalSource(tmp_path).files()]
    assert listed == [("a.txt", 5), ("a/b/c.bin", 9), ("a/z.txt", 7), ("b.json", 6), ("empty", 0)]


def test_the_repository_and_the_notes_of_a_download_are_left_out(tmp_path: Path) -> None:
    """No upload takes them along; a file that only resembles them stays."""
    for name in (
        ".git/HEAD",
        ".cache/huggingface/download/x.lock",
        ".cache/mine",
        ".gitattributes",
        "sub/.cache/huggingface/x",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert list(kinds(LocalSource(tmp_path))) == [".cache/mine", ".gitattributes", "sub/.cache/huggingface/x"]


def test_any_window_of_a_file_can_be_read(tmp_path: Path) -> None:
    """Ranges are half open; a missing stop is the end; the digest is that of the whole file."""
    (tmp_path / "w.bin").write_bytes(WEIGHTS)
    source = LocalSource(tmp_path)
    assert source.read("w.bin") == WEIGHTS
    assert source.read("w.bin", 100, 300) == WEIGHTS[100:300]
    assert source.read("w.bin", len(WEIGHTS)) == b""
    assert source.sha256("w.bin") == hashlib.sha256(WEIGHTS).hexdigest()


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (3, 2), (0, len(WEIGHTS) + 1), (len(WEIGHTS) + 1, None)])
def test_a_window_outside_of_the_file_is_an_error(tmp_path: Path, start: int, stop: int | None) -> None:
    """A short answer is never given in place of what was asked for."""
    (tmp_path / "w.bin").write_bytes(WEIGHTS)
    with pytest.raises(SourceError, match="asked for"):
        LocalSource(tmp_path).read("w.bin", start, stop)


@pytest.mark.parametrize("content", [b"", b"short", WEIGHTS + b"longer"])
def test_a_file_that_changes_its_size_after_listing_is_an_error(tmp_path: Path, content: bytes) -> None:
    """Two readings of one run must not come from two files."""
    (tmp_path / "w.bin").write_bytes(WEIGHTS)
    source = LocalSource(tmp_path)
    assert source.files()
    (tmp_path / "w.bin").write_bytes(content)
    for reading in (lambda: source.read("w.bin", 0, 1), lambda: source.sha256("w.bin")):
        with pytest.raises(SourceError, match=r"w\.bin"):
            reading()


def test_links_are_listed_and_never_followed(tmp_path: Path) -> None:
    """A link to a file or a folder outside gives its own text and not what it leads to."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    root = tmp_path / "root"
    root.mkdir()
    (root / "model.safetensors").symlink_to("/etc/passwd")
    (root / "folder").symlink_to(outside)
    (root / "dangling").symlink_to("nowhere")
    source = LocalSource(root)
    assert kinds(source) == dict.fromkeys(("dangling", "folder", "model.safetensors"), FileKind.SYMLINK)
    assert source.read("model.safetensors") == b"/etc/passwd"
    assert source.sha256("dangling") == hashlib.sha256(b"nowhere").hexdigest()


@pytest.mark.parametrize("swapped", ["sub/w.bin", "sub"])
def test_a_link_that_takes_the_place_of_a_listed_file_is_not_followed(tmp_path: Path, swapped: str) -> None:
    """Neither the file nor a folder on the way may become a link between listing and reading."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "w.bin").write_bytes(WEIGHTS)
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "w.bin").write_bytes(WEIGHTS)
    source = LocalSource(root)
    assert source.files()
    (root / swapped).rename(tmp_path / "gone")
    (root / swapped).symlink_to(outside / "w.bin" if swapped.endswith("bin") else outside)
    with pytest.raises(SourceError):
        source.read("sub/w.bin")


def test_the_folder_itself_may_be_named_by_a_link(tmp_path: Path) -> None:
    """Whoever types the path of a link means what it leads to."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a").write_bytes(b"a")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert LocalSource(tmp_path / "link").read("a") == b"a"


@pytest.mark.timeout(20)
def test_pipes_and_sockets_are_left_out_and_do_not_block(tmp_path: Path) -> None:
    """They can be in no commit and in no upload, so they are no part of a release; opening one would wait for ever."""
    os.mkfifo(tmp_path / "config.json")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        (tmp_path / "a").touch()
        assert list(kinds(LocalSource(tmp_path))) == ["a"]


@pytest.mark.timeout(20)
def test_a_pipe_that_takes_the_place_of_a_file_is_an_error(tmp_path: Path) -> None:
    """Reading does not wait for someone to write into it."""
    (tmp_path / "w.bin").write_bytes(WEIGHTS)
    source = LocalSource(tmp_path)
    assert source.files()
    (tmp_path / "w.bin").unlink()
    os.mkfifo(tmp_path / "w.bin")
    with pytest.raises(SourceError):
        source.read("w.bin", 0, 8)


def test_a_name_that_is_not_utf8_is_a_clear_error(tmp_path: Path) -> None:
    """The message shows the bytes and says what to do."""
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad-\xff-name")).touch()
    with pytest.raises(SourceError, match=r"bad-\\xff-name") as caught:
        LocalSource(tmp_path).files()
    assert "rename" in caught.value.hint


def test_a_folder_nested_beyond_reason_is_an_error(tmp_path: Path) -> None:
    """The walk is bounded."""
    (tmp_path / "/".join(["d"] * 70)).mkdir(parents=True)
    with pytest.raises(SourceError, match="levels of folders"):
        LocalSource(tmp_path).files()


def test_an_unreadable_file_is_an_error_with_a_hint(tmp_path: Path) -> None:
    """A file that cannot be opened is not the same as no file."""
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "a").chmod(0)
    with pytest.raises(SourceError) as caught:
        LocalSource(tmp_path).files()
    assert "chmod" in caught.value.hint


def test_a_pointer_without_its_object_keeps_size_and_digest(tmp_path: Path) -> None:
    """Outside of a repository there is no store: the bytes are missing evidence, and the file is not."""
    (tmp_path / "model.safetensors").write_text(POINTER)
    source = LocalSource(tmp_path)
    (info,) = source.files()
    assert (info.kind, info.size) == (FileKind.POINTER, len(WEIGHTS))
    assert info.digest is not None
    assert info.digest.algorithm is Algorithm.SHA256
    assert source.sha256(info.path) == info.digest.hex
    with pytest.raises(EvidenceMissing, match=r"model\.safetensors"):
        source.read(info.path, 0, 8)


def test_a_pointer_in_a_working_tree_stands_for_its_object(tmp_path: Path) -> None:
    """After a checkout without smudging the objects are in the store, also for a linked worktree."""
    world = GitWorld.with_lfs(tmp_path / "work")
    world.commit({"sub/model.safetensors": WEIGHTS})
    linked = world.worktree(tmp_path / "linked")
    for root in (world.root, linked.root):
        (root / "sub" / "model.safetensors").write_text(POINTER)
        for source in (LocalSource(root), LocalSource(root / "sub")):
            info = next(info for info in source.files() if info.path.endswith(".safetensors"))
            assert (info.kind, info.size) == (FileKind.FILE, len(WEIGHTS))
            assert source.read(info.path, 8, 16) == WEIGHTS[8:16]


def test_a_repository_inside_is_a_submodule(tmp_path: Path) -> None:
    """Git would record its commit and none of its files."""
    inner = GitWorld.create(tmp_path / "root" / "inner")
    commit = inner.commit({"a": b"a"})
    source = LocalSource(tmp_path / "root")
    assert kinds(source) == {"inner": FileKind.SUBMODULE}
    assert source.sha256("inner") == hashlib.sha256(commit.encode()).hexdigest()
    with pytest.raises(EvidenceMissing):
        source.read("inner")


def test_a_repository_inside_without_a_commit_is_missing_evidence(tmp_path: Path) -> None:
    """There is nothing that git could record, so nothing can be said about it."""
    GitWorld.create(tmp_path / "root" / "inner")
    with pytest.raises(EvidenceMissing, match="inner"):
        LocalSource(tmp_path / "root").sha256("inner")


def hub_cache(folder: Path) -> Path:
    """Lay out a cached repository as ``huggingface_hub`` does and return its snapshot."""
    repository = folder / "models--org--name"
    snapshot = repository / "snapshots" / ("c" * 40)
    (snapshot / "onnx").mkdir(parents=True)
    (repository / "blobs").mkdir()
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("c" * 40)
    large = hashlib.sha256(WEIGHTS).hexdigest()
    (repository / "blobs" / large).write_bytes(WEIGHTS)
    (repository / "blobs" / ("1" * 40)).write_bytes(b"{}")
    (snapshot / "model.safetensors").symlink_to(f"../../blobs/{large}")
    (snapshot / "config.json").symlink_to("../../blobs/" + "1" * 40)
    (snapshot / "onnx" / "model.onnx").symlink_to(f"../../../blobs/{large}")
    return snapshot


def test_a_snapshot_in_the_cache_of_the_hub_is_read_through_its_links(tmp_path: Path) -> None:
    """Such a snapshot is all links, and is where most people have their releases; a part of it can be named too."""
    snapshot = hub_cache(tmp_path)
    source = LocalSource(snapshot)
    assert [(info.path, info.size, info.kind) for info in source.files()] == [
        ("config.json", 2, FileKind.FILE),
        ("model.safetensors", len(WEIGHTS), FileKind.FILE),
        ("onnx/model.onnx", len(WEIGHTS), FileKind.FILE),
    ]
    assert source.read("config.json") == b"{}"
    assert source.read("onnx/model.onnx", 5, 9) == WEIGHTS[5:9]
    assert source.sha256("model.safetensors") == hashlib.sha256(WEIGHTS).hexdigest()
    assert kinds(LocalSource(snapshot / "onnx")) == {"model.onnx": FileKind.FILE}


@pytest.mark.parametrize(
    "target",
    [
        "/etc/passwd", "../../../secret", "../../refs/main", "../../blobs/../../secret", "../../blobs/secret",
        "../../blobs", f"../../../other/blobs/{'1' * 40}", f"../{'c' * 40}/config.json",
    ],
)  # fmt: skip
def test_a_link_of_a_snapshot_leads_nowhere_but_to_its_blobs(tmp_path: Path, target: str) -> None:
    """Only names of blobs of the same repository count; anything else stays a link."""
    snapshot = hub_cache(tmp_path)
    (tmp_path / "secret").write_text("secret")
    (snapshot.parent.parent / "blobs" / "secret").write_text("secret")
    (tmp_path / "other" / "blobs").mkdir(parents=True)
    (tmp_path / "other" / "blobs" / ("1" * 40)).write_text("secret")
    (snapshot / "evil").symlink_to(target)
    source = LocalSource(snapshot)
    assert kinds(source)["evil"] is FileKind.SYMLINK
    assert source.read("evil") == target.encode()


def test_a_blob_that_is_itself_a_link_is_not_followed(tmp_path: Path) -> None:
    """The blob has to be the file."""
    snapshot = hub_cache(tmp_path)
    blob = snapshot.parent.parent / "blobs" / ("1" * 40)
    blob.unlink()
    blob.symlink_to("/etc/passwd")
    source = LocalSource(snapshot)
    with pytest.raises(SourceError):
        source.read("config.json")


def test_a_blob_that_is_gone_says_to_download_again(tmp_path: Path) -> None:
    """A cache that was cleaned by hand is not a release without that file."""
    snapshot = hub_cache(tmp_path)
    (snapshot.parent.parent / "blobs" / ("1" * 40)).unlink()
    with pytest.raises(SourceError, match=r"config\.json") as caught:
        LocalSource(snapshot).files()
    assert "download" in caught.value.hint


def test_a_release_over_a_folder_is_equal_to_itself_read_twice(tmp_path: Path) -> None:
    """Equality is by bytes and not by identity."""
    (tmp_path / "a").write_bytes(b"a")
    assert Release(LocalSource(tmp_path)) == Release(LocalSource(tmp_path))


def test_what_git_ignores_is_no_part_of_the_working_tree(tmp_path: Path) -> None:
    """A log beside the model is not pushed, so it is not judged; a folder that is named is read whole."""
    world = GitWorld.create(tmp_path / "repo")
    world.commit({".gitignore": b"runs/\n*.log\n", "config.json": b"{}", "kept.log": b"x"}, "one")
    world.git("add", "--force", "kept.log")
    world.commit({}, "two")
    world.write(
        {"runs/1/model.safetensors": b"x", "train.log": b"x", "new.txt": b"x", "sub/a.log": b"x", "sub/b": b"x"}
    )

    assert [".gitignore", "config.json", "kept.log", "new.txt", "sub/b"] == names(LocalSource(world.root))
    assert {"runs", "train.log", "sub/a.log"} == LocalSource(world.root).ignored
    assert ["a.log", "b"] == names(LocalSource(world.root / "sub"))
    assert ["1/model.safetensors"] == names(LocalSource(world.root / "runs"))
    assert ["model.safetensors"] == names(LocalSource(world.root / "runs" / "1"))


def names(source: LocalSource) -> list[str]:
    return [info.path for info in source.files()]


def rewritten(path: Path, data: bytes) -> None:
    """Write into a file in place, a second after its last change: some clocks of file systems are slow."""
    before = path.stat().st_mtime_ns
    with path.open("r+b") as file:
        file.write(data)
    os.utime(path, ns=(before + 10**9, before + 10**9))


@pytest.mark.parametrize(
    "take",
    [
        lambda source: source.read("model.safetensors", 1, 5),
        lambda source: source.sha256("model.safetensors"),
        lambda source: source.open_file("model.safetensors"),
    ],
)
def test_a_file_that_was_written_to_after_it_was_listed_is_refused(
    tmp_path: Path, take: Callable[[LocalSource], object]
) -> None:
    """Its size is the same: a release of two states would be described."""
    path = tmp_path / "model.safetensors"
    path.write_bytes(WEIGHTS)
    source = LocalSource(tmp_path)
    take(source)
    rewritten(path, b"new")

    with pytest.raises(SourceError, match=r"model\.safetensors: was written to after it was listed"):
        take(source)
    take(LocalSource(tmp_path))


def test_a_file_that_is_written_to_between_two_reads_is_refused(tmp_path: Path) -> None:
    """Also where it stays open all the while."""
    path = tmp_path / "model.safetensors"
    path.write_bytes(WEIGHTS)
    file = LocalSource(tmp_path).open_file("model.safetensors")
    view = memoryview(bytearray(8))
    file.read_into(0, view)
    rewritten(path, b"new")

    with pytest.raises(SourceError, match="was written to while it was read") as caught:
        file.read_into(8, view)
    assert caught.value.hint == "the file changed while it was read: run the command again"
