"""Folders: made with all that lead to them, and never taken from anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.publish.folders import make_folder, make_temporary_folder

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_that_is_there_keeps_what_it_holds(tmp_path: Path) -> None:
    """Made once with those that lead to it; a second time nothing changes."""
    folder = tmp_path / "a" / "b"
    make_folder(folder)
    (folder / "file").write_bytes(b"kept")

    make_folder(folder)

    assert (folder / "file").read_bytes() == b"kept"


def test_a_file_does_not_become_a_folder(tmp_path: Path) -> None:
    """Neither in its own place nor on the way to another."""
    (tmp_path / "file").write_bytes(b"")

    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OSError, match=r"File exists|Not a directory"):
            make_folder(place)


def test_a_temporary_folder_is_new_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies where temporary folders belong, and only its owner can look into it."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    one, other = make_temporary_folder("demo-"), make_temporary_folder("demo-")

    assert one != other
    assert {path.parent for path in (one, other)} == {tmp_path}
    assert one.stat().st_mode & 0o777 == 0o700
