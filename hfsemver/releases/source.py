"""Where the bytes of a release come from, and what is known of a file without reading it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from hfsemver.core.digest import Digest

    ReadFile = Callable[[str, int], bytes | None]
    """Returns a whole file of at most so many bytes, ``None`` when there is no such file (``Release.read``)."""


class FileKind(StrEnum):
    """What a path of a release is.

    ``POINTER`` is an LFS pointer whose object is not here: size and digest are known, the bytes are not.
    ``SYMLINK`` and ``SUBMODULE`` are listed but never followed.
    """

    FILE = "file"
    POINTER = "pointer"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInfo:
    """One file: its path with forward slashes, the size of its content in bytes (never of a pointer), its kind."""

    path: str
    size: int
    kind: FileKind = FileKind.FILE
    digest: Digest | None = None

    @property
    def readable(self) -> bool:
        """Whether ``Source.read`` can give its bytes."""
        return self.kind is FileKind.FILE

    @property
    def refusal(self) -> str:
        """Why a link or a submodule is not read, as the end of a sentence."""
        return f"is a {self.kind}, which is never followed"


class OpenFile(Protocol):
    """One file that is read in many pieces, by several threads at once. It is closed when nobody holds it."""

    def read_into(self, start: int, view: memoryview) -> None:
        """Fill ``view`` with the bytes from ``start`` on. Raises what ``Source.read`` does."""
        ...


@dataclass(frozen=True, slots=True)
class ReadThrough:
    """A file without a handle of its own: each piece is one ``read`` of its source."""

    source: Source
    path: str

    def read_into(self, start: int, view: memoryview) -> None:
        """Fill ``view`` with the bytes from ``start`` on."""
        view[:] = self.source.read(self.path, start, start + len(view))


class Source(Protocol):
    """A place that holds one release."""

    def files(self) -> tuple[FileInfo, ...]:
        """List every file, sorted by path; reads no content but that of files small enough to be LFS pointers."""
        ...

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        """Return bytes ``start`` to ``stop`` (end of file when ``None``) of a listed file.

        Raises ``EvidenceMissing`` for a pointer without its object, ``SourceError`` when reading fails
        or the range lies outside the file.
        """
        ...

    def open_file(self, path: str) -> OpenFile:
        """Open a listed file for many reads. Raises what ``read`` does."""
        ...

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of the content in hex, from the pointer where there is one, else by reading the file."""
        ...
