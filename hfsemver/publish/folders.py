"""Folders made to be written into. A failure is an ``OSError``, but where another one is named."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.publish.room import NoRoom

if TYPE_CHECKING:
    from collections.abc import Iterator


def make_folder(folder: Path) -> None:
    """Make a folder and those that lead to it; one that is there already stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)


def make_temporary_folder(prefix: str) -> Path:
    """Make an empty folder that nobody else can look into, where temporary ones belong; it stays."""
    import tempfile  # here, because few folders are temporary

    return Path(tempfile.mkdtemp(prefix=prefix))


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make such a folder for as long as the block runs. Raises ``NoRoom`` where there is none for one."""
    import tempfile  # here, because few folders are temporary

    try:
        made = tempfile.TemporaryDirectory(prefix="hfsemver-")
    except OSError as error:
        fault = f"no temporary folder can be made: {error.strerror}: {error.filename or 'anywhere'}"
        raise NoRoom(fault, hint="make room there, or name a folder with room in TMPDIR") from error
    with made as folder:
        yield Path(folder)
