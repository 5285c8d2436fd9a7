"""Releases as committed: real repositories of every shape, and trees that no client would write."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
import zlib
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.digest import Algorithm
from hfsemver.core.errors import EvidenceMissing, FormatError, SourceError
from hfsemver.releases import git as git_module
from hfsemver.releases.git import GitSource
from hfsemver.releases.repository import Repository
from hfsemver.releases.source import FileKind
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from pathlib import Path

WEIGHTS = bytes(range(256)) * 64
LARGE = b"header" + os.urandom(1 << 20) * 2


def source(world: GitWorld, revision: str = "HEAD", folder: str = "") -> GitSource:
    """Open a revision of a repository."""
    repository = Repository.discover(world.root)
    return GitSource(repository=repository, commit=repository.resolve(revision), folder=folder)


def listed(opened: GitSource) -> list[tuple[str, int, FileKind]]:
    """Return path, size and kind of each file."""
    return [(info.path, info.size, info.kind) for info in opened.files()]


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    """A repository with a few ordinary files."""
    world = GitWorld.create(tmp_path / "work")
    world.commit({"config.json": b"{}", "sub/deep/w.bin": WEIGHTS, "large.bin": LARGE, "empty": b""})
    return world


def test_a_commit_is_read_and_not_the_working_tree(world: GitWorld) -> None:
    """What lies in the folder, staged or not, plays no part."""
    world.write({"config.json": b'{"changed": 1}', "new": b"new", "empty": None})
    world.git("add", "new")
    opened = source(world)
    assert listed(opened) == [
        ("config.json", 2, FileKind.FILE),
        ("empty", 0, FileKind.FILE),
        ("large.bin", len(LARGE), FileKind.FILE),
        ("sub/deep/w.bin", len(WEIGHTS), FileKind.FILE),
    ]
    assert opened.read("config.json") == b"{}"
    assert opened.read("empty") == b""


def test_the_digest_of_a_plain_file_is_its_object_id(world: GitWorld) -> None:
    """Two commits agree on a file without reading it."""
    info = next(info for info in source(world).files() if info.path == "config.json")
    assert info.digest is not None
    assert info.digest.algorithm is Algorithm.GIT_BLOB
    assert info.digest.hex == world.git("rev-parse", "HEAD:config.json")


@pytest.mark.parametrize("path", ["large.bin", "sub/deep/w.bin"])
def test_any_window_of_a_file_can_be_read(world: GitWorld, path: str) -> None:
    """Whether the file is small, large and read at its start, or large and read further on."""
    content = LARGE if path == "large.bin" else WEIGHTS
    opened = source(world)
    for start, stop in ((0, 8), (8, 100), (5000, 16000), (len(content) - 9, len(content)), (7, None), (3, 3)):
        assert opened.read(path, start, stop) == content[start:stop]
    assert opened.sha256(path) == hashlib.sha256(content).hexdigest()
    with pytest.raises(SourceError, match="asked for"):
        opened.read(path, 0, len(content) + 1)


def test_the_start_of_a_large_file_is_read_without_the_rest(world: GitWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A header is looked at without writing gigabytes to the disk."""
    monkeypatch.setattr(git_module, "Spool", None)
    assert source(world).read("large.bin", 0, 8) == LARGE[:8]


def test_a_large_file_leaves_nothing_behind(world: GitWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The temporary file has no name from the start, so not even a kill leaves it."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    opened = source(world)
    assert opened.read("large.bin", 1 << 20, (1 << 20) + 4) == LARGE[1 << 20 : (1 << 20) + 4]
    assert list(temporary.iterdir()) == []


def test_a_packed_repository_reads_alike(world: GitWorld) -> None:
    """Packing stores differences instead of files."""
    world.commit({"large.bin": LARGE + b"more"})
    before = [(info, source(world).sha256(info.path)) for info in source(world).files()]
    world.git("gc", "--quiet", "--aggressive", "--prune=now")
    assert [(info, source(world).sha256(info.path)) for info in source(world).files()] == before


def test_links_and_submodules_are_listed_with_their_kind(world: GitWorld, tmp_path: Path) -> None:
    """A link gives its text, a submodule nothing; neither is followed."""
    other = GitWorld.create(tmp_path / "other")
    other.commit({"x": b"x"})
    (world.root / "model.safetensors").symlink_to("/etc/passwd")
    world.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.root), "module")
    world.commit({})
    opened = source(world)
    found = {info.path: info for info in opened.files()}
    assert (found["model.safetensors"].kind, found["model.safetensors"].size) == (FileKind.SYMLINK, 11)
    assert opened.read("model.safetensors") == b"/etc/passwd"
    assert found["module"].kind is FileKind.SUBMODULE
    with pytest.raises(EvidenceMissing):
        opened.read("module")
    assert opened.sha256("module") == hashlib.sha256(other.head().encode()).hexdigest()


