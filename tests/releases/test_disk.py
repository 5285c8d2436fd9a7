"""Small files are read whole, within a bound, and never through a link that somebody else may have set."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import SourceError
from hfsemver.releases.disk import read_named, read_small

if TYPE_CHECKING:
    from pathlib import Path


def test_a_small_file_is_read_whole_up_to_its_limit(tmp_path: Path) -> None:
    """As many bytes as the limit are read, one more is refused, and nothing is there where there is no file."""
    path = tmp_path / "file"
    path.write_bytes(b"12345")

    assert read_small(path, 5) == b"12345"
    assert read_named(path, 5) == b"12345"
    assert read_small(tmp_path / "none", 5) is None
    for read in (read_small, read_named):
        with pytest.raises(SourceError, match="more than the 4 bytes"):
            read(path, 4)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", ["link", "dangling", "device", "loop", "pipe", "folder"])
def test_what_is_no_regular_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    """Not a link to anything, not a pipe without a writer, not a folder: no byte of them is read, and none hangs."""
    path = tmp_path / "file"
    (tmp_path / "target").write_bytes(b"secret")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to({"link": "target", "dangling": "gone", "device": "/dev/zero", "loop": "file"}[kind])

    with pytest.raises(SourceError) as caught:
        read_small(path, 100)

    assert str(caught.value).startswith(f"{path}: is ")
    assert caught.value.hint


def test_what_the_user_names_may_be_a_link_but_is_bounded(tmp_path: Path) -> None:
    """A link to a file is followed; an endless device ends at the limit, and a missing file is an error."""
    (tmp_path / "target").write_bytes(b"text")
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "endless").symlink_to("/dev/zero")

    assert read_named(tmp_path / "link", 10) == b"text"
    for name, fault in (("endless", "more than the 10 bytes"), ("none", "No such file")):
        with pytest.raises(SourceError, match=fault):
            read_named(tmp_path / name, 10)


@pytest.mark.parametrize(("policy", "status"), [("promise: load", 0), ("promise: nonsense", 2)])
def test_a_policy_may_come_out_of_a_pipe(policy: str, status: int, tmp_path: Path) -> None:
    """``--config <(...)`` is read to its end, and judged like a file."""
    (tmp_path / "README.md").write_bytes(b"x")
    check = f"{sys.executable} -m hfsemver check . --baseline . --config <(printf '{policy}\\n')"

    done = subprocess.run(["bash", "-c", check], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == status, done.stderr
