"""git-lfs as it is stored: pointers in git, and objects beside it under their SHA-256."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.hub.errors import HubError

if TYPE_CHECKING:
    from pathlib import Path

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize (\d+)\n"
)
SMALLEST, LARGEST = 100, 1024
# https://huggingface.co/docs/hub/repositories-getting-started: git itself takes nothing that is larger.
LARGEST_BLOB = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What stands in git in the place of a large file."""

    sha256: str
    size: int

    def __bytes__(self) -> bytes:
        text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {self.size}\n"
        return text.encode()


def parse_pointer(content: bytes) -> Pointer | None:
    """Return the pointer that a blob is, or nothing for any other blob."""
    match = POINTER.fullmatch(content)
    return Pointer(sha256=match[1].decode(), size=int(match[2])) if match else None


@dataclass(frozen=True, slots=True)
class Objects:
    """The large files of one repository."""

    root: Path

    def path(self, sha256: str) -> Path:
        """Return where an object lies, or would lie."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def has(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def put(self, content: bytes) -> Pointer:
        """Store an object under its own name."""
        pointer = Pointer(sha256=hashlib.sha256(content).hexdigest(), size=len(content))
        path = self.path(pointer.sha256)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return pointer

    def receive(self, sha256: str, content: bytes) -> None:
        """Store an uploaded object; raises HubError where it is not the one that was announced."""
        if hashlib.sha256(content).hexdigest() != sha256:
            raise HubError(400, f"The content is not that of {sha256}")
        self.put(content)