def test_a_folder_of_a_commit_is_a_release_of_its_own(world: GitWorld) -> None:
    """Paths are relative to the folder."""
    assert listed(source(world, folder="sub")) == [("deep/w.bin", len(WEIGHTS), FileKind.FILE)]


def test_a_file_that_is_not_in_the_commit_is_an_error(world: GitWorld) -> None:
    """Asking for it is a mistake of the caller, and says how to look."""
    with pytest.raises(SourceError, match="there is no file") as caught:
        source(world).read("../etc/passwd")
    assert "ls-tree" in caught.value.hint


@pytest.fixture
def lfs(tmp_path: Path) -> GitWorld:
    """A repository with weights in git-lfs."""
    world = GitWorld.with_lfs(tmp_path / "work")
    world.commit({"model.safetensors": WEIGHTS, "config.json": b"{}"})
    return world


def test_weights_in_lfs_are_read_from_the_store(lfs: GitWorld) -> None:
    """Size and digest are those of the content; the bytes come from the object."""
    opened = source(lfs)
    info = next(info for info in opened.files() if info.path == "model.safetensors")
    assert (info.size, info.kind) == (len(WEIGHTS), FileKind.FILE)
    assert str(info.digest) == f"sha256:{hashlib.sha256(WEIGHTS).hexdigest()}"
    assert opened.read("model.safetensors", 3, 9) == WEIGHTS[3:9]
    assert opened.sha256("model.safetensors") == hashlib.sha256(WEIGHTS).hexdigest()


@pytest.mark.parametrize("storage", ["../elsewhere", "ABSOLUTE"])
def test_a_store_in_another_place_is_used(lfs: GitWorld, tmp_path: Path, storage: str) -> None:
    """``lfs.storage`` is honoured, and so is the common folder of a linked worktree."""
    lfs.git("config", "lfs.storage", storage.replace("ABSOLUTE", str(tmp_path / "absolute")))
    lfs.commit({"model.safetensors": WEIGHTS[::-1]})
    linked = lfs.worktree(tmp_path / "linked")
    for place in (lfs, linked):
        assert source(place).read("model.safetensors") == WEIGHTS[::-1]


def test_an_object_that_was_pruned_leaves_size_and_digest(lfs: GitWorld) -> None:
    """Old weights that are gone are missing evidence, never an empty file."""
    for path in (lfs.root / ".git" / "lfs" / "objects").rglob("*"):
        if path.is_file():
            path.unlink()
    opened = source(lfs)
    info = next(info for info in opened.files() if info.path == "model.safetensors")
    assert (info.size, info.kind) == (len(WEIGHTS), FileKind.POINTER)
    assert opened.sha256("model.safetensors") == hashlib.sha256(WEIGHTS).hexdigest()
    with pytest.raises(EvidenceMissing, match=r"model\.safetensors") as caught:
        opened.read("model.safetensors", 0, 8)
    assert "git lfs fetch" in caught.value.hint


def test_a_clone_without_lfs_objects_has_pointers_only(lfs: GitWorld, tmp_path: Path) -> None:
    """The usual state of a continuous-integration checkout."""
    lfs.bare(tmp_path / "bare.git")
    assert lfs.push("origin", "main").returncode == 0
    clone = tmp_path / "clone"
    lfs.git("clone", "--quiet", str(tmp_path / "bare.git"), str(clone), variables={"GIT_LFS_SKIP_SMUDGE": "1"})
    found = {info.path: info.kind for info in source(GitWorld(clone, lfs.environment)).files()}
    assert found["model.safetensors"] is FileKind.POINTER
    assert found["config.json"] is FileKind.FILE


def tree(world: GitWorld, *entries: tuple[bytes, bytes, str]) -> str:
    """Write a tree object byte by byte, past every check of git, and return a commit of it."""
    raw = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)
    return commit_of(world, raw)


def commit_of(world: GitWorld, raw: bytes) -> str:
    """Write raw bytes as a tree and return a commit of it."""
    oid = world.git("hash-object", "-t", "tree", "--literally", "-w", "--stdin", stdin=raw)
    lines = f"tree {oid}\nauthor A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n\nhostile\n"
    return world.git("hash-object", "-t", "commit", "--literally", "-w", "--stdin", stdin=lines.encode())


