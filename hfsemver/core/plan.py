"""What a release changes in a repository, before any of it is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.core.report import Report
    from hfsemver.core.version import Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """A file as it is and as it will be, by its path with forward slashes; ``None`` where it is not there.

    Twice ``None`` is a file of a Hub that goes, and that nobody has read for that.
    """

    path: str
    before: bytes | None
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedUpload:
    """A file of a folder that goes to a Hub as it is.

    ``path`` is its name there, ``place`` where it lies, ``size`` in bytes, ``sha256`` that of the content that was judged, and
    ``written`` when that was written to last, in nanoseconds, ``None`` for what lies under its own digest.
    """

    path: str
    place: str
    size: int
    sha256: str
    written: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSignature:
    """The file that signs a release, as it is now, and the files that it has to list, by their SHA-256 in hex."""

    path: str
    before: bytes | None
    covers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatingBranch:
    """A branch that names the newest release of its line, ``v1`` or ``v1.2``; ``old`` is the commit that it is on, if it is there."""

    name: str
    old: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePlan:
    """One release: the commit that it is made on top of, what is written into it, and the names that it gets.

    ``report`` is what it stands on, and ``notes`` what else there is to say. Without ``files`` and ``uploads`` the commit ``parent``
    itself is released. ``branch`` is the one that moves to the new commit, which is made whole or not at all.
    """

    tag: Tag
    branch: str
    parent: str
    files: tuple[PlannedFile, ...]
    message: str
    tag_message: str
    report: Report
    uploads: tuple[PlannedUpload, ...] = ()
    floating: tuple[FloatingBranch, ...] = ()
    signature: PlannedSignature | None = None
    notes: tuple[str, ...] = ()

    @property
    def has_commit(self) -> bool:
        """Whether a commit is made for it."""
        return bool(self.files or self.uploads)
