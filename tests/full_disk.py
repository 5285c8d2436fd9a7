"""A disk of a few pages, filled up to the last one that a test leaves free."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
SIZE = 1024 * PAGE
FILLER = ".filler"
# What git could not finish to write, ``git gc`` takes away; and an object without a name is nobody's.
OF_GIT = re.compile(r"\.git/objects/[0-9a-f]{2}/(tmp_obj_\w+|[0-9a-f]{38})")


@dataclass(frozen=True, slots=True)
class Disk:
    """A file system in memory at ``root``."""

    root: Path

    def fill(self, pages: int = 0) -> None:
        """Take all the room but so many pages."""
        handle = os.open(self.root / FILLER, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            with contextlib.suppress(OSError):
                while os.write(handle, b"x" * PAGE) == PAGE:
                    pass
            os.ftruncate(handle, os.fstat(handle).st_size - pages * PAGE)
        finally:
            os.close(handle)

    def make_room(self) -> None:
        """Give the room back."""
        (self.root / FILLER).unlink(missing_ok=True)

    def files(self) -> dict[str, bytes]:
        """Return everything on it by its path, links as where they lead."""
        found = {}
        for path in self.root.rglob("*"):
            if path.name != FILLER and (path.is_symlink() or path.is_file()):
                name = path.relative_to(self.root).as_posix()
                found[name] = bytes(path.readlink()) if path.is_symlink() else path.read_bytes()
        return found

    def insist_on_nothing_written(self, before: dict[str, bytes]) -> None:
        """Insist that every file is as it was, and that no other is there."""
        after = self.files()
        assert {path: after.get(path) for path in before} == before
        litter = [path for path in after.keys() - before.keys() if not OF_GIT.search(path)]
        assert not litter, litter


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A small disk, where this machine lets one be mounted."""
    root = tmp_path / "disk"
    root.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", str(root)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except OSError as error:
        pytest.skip(f"no small disk can be mounted here: {error}")
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield Disk(root)
    finally:
        subprocess.run(["umount", "--lazy", str(root)], check=True, timeout=30)


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs commands of hfsemver in this process, as its entry point does."""

    capture: pytest.CaptureFixture[str]

    def run(self, *argv: str) -> tuple[int, str]:
        """Return the exit code of a command, and what it said on standard error."""
        from hfsemver.cli.errors import guarded
        from hfsemver.cli.main import invoke

        self.capture.readouterr()
        code = int(guarded(invoke, argv))
        return code, self.capture.readouterr().err

    def insist_on_success(self, *argv: str) -> None:
        """Insist that a command does what it is for, or has done it; a verdict is what a check is for."""
        code, said = self.run(*argv)
        assert code in ({0, 1} if argv[0] == "check" else {0}), said

    def insist_on_no_room(self, *argv: str, where: str) -> None:
        """Insist that a command ends as one that could not write: one line that says where, and one that says what to do."""
        code, said = self.run(*argv)
        assert code == 3, said
        fault, hint = said.splitlines()[-2:]
        assert len([line for line in said.splitlines() if line.startswith("Error: ")]) == 1
        assert fault.startswith("Error: ")
        assert hint.startswith("Hint: ")
        assert "room" in hint
        assert where in f"{fault} {hint}"


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands of this process."""
    return Shell(capsys)
