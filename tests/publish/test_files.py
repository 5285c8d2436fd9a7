"""Writing files: whole or not at all, only where none is yet, line by line."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from hfsemver.publish.files import append_lines, create_file, remove_inside, write_inside, write_whole

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


def test_a_file_is_made_where_none_is_yet(tmp_path: Path) -> None:
    """With the folders that lead to it, and byte for byte: no line break becomes another one."""
    path = tmp_path / "a" / "b" / "new.yml"

    assert create_file(path, b"one\ntwo\r\n")
    assert path.read_bytes() == b"one\ntwo\r\n"


@pytest.mark.parametrize("there", ["a file", "a folder", "a link that leads nowhere"])
def test_what_is_there_already_stays_as_it_is(tmp_path: Path, there: str) -> None:
    """Whatever has the name: nothing is overwritten, and nothing is written through a link."""
    path, outside = tmp_path / "there", tmp_path / "outside"
    if there == "a file":
        path.write_bytes(b"old")
    elif there == "a folder":
        path.mkdir()
    else:
        path.symlink_to(outside)
    before = path.lstat()

    assert not create_file(path, b"new")
    assert path.lstat() == before
    assert not outside.exists()


def test_lines_are_added_at_the_end(tmp_path: Path) -> None:
    """The first one makes the file and the folder around it; a longer way to it is not made."""
    path = tmp_path / "log" / "lines"
    for line in ("one", "zwölf"):
        append_lines(path, line)

    assert path.read_text(encoding="utf-8") == "one\nzwölf\n"
    with pytest.raises(FileNotFoundError):
        append_lines(tmp_path / "no" / "such" / "folder" / "lines", "lost")


def test_lines_of_several_writers_do_not_mix(tmp_path: Path) -> None:
    """Two pushes at a time each leave whole lines behind."""
    path = tmp_path / "lines"
    with ThreadPoolExecutor(4) as writers:
        for letter in "abcd" * 50:
            writers.submit(append_lines, path, letter * 3000)

    lines = path.read_text(encoding="utf-8").splitlines()
    assert sorted(lines) == sorted(letter * 3000 for letter in "abcd" for _ in range(50))


def test_a_file_inside_of_a_folder_is_made_and_replaced(tmp_path: Path) -> None:
    """With the folders that lead to it; an old one keeps its mode, and nothing else stays behind."""
    write_inside(tmp_path, "a/b/c.json", b"old")
    target = tmp_path / "a" / "b" / "c.json"
    target.chmod(0o640)
    write_inside(tmp_path, "a/b/c.json", b"new")

    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("kind", ["link", "link to nothing", "linked folder", "folder", "pipe", "device"])
def test_nothing_is_written_through_what_somebody_else_put_there(tmp_path: Path, kind: str) -> None:
    """A link may lead anywhere, and who writes into a pipe waits for ever."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "c.json").write_text("keep", encoding="utf-8")
    if kind == "linked folder":
        (root / "a").symlink_to(outside)
    else:
        (root / "a").mkdir()
        place = root / "a" / "c.json"
        match kind:
            case "link":
                place.symlink_to(outside / "c.json")
            case "link to nothing":
                place.symlink_to(outside / "d.json")
            case "folder":
                place.mkdir()
            case "pipe":
                os.mkfifo(place)
            case _:
                place.symlink_to("/dev/null")
    before = sorted(path.name for path in (root / "a").iterdir())

    with pytest.raises(OSError, match=r"no regular file|Not a directory|Too many levels"):
        write_inside(root, "a/c.json", b"new")

    assert (outside / "c.json").read_text(encoding="utf-8") == "keep"
    assert [path.name for path in outside.iterdir()] == ["c.json"]
    assert sorted(path.name for path in (root / "a").iterdir()) == before


@pytest.mark.parametrize("path", ["../c.json", "a/../../c.json", "a/..", "./c.json", "a//c.json", "/c.json", ""])
def test_no_path_leads_out_of_a_folder(tmp_path: Path, path: str) -> None:
    """Who writes the path may have chosen it."""
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "c.json").write_bytes(b"keep")
    with pytest.raises(OSError, match="is no path inside"):
        write_inside(root, path, b"new")
    with pytest.raises(OSError, match="is no path inside"):
        remove_inside(root, path)
    assert (tmp_path / "c.json").read_bytes() == b"keep"
    assert not list(root.iterdir())


def test_what_is_unfinished_lies_where_it_is_asked_for(tmp_path: Path) -> None:
    """And not beside the file, where it would be taken for one of the folder."""
    (tmp_path / "in").mkdir()
    ready = "import os, sys; from pathlib import Path; from hfsemver.publish import files; "
    killed = "os.replace = lambda *_, **__: os.kill(os.getpid(), 9); files.write_inside(Path(sys.argv[1]), 'in/c.json', b'new', 'aside')"
    done = subprocess.run([sys.executable, "-c", ready + killed, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert list((tmp_path / "in").iterdir()) == []
    assert len(list((tmp_path / "aside").iterdir())) == 1


def test_what_cannot_be_finished_leaves_the_old_file(tmp_path: Path) -> None:
    """A file that grows beyond its limit, as on a full disk."""
    write_inside(tmp_path, "c.json", b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_inside(tmp_path, "c.json", bytes(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)

    assert [path.name for path in tmp_path.iterdir()] == ["c.json"]
    assert (tmp_path / "c.json").read_bytes() == b"old"


WRITER = """
import sys
from pathlib import Path
from hfsemver.publish.files import write_inside
print("begun", flush=True)
while True:
    for letter in (b"a", b"b"):
        write_inside(Path(sys.argv[1]), "in/c.json", letter * 1_000_000)
"""


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.05, 0.1, 0.2, 0.3])
def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path, delay: float) -> None:
    """The old one or the new one, and the next writer is not in the way of what was left."""
    write_inside(tmp_path, "in/c.json", b"b" * 1_000_000)
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(delay)
        child.kill()
    found = (tmp_path / "in" / "c.json").read_bytes()
    write_inside(tmp_path, "in/c.json", b"new")

    assert found in {b"a" * 1_000_000, b"b" * 1_000_000}
    assert (tmp_path / "in" / "c.json").read_bytes() == b"new"
