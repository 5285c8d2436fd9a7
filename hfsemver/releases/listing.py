"""Listings that every system reads alike.

A release travels between Linux, macOS, Windows, git and the Hub. A path that one of them resolves to another file, or
to a place outside the release, makes two readers see two releases: such a listing is refused as a whole.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped

if TYPE_CHECKING:
    from hfsemver.releases.source import FileInfo

MAX_FILES = 100_000
# Of the walk that comes before: folders count too, and a listing of too many files is told with their number.
MAX_ENTRIES = 2 * MAX_FILES
MAX_DEPTH = 64

_HINT = "rename the file with git mv, then commit"
# Characters that no system agrees on; empty, current and parent folders; drives. Names that open .git: Windows drops
# trailing dots and spaces, cuts names to eight characters, and reads what follows a colon as a stream of the file.
_FAULTS = re.compile(
    r"(?P<control>[\x00-\x1f\x7f-\x9f])"
    r"|(?P<surrogate>[\ud800-\udfff])"
    r"|(?P<backslash>\\)"
    r"|(?P<absolute>^(?:/|[A-Za-z]:))"
    r"|(?P<empty>^$|//|/$)"
    r"|(?P<dots>(?:^|/)\.{1,2}(?:/|$))"
    r"|(?P<git>(?:^|/)(?:\.git|git~1)[. ]*(?:[:/]|$))",
    re.IGNORECASE,
)
_PROBLEMS = {
    "control": "a path with a control character",
    "surrogate": "a path that is not UTF-8",
    "backslash": "a path with a backslash, which Windows reads as a folder",
    "absolute": "an absolute path",
    "empty": "a path with an empty part",
    "dots": "a path that leads through . or ..",
    "git": "a path into the repository's own folder",
}
# Code points that HFS+ leaves out when it compares names.
_IGNORED = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def checked_listing(files: tuple[FileInfo, ...]) -> tuple[FileInfo, ...]:
    """Return ``files`` as they are, or raise ``FormatError`` for the first path that two systems read differently.

    Faults are control characters, surrogates, backslashes, absolute paths, empty parts, ``.`` and ``..``, spellings
    of ``.git``, a file that is also a folder, two paths that differ only in case or in Unicode normal form, and more
    than 100,000 files.
    """
    if len(files) > MAX_FILES:
        problem = f"{len(files)} files, more than the {MAX_FILES} that are read"
        raise FormatError(problem, hint="name a folder that holds one release")
    folded: dict[str, str] = {}
    for info in files:
        _check_path(info.path)
        key = _fold(info.path)
        if key in folded:
            problem = f'is the same file as "{clipped(folded[key])}" where case or normal form do not count'
            raise FormatError(problem, info.path, hint=_HINT)
        folded[key] = info.path
    _check_folders(folded)
    return files


def _check_path(path: str) -> None:
    match = _FAULTS.search(path)
    if match is None and not path.isascii():
        match = _FAULTS.search(_IGNORED.sub("", path))
    if match and match.lastgroup:
        raise FormatError(_PROBLEMS[match.lastgroup], path, hint=_HINT)


def _fold(path: str) -> str:
    return (
        path.lower() if path.isascii() else unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
    )


def _check_folders(folded: dict[str, str]) -> None:
    """Refuse a path that is a file and, in another path, a folder."""
    seen: set[str] = set()
    for key, path in folded.items():
        folder = key.rpartition("/")[0]
        while folder and folder not in seen:
            if folder in folded:
                problem = f'is a file, but "{clipped(path)}" lies in it'
                raise FormatError(problem, folded[folder], hint=_HINT)
            seen.add(folder)
            folder = folder.rpartition("/")[0]
