"""Folders made to be written into. A failure is an ``OSError``."""

from __future__ import annotations

from pathlib import Path


def make_folder(folder: Path) -> None:
    """Make a folder and those that lead to it; one that is there already stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)


def make_temporary_folder(prefix: str) -> Path:
    """Make an empty folder that nobody else can look into, where temporary ones belong; it stays."""
    import tempfile  # here, because few folders are temporary

    return Path(tempfile.mkdtemp(prefix=prefix))
