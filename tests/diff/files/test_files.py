"""Files are compared by the cheapest sign that tells, and what is not known is never called equal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import pytest

from hfsemver.core.digest import Algorithm, Digest
from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.files.files import ANY_SIZE, SMALL, FilesDiff, compare_files
from hfsemver.releases.release import Release
from hfsemver.releases.source import FileInfo, FileKind, ReadThrough
from tests.builders import release


def pointer(content: bytes) -> bytes:
    oid = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n".encode()


@dataclass
class Listed:
    """A source that knows a listing and counts what it is asked to read."""

    infos: tuple[FileInfo, ...]
    content: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def files(self) -> tuple[FileInfo, ...]:
        return self.infos

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        self.asked.append(path)
        if path not in self.content:
            raise EvidenceMissing(path, "only its LFS pointer is here")
        return self.content[path][start:stop]

    def open_file(self, path: str) -> ReadThrough:
        return ReadThrough(self, path)

    def sha256(self, path: str) -> str:
        """Answer from a digest that is known, like every source; otherwise by reading."""
        digest = next(info.digest for info in self.infos if info.path == path)
        if digest is not None and digest.algorithm is Algorithm.SHA256:
            return digest.hex
        return hashlib.sha256(self.read(path)).hexdigest()


def pair(old: FileInfo, new: FileInfo) -> tuple[FilesDiff, Listed, Listed]:
    before, after = Listed((old,)), Listed((new,))
    return compare_files(Release(before), Release(after)), before, after


def test_listings_are_split_into_added_removed_and_kept() -> None:
    """Each path is in exactly one group."""
    diff = compare_files(release({"a.json": {}, "b.json": {}}), release({"b.json": {}, "c.json": {}}))

    assert (diff.added, diff.removed, diff.kept) == (("c.json",), ("a.json",), ("b.json",))


def test_a_first_release_adds_nothing() -> None:
    """Without a baseline nothing changed."""
    diff = compare_files(None, release({"a.json": {}}))

    assert (diff.added, diff.removed, diff.kept) == ((), (), ())


def test_small_files_are_compared_by_their_bytes() -> None:
    """Equal sizes are no equality."""
    diff = compare_files(
        release({"a.txt": "1", "b.txt": "1", "c.txt": "1"}), release({"a.txt": "1", "b.txt": "2", "c.txt": "12"})
    )

    assert [diff.same(path) for path in diff.kept] == [True, False, False]


def test_another_size_needs_no_reading() -> None:
    """A file of another size is another file, whatever its size."""
    diff, before, after = pair(FileInfo(path="x", size=800 << 30), FileInfo(path="x", size=801 << 30))

    assert diff.same("x") is False
    assert before.asked == after.asked == []


def test_a_large_file_without_digest_is_not_read_and_not_called_equal() -> None:
    """A listing of a local folder with a model of 800 GB costs nothing."""
    diff, before, after = pair(FileInfo(path="x", size=SMALL + 1), FileInfo(path="x", size=SMALL + 1))

    assert diff.same("x") is None
    assert before.asked == after.asked == []


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_digests_of_one_algorithm_decide(algorithm: Algorithm) -> None:
    """Equal digests are equal files, others are others; nothing is read."""
    one, two = (Digest(algorithm=algorithm, hex=char * 40) for char in "ab")
    for digest, expected in ((one, True), (two, False)):
        diff, before, _ = pair(
            FileInfo(path="x", size=9, digest=one), FileInfo(path="x", size=9, kind=FileKind.POINTER, digest=digest)
        )

        assert diff.same("x") is expected
        assert before.asked == []


def test_digests_of_two_algorithms_say_nothing() -> None:
    """A blob id and an LFS id are different names of maybe the same bytes."""
    one = FileInfo(path="x", size=9, kind=FileKind.POINTER, digest=Digest(algorithm=Algorithm.SHA256, hex="a" * 64))
    two = FileInfo(path="x", size=9, kind=FileKind.POINTER, digest=Digest(algorithm=Algorithm.GIT_BLOB, hex="a" * 40))
    diff, _, _ = pair(one, two)

    assert diff.same("x") is None


def test_a_pointer_is_compared_with_a_small_file_by_its_hash() -> None:
    """The digest of a pointer can be checked where the bytes are on the other side."""
    here = release({"a.bin": b"content", "b.bin": b"content"})
    there = release({"a.bin": pointer(b"content"), "b.bin": pointer(b"cantent")})

    assert compare_files(here, there).same("a.bin") is True
    assert compare_files(there, here).same("b.bin") is False


def test_a_file_that_became_a_link_differs() -> None:
    """What a link points to is not looked at."""
    diff, _, _ = pair(FileInfo(path="x", size=3), FileInfo(path="x", size=3, kind=FileKind.SYMLINK))

    assert diff.same("x") is False


def test_a_path_of_one_side_cannot_be_compared() -> None:
    """Asking for it is a mistake of the caller."""
    with pytest.raises(KeyError):
        compare_files(release({"a.json": {}}), release({"b.json": {}})).same("a.json")
    with pytest.raises(KeyError):
        compare_files(None, release({"b.json": {}})).same("b.json")


def test_the_listing_alone_reads_nothing() -> None:
    """Small files whose bytes would tell stay unsettled when nothing may be read."""
    diff, before, after = pair(FileInfo(path="x", size=3), FileInfo(path="x", size=3))

    assert diff.listed("x", "x") is None
    assert diff.hashed("x", "x") is None
    assert before.asked == after.asked == []


def test_hashing_reads_only_the_side_without_a_digest() -> None:
    """A pointer gives its digest for nothing; the other side is read once and the answer is remembered."""
    content = bytes(SMALL + 1)
    digest = Digest(algorithm=Algorithm.SHA256, hex=hashlib.sha256(content).hexdigest())
    diff, before, after = pair(
        FileInfo(path="x", size=len(content)),
        FileInfo(path="x", size=len(content), kind=FileKind.POINTER, digest=digest),
    )
    before.content["x"] = content

    assert diff.listed("x", "x") is None
    assert [diff.hashed("x", "x"), diff.listed("x", "x"), diff.same("x")] == [True, True, True]
    assert (before.asked, after.asked) == (["x"], [])


def test_two_paths_can_be_compared() -> None:
    """A renamed file is compared under both of its names."""
    diff = compare_files(release({"a.json": {}, "b.json": {}}), release({"c.json": {}, "d.json": {"k": 1}}))

    assert diff.same("a.json", "c.json") is True
    assert diff.same("b.json", "d.json") is False


def test_a_large_file_is_compared_when_the_caller_pays() -> None:
    """The limit is the caller's: beyond it nothing is read, within it a large file is hashed."""
    content = bytes(SMALL + 1)
    diff = compare_files(release({"x.bin": content}), release({"x.bin": content[:-1] + b"1"}))

    assert diff.same("x.bin") is None
    assert diff.same("x.bin", limit=ANY_SIZE) is False
    assert diff.same("x.bin") is False


def test_untouched_files_are_equal_or_on_neither_side() -> None:
    """A file that came, went, changed or cannot be compared is touched."""
    diff = compare_files(
        release({"same.json": {}, "gone.json": {}, "new.json": {"k": 1}}),
        release({"same.json": {}, "came.json": {}, "new.json": {"k": 2}}),
    )

    assert diff.untouched(("same.json", "absent.json"))
    assert not any(diff.untouched((path,)) for path in ("gone.json", "came.json", "new.json"))
