"""Git LFS pointer files and the store that their objects lie in.

Format: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.digest import Algorithm, Digest

if TYPE_CHECKING:
    from pathlib import Path

# The specification allows fewer than 1024 bytes; nothing larger is ever read to find a pointer.
MAX_POINTER = 1024

# Line ends and blank space around are forgiven, because git-lfs does so when it checks a file out.
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\r?\n(?:ext-[^\n]*\n)*"
    rb"oid sha256:(?P<oid>[0-9a-f]{64})\r?\nsize (?P<size>0|[1-9][0-9]{0,18})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What a pointer file says: the SHA-256 of the content in hex, and its size in bytes."""

    oid: str
    size: int

    @property
    def digest(self) -> Digest:
        """The object id as a digest."""
        return Digest(algorithm=Algorithm.SHA256, hex=self.oid)


def parse_pointer(data: bytes) -> Pointer | None:
    """Return the pointer that ``data`` is, or ``None`` when it is ordinary content."""
    match = _POINTER.fullmatch(data.strip()) if len(data) < MAX_POINTER else None
    return Pointer(oid=match["oid"].decode(), size=int(match["size"])) if match else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LfsStore:
    """A folder of LFS objects, ``<media>/aa/bb/<oid>``, and folders of the same shape that it may borrow from."""

    media: Path
    borrowed: tuple[Path, ...] = ()

    def find(self, pointer: Pointer) -> Path | None:
        """Return the file that holds the object, or ``None``; an object of the wrong size does not count as here."""
        for media in (self.media, *self.borrowed):
            path = media / pointer.oid[:2] / pointer.oid[2:4] / pointer.oid
            try:
                found = path.lstat()
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode) and found.st_size == pointer.size:
                return path
        return None
