"""Settings and attributes of one clone, which no push takes along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import printable
from hfsemver.publish.files import write_whole
from hfsemver.publish.folders import make_folder
from hfsemver.publish.git import write_git

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def set_settings(root: Path, settings: Mapping[str, str]) -> None:
    """Give settings of the repository at ``root`` one value each. Raises ``SourceError``."""
    for name, value in settings.items():
        write_git(root, "config", "--local", "--replace-all", operands=(name, value))


def remove_settings(root: Path, section: str) -> None:
    """Remove a section, which is there, from the settings of the repository at ``root``. Raises ``SourceError``."""
    write_git(root, "config", "--local", "--remove-section", operands=(section,))


def write_lines(path: Path, lines: Sequence[str]) -> None:
    """Write a file of the git directory, whole. Raises ``SourceError``."""
    text = "".join(f"{line}\n" for line in lines)
    try:
        make_folder(path.parent)
        write_whole(path, text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        fault = f"{printable(str(path))} cannot be written: {error.strerror}"
        raise SourceError(fault, hint="make its folder writable, or make room there") from error
