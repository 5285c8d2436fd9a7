"""What the readers of formats are given: the files of one release, whole and bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hfsemver.releases.formats.strict_json import JsonObject


class Files(Protocol):
    """The files of one release by path; ``Release`` is one."""

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the whole content of a file, ``None`` when there is none, ``FormatError`` above ``limit`` bytes."""
        ...

    def json(self, path: str) -> JsonObject | None:
        """Return a file of settings whose top level is an object, ``None`` when there is no such file."""
        ...
