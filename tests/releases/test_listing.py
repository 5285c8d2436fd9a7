"""Listings: a path means the same file to every system, or the release is refused."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import FormatError
from hfsemver.releases import listing
from hfsemver.releases.listing import checked_listing
from hfsemver.releases.source import FileInfo, FileKind
from tests.pace import pace


def infos(*paths: str) -> tuple[FileInfo, ...]:
    """Describe files by their paths alone."""
    return tuple(FileInfo(path=path, size=1) for path in paths)


def refusal(*paths: str) -> FormatError:
    """Return the error that a listing is refused with."""
    with pytest.raises(FormatError) as caught:
        checked_listing(infos(*paths))
    return caught.value


def test_real_listings_pass_unchanged() -> None:
    """Dots, dashes, spaces, colons, names of other scripts and reserved names of one system are all in use."""
    files = infos(
        ".gitattributes", ".gitignore", ".github/workflows/ci.yml", ".eval_results/x.yaml", "README.md", "1_Pooling/config.json",
        "runs/May13_10:22:07/events.out", "a b.txt", "模型.json", "é.txt", "con.txt", "git", "x.git/y", "...", "..a", "a..",
        "original/params.json", "original.json",
    )  # fmt: skip
    assert checked_listing(files) is files
    assert checked_listing(()) == ()


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("a\0b", "control character"), ("a\nb", "control character"), ("\x1b[2J", "control character"),
        ("a\x7f", "control character"), ("a\x85b", "control character"), ("a\udcff", "not UTF-8"), ("a\ud800b", "not UTF-8"),
        ("a\\b", "backslash"), ("..\\b", "backslash"), ("/etc/passwd", "absolute"), ("C:/x", "absolute"), ("c:x", "absolute"),
        ("", "empty part"), ("a//b", "empty part"), ("a/", "empty part"), ("..", ". or .."), ("../a", ". or .."),
        ("a/../b", ". or .."), ("a/..", ". or .."), ("./a", ". or .."), (".", ". or .."), ("a/./b", ". or .."),
        (".git/config", "repository's own"), ("a/.GIT/hooks/x", "repository's own"), (".git", "repository's own"),
        (".git./config", "repository's own"), (".git ", "repository's own"), ("GIT~1/config", "repository's own"),
        (".git::$INDEX_ALLOCATION/x", "repository's own"), (".g\u200cit/config", "repository's own"),
    ],
)  # fmt: skip
def test_a_path_that_two_systems_read_differently_is_refused(path: str, fault: str) -> None:
    """The error names the path and says which trait of it is at fault."""
    error = refusal("a.txt", path)
    assert fault in error.fault
    assert error.where == (path,)
    assert str(error).isprintable()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("README.md", "readme.md"),
        ("é.txt", "e\u0301.txt"),
        ("A/x", "a/X"),
        ("Straße", "STRASSE"),
        ("É", "e\u0301"),
        ("K", "\u212a"),
    ],
)
def test_two_names_of_one_file_are_refused(one: str, other: str) -> None:
    """Of the two, macOS and Windows would keep only one of them, and which one depends on the order."""
    error = refusal(one, other)
    assert error.where == (other,)
    assert "where case or normal form do not count" in error.fault


@pytest.mark.parametrize(("file", "inside"), [("a", "a/b"), ("a", "a/b/c"), ("A/x", "a/X/y"), ("x/é", "x/e\u0301/z")])
def test_a_file_that_is_also_a_folder_is_refused(file: str, inside: str) -> None:
    """Git cannot write such a tree, so whoever lists one has no release."""
    for paths in ((file, inside), (inside, file)):
        error = refusal(*paths)
        assert error.where == (file,)
        assert "lies in it" in error.fault


def test_links_and_submodules_are_listed_like_files() -> None:
    """They are never followed, so their names are all that matters."""
    files = (FileInfo(path="a", size=1, kind=FileKind.SYMLINK), FileInfo(path="b", size=0, kind=FileKind.SUBMODULE))
    assert checked_listing(files) == files


PARTS = st.text("aA.é\u0301 ~/\\:\n", min_size=1, max_size=6)


@given(st.lists(PARTS, max_size=6))
def test_what_passes_names_each_file_once_and_stays_inside(paths: list[str]) -> None:
    """Nothing but a FormatError is raised; no accepted path is another's folder or leads upward."""
    try:
        checked_listing(infos(*paths))
    except FormatError:
        return
    assert len({path.lower() for path in paths}) == len(paths)
    for path in paths:
        parts = path.split("/")
        assert not {"", ".", ".."} & set(parts)
        assert not any("/".join(parts[:count]) in paths for count in range(1, len(parts)))


def test_the_number_of_files_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listing is held in memory as a whole."""
    monkeypatch.setattr(listing, "MAX_FILES", 1)
    assert "2 files, more than the 1" in refusal("a", "b").fault


def test_a_hundred_thousand_files_are_checked_in_about_a_second() -> None:
    """The cost is that of one pattern per path; the bound leaves room for a slow machine."""
    files = infos(*(f"folder{i % 100}/part{i // 100}/model-{i}.safetensors" for i in range(100_000)))
    started = time.process_time()
    checked_listing(files)
    assert time.process_time() - started < 2 * pace()
