"""Writing files: whole or not at all, and nothing left beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.publish.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    """The new text takes the place and the mode of the old one, and nothing else stays behind."""
    target = tmp_path / "report.json"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)

    write_whole(target, b"new\n")

    assert target.read_bytes() == b"new\n"
    assert target.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["there.txt", "not yet.txt"])
def test_a_link_stays_and_its_file_is_written(tmp_path: Path, name: str) -> None:
    """Also into another folder, and where the file is yet to be made; nothing is left beside either."""
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "there.txt").write_text("old", encoding="utf-8")
    link = tmp_path / "report.txt"
    link.symlink_to(f"far/{name}")

    write_whole(link, b"new\n")

    assert link.readlink().name == name
    assert (tmp_path / "far" / name).read_text(encoding="utf-8") == "new\n"
    assert {path.name for path in tmp_path.rglob("*")} == {"far", "there.txt", name, "report.txt"}


@pytest.mark.parametrize("name", ["nowhere/report.json", "folder", "loop"])
def test_what_cannot_be_written_is_an_error_of_the_system(tmp_path: Path, name: str) -> None:
    """A missing folder, a folder in the place of the file, a link to itself: whoever asked says what that means."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")

    with pytest.raises(OSError, match=r"No such file|Is a directory|symbolic links"):
        write_whole(tmp_path / name, b"x")

    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "loop"]
