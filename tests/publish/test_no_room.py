"""A full disk, whichever page of a file is the one too many: the old file stays, no new one is begun, and the next time it goes."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import SourceError
from hfsemver.publish.files import append_lines, create_file, write_executable, write_inside, write_whole
from hfsemver.publish.folders import temporary_folder
from hfsemver.publish.hook import put_in_place
from hfsemver.publish.hub.journal import Entry, Journal
from tests.full_disk import PAGE, Disk, disk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["disk"]

NEW = b"new" * PAGE
"""Three pages."""
WRITERS: dict[str, Callable[[Path], object]] = {
    "whole": lambda root: write_whole(root / "a.txt", NEW),
    "whole, by a link": lambda root: write_whole(root / "link", NEW),
    "inside": lambda root: write_inside(root, "a.txt", NEW),
    "inside, aside": lambda root: write_inside(root, "a.txt", NEW, aside="sub"),
    "program": lambda root: write_executable(root / "a.txt", NEW),
    "new": lambda root: create_file(root / "sub/new.txt", NEW),
    "lines": lambda root: append_lines(root / "log", NEW.decode()[:-1]),
    "lines of a new file": lambda root: append_lines(root / "sub/log", NEW.decode()[:-1]),
}


@pytest.mark.parametrize("pages", [0, 1, 2])
@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_is_whole_or_as_it_was(disk: Disk, writer: str, pages: int) -> None:
    """With no page, and with one or two of the three that it takes."""
    (disk.root / "sub").mkdir()
    (disk.root / "a.txt").write_bytes(b"old" * PAGE)
    (disk.root / "log").write_bytes(b"line\n" * PAGE)
    (disk.root / "link").symlink_to("a.txt")
    before = disk.files()
    disk.fill(pages)
    with pytest.raises(OSError, match="No space left") as caught:
        WRITERS[writer](disk.root)
    assert caught.value.errno == errno.ENOSPC
    disk.insist_on_nothing_written(before)
    disk.make_room()
    assert WRITERS[writer](disk.root) in {None, True}
    assert any(content.endswith((NEW[-PAGE:], NEW[-PAGE:-1] + b"\n")) for content in disk.files().values())


@pytest.mark.parametrize("pages", [0, 1])
@pytest.mark.parametrize("linked", [True, False])
def test_the_hook_of_somebody_else_is_the_hook_still(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, pages: int, *, linked: bool
) -> None:
    """It was kept beside for ours, and is so no more: also where a disk knows no second name of a file."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.EPERM, "no second names here")

    if not linked:
        monkeypatch.setattr("os.link", refuse)
    hook, beside = disk.root / "hooks/pre-push", disk.root / "hooks/pre-push.before-hfsemver"
    hook.parent.mkdir()
    hook.write_bytes(b"#!/bin/sh\n")
    before = disk.files()
    disk.fill(pages)
    with pytest.raises(OSError, match="No space left"):
        put_in_place(hook, NEW, keep_as=beside)
    disk.insist_on_nothing_written(before)
    disk.make_room()
    put_in_place(hook, NEW, keep_as=beside)
    assert disk.files() == {"hooks/pre-push": NEW, "hooks/pre-push.before-hfsemver": b"#!/bin/sh\n"}


@pytest.mark.parametrize("pages", [0, 1])
@pytest.mark.parametrize("begun", [True, False])
def test_a_journal_that_finds_no_room_is_the_one_that_it_was(disk: Disk, pages: int, *, begun: bool) -> None:
    """Neither a part of a line nor an empty file: two pages are too few for the two files of a long entry."""
    message = "m" * 3 * PAGE
    entry = Entry(hub="h", repo="o/n", branch="main", parent="p", tag="v1.0.0", message=message, id="1")
    journal = Journal(disk.root)
    if begun:
        journal.note(entry, "begun")
    before = disk.files()
    disk.fill(pages)
    with pytest.raises(SourceError, match="No space left") as caught:
        journal.note(entry, "committed", "c")
    assert str(disk.root) in caught.value.problem
    assert "make room" in caught.value.hint
    # The file that keeps the journal out of git holds two letters, and is whole by then.
    disk.insist_on_nothing_written(before | {path: b"*\n" for path in disk.files() if path.endswith(".gitignore")})
    disk.make_room()
    journal.note(entry, "committed", "c")
    (found,) = journal.unfinished("h", "o/n", "main")
    assert found.commit == "c"


def test_a_temporary_folder_needs_a_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where none can be had it is said, with the variable that names another one."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(SourceError, match="nowhere") as caught, temporary_folder():
        pass
    assert "TMPDIR" in caught.value.hint