HOSTILE = {
    "up": [(b"100644", b"..")],
    "here": [(b"100644", b".")],
    "empty name": [(b"100644", b"")],
    "slash": [(b"100644", b"a/../../etc")],
    "absolute": [(b"100644", b"/etc/passwd")],
    "repository": [(b"40000", b".git")],
    "repository in capitals": [(b"40000", b".GIT")],
    "no UTF-8": [(b"100644", b"a\xff")],
    "surrogate": [(b"100644", b"a\xed\xa0\x80")],
    "twice": [(b"100644", b"a"), (b"100644", b"a")],
    "out of order": [(b"100644", b"b"), (b"100644", b"a")],
    "no mode": [(b"", b"a")],
    "unknown mode": [(b"010000", b"a")],
    "mode of no octal digits": [(b"100689", b"a")],
    "mode with a sign": [(b"+00644", b"a")],
    "long mode": [(b"0" * 40 + b"100644", b"a")],
}


@pytest.mark.parametrize("entries", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_tree_that_no_client_writes_is_a_format_error_with_its_place(
    world: GitWorld, entries: list[tuple[bytes, bytes]]
) -> None:
    """The message names commit and byte, and nothing is read from a path outside."""
    blob = world.git("rev-parse", "HEAD:config.json")
    commit = tree(world, *((mode, name, blob) for mode, name in entries))
    with pytest.raises(FormatError, match=rf"{commit[:12]}:.*\(at byte \d+\)") as caught:
        source(world, commit).files()
    assert caught.value.hint


@pytest.mark.parametrize("raw", [b"100644 a\0short", b"100644 a", b"\0" * 30, b"100644", b" a\0" + b"x" * 20])
def test_a_tree_that_is_cut_off_is_an_error(world: GitWorld, raw: bytes) -> None:
    """The parser does not read past the end."""
    with pytest.raises(FormatError, match="at byte"):
        source(world, commit_of(world, raw)).files()


def test_an_old_mode_with_group_rights_is_an_ordinary_file(world: GitWorld) -> None:
    """Early versions of git wrote 100664, and git still reads it."""
    commit = tree(world, (b"100664", b"a", world.git("rev-parse", "HEAD:config.json")))
    assert listed(source(world, commit)) == [("a", 2, FileKind.FILE)]


def test_a_tree_where_a_file_belongs_is_an_error(world: GitWorld) -> None:
    """The mode of an entry and the kind of its object have to agree."""
    commit = tree(world, (b"100644", b"a", world.git("rev-parse", "HEAD:sub")))
    with pytest.raises(SourceError, match="is a tree where a blob belongs"):
        source(world, commit).files()
    commit = tree(world, (b"40000", b"a", world.git("rev-parse", "HEAD:config.json")))
    with pytest.raises(SourceError, match="is a blob where a tree belongs"):
        source(world, commit).files()


def nested(world: GitWorld, levels: int, width: int) -> str:
    """Return a commit whose tree holds ``width`` times the same tree, ``levels`` deep."""
    oid = world.git("rev-parse", "HEAD:sub/deep")
    raw = b""
    for _ in range(levels):
        raw = b"".join(b"40000 d%d\0" % index + bytes.fromhex(oid) for index in range(width))
        oid = world.git("hash-object", "-t", "tree", "-w", "--stdin", stdin=raw)
    return commit_of(world, raw)


@pytest.mark.parametrize(("levels", "width", "problem"), [(70, 1, "levels deep"), (30, 8, "files and folders")])
@pytest.mark.timeout(60)
def test_a_tree_that_unfolds_without_end_is_refused(
    world: GitWorld, levels: int, width: int, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few objects can stand for 8^30 files, or for a path of any depth."""
    monkeypatch.setattr(git_module, "MAX_ENTRIES", 2000)
    with pytest.raises(FormatError, match=problem):
        source(world, nested(world, levels, width)).files()


def test_an_object_that_is_not_here_is_a_source_error_with_a_hint(world: GitWorld) -> None:
    """A missing blob is not a missing file."""
    commit = tree(world, (b"100644", b"a", "1" * 40))
    with pytest.raises(SourceError, match=f"{commit[:12]}:a: object {'1' * 40}") as caught:
        source(world, commit).files()
    assert "git fetch" in caught.value.hint


def test_a_damaged_object_is_an_error_and_the_next_file_is_still_read(world: GitWorld) -> None:
    """One broken object does not put later answers into the wrong place."""
    opened = source(world)
    assert opened.files()
    oid = world.git("rev-parse", "HEAD:sub/deep/w.bin")
    path = world.root / ".git" / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(zlib.compress(b"blob 16384\0" + WEIGHTS[:100]))
    with pytest.raises(SourceError, match=oid):
        opened.read("sub/deep/w.bin")
    assert opened.read("config.json") == b"{}"


def test_a_damaged_large_object_is_an_error(world: GitWorld) -> None:
    """Neither the start nor the whole of a broken file is taken for the file."""
    opened = source(world)
    assert opened.files()
    oid = world.git("rev-parse", "HEAD:large.bin")
    path = world.root / ".git" / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(zlib.compress(b"blob %d\0" % len(LARGE) + LARGE[:1000]))
    for stop in (8, None):
        with pytest.raises(SourceError):
            opened.read("large.bin", 0, stop)


def test_a_shallow_clone_is_read_as_far_as_it_goes(world: GitWorld, tmp_path: Path) -> None:
    """The newest commit is complete; an older one is unknown, and the hint says how to get it."""
    first = world.head()
    world.commit({"config.json": b"{ }"})
    clone = GitWorld(tmp_path / "clone", world.environment)
    world.git("clone", "--quiet", "--depth=1", f"file://{world.root}", str(clone.root))
    assert source(clone).read("config.json") == b"{ }"
    with pytest.raises(Exception, match="names no commit") as caught:
        source(clone, first)
    assert "--unshallow" in getattr(caught.value, "hint", "")


def test_a_partial_clone_does_not_go_to_its_remote(world: GitWorld, tmp_path: Path) -> None:
    """Reading never talks to the network behind the caller's back, though git would fetch what is missing."""
    world.git("config", "uploadpack.allowFilter", "true")
    clone = GitWorld(tmp_path / "clone", world.environment)
    world.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", f"file://{world.root}", str(clone.root))
    packs = sorted((clone.root / ".git" / "objects" / "pack").iterdir())
    with pytest.raises(SourceError) as caught:
        source(clone).files()
    assert "--refetch" in caught.value.hint
    assert sorted((clone.root / ".git" / "objects" / "pack").iterdir()) == packs


def test_replaced_objects_are_not_believed(world: GitWorld) -> None:
    """A push sends the real object and not its stand-in."""
    stand_in = world.git("hash-object", "-w", "--stdin", stdin=b"stand-in")
    world.git("replace", world.git("rev-parse", "HEAD:config.json"), stand_in)
    assert source(world).read("config.json") == b"{}"


def test_variables_of_a_hook_do_not_lead_to_another_repository(
    world: GitWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitPython copies the environment: what git sets for a hook is overridden."""
    other = GitWorld.create(tmp_path / "other")
    opened = source(world)
    for name in ("GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE"):
        monkeypatch.setenv(name, str(other.root / ".git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.root / ".git" / "objects"))
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.bare=true'")
    assert opened.read("config.json") == b"{}"


def test_a_bare_repository_is_read(world: GitWorld, tmp_path: Path) -> None:
    """A server can judge what it received."""
    bare = world.bare(tmp_path / "bare.git")
    assert world.push("origin", "main").returncode == 0
    assert source(bare, "main").read("config.json") == b"{}"


def test_objects_named_by_sha256_are_refused_with_a_way_out(tmp_path: Path) -> None:
    """GitPython cannot read such a repository; a folder of it can be checked."""
    world = GitWorld.create(tmp_path / "work", "--object-format=sha256")
    world.commit({"config.json": b"{}"})
    with pytest.raises(SourceError, match="sha256") as caught:
        source(world).files()
    assert "worktree" in caught.value.hint


def test_several_threads_can_read_one_release(world: GitWorld) -> None:
    """The pipe to git carries one request at a time."""
    opened = source(world)
    wrong: list[str] = []

    def read() -> None:
        for _ in range(20):
            for path, content in (("config.json", b"{}"), ("sub/deep/w.bin", WEIGHTS), ("large.bin", LARGE)):
                opened._contents.clear()
                if opened.read(path) != content:
                    wrong.append(path)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_gitpython_is_imported_only_when_objects_are_read() -> None:
    """Starting the program must not pay for it."""
    code = "import sys, hfsemver.releases.open; sys.exit('git' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_a_damaged_small_object_is_an_error_at_listing(world: GitWorld) -> None:
    """A blob that might be a pointer is read while listing, many at a time; the message names the file."""
    world.commit({f"f{number}.txt": b"text %d" % number for number in range(20)})
    oid = world.git("rev-parse", "HEAD:f7.txt")
    path = world.root / ".git" / "objects" / oid[:2] / oid[2:]
    for stored in (b"blob 6\0other!", b"blob 6\0te", b"tree 6\0text 7", b"blob 6"):
        path.chmod(0o644)
        path.write_bytes(zlib.compress(stored))
        with pytest.raises(SourceError, match=rf"f7\.txt.*{oid}"):
            source(world).files()


def test_many_files_are_listed_quickly(tmp_path: Path) -> None:
    """Sizes and possible pointers come in batches: a file costs far less than a question to git."""
    world = GitWorld.create(tmp_path / "work")
    world.commit({f"d{number % 20}/f{number}.txt": b"text %d" % number for number in range(5000)})
    opened = source(world)
    start = time.perf_counter()
    assert len(opened.files()) == 5000
    assert time.perf_counter() - start < 5
