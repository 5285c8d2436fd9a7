"""Which files came, went or changed, without reading more than it takes to say so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hfsemver.core.digest import Algorithm
from hfsemver.core.errors import EvidenceMissing
from hfsemver.releases.source import FileKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.release import Release
    from hfsemver.releases.source import FileInfo

SMALL = 1 << 20
"""Files up to this size are read and compared where nothing cheaper tells; JSON, cards and code, but no weights."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FilesDiff:
    """Paths of two releases against each other. ``added``, ``removed`` and ``kept`` cost a listing and no more."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    baseline: Release | None = None
    current: Release | None = None
    settled: dict[tuple[str, int], bool | None] = field(default_factory=dict)

    def same(self, path: str, limit: int = SMALL) -> bool | None:
        """Say whether a kept file is equal on both sides, byte for byte.

        ``None`` means that only reading more than ``limit`` bytes could tell, or bytes that are not here: it is never
        to be taken for ``True``. ``KeyError`` for a path that one side does not have.
        """
        key = (path, limit)
        if key not in self.settled:
            if self.baseline is None or self.current is None:
                raise KeyError(path)
            self.settled[key] = _same(self.baseline, self.current, path, limit)
        return self.settled[key]

    def changed(self) -> Iterator[str]:
        """Yield the kept files that are known to differ."""
        return (path for path in self.kept if self.same(path) is False)

    def unsettled(self) -> Iterator[str]:
        """Yield the kept files of which it is not known whether they differ."""
        return (path for path in self.kept if self.same(path) is None)


def compare_files(baseline: Release | None, current: Release) -> FilesDiff:
    """Compare two listings; in a first release no file is added."""
    if baseline is None:
        return FilesDiff(current=current)
    old, new = baseline.files, current.files
    return FilesDiff(
        added=tuple(path for path in new if path not in old),
        removed=tuple(path for path in old if path not in new),
        kept=tuple(path for path in new if path in old),
        baseline=baseline,
        current=current,
    )


def _same(baseline: Release, current: Release, path: str, limit: int) -> bool | None:
    old, new = baseline.files[path], current.files[path]
    if (old.kind is FileKind.SYMLINK) != (new.kind is FileKind.SYMLINK) or (
        (old.kind is FileKind.SUBMODULE) != (new.kind is FileKind.SUBMODULE)
    ):
        return False
    by_name = _same_by_name(old, new)
    if by_name is not None or max(old.size, new.size) > limit:
        return by_name
    try:
        if old.readable and new.readable:
            return baseline.source.read(path) == current.source.read(path)
        if _has_sha256(old) or _has_sha256(new):
            return baseline.source.sha256(path) == current.source.sha256(path)
    except EvidenceMissing:
        return None
    return None


def _same_by_name(old: FileInfo, new: FileInfo) -> bool | None:
    if old.size != new.size:
        return False
    if old.digest is None or new.digest is None or old.digest.algorithm is not new.digest.algorithm:
        return None
    return old.digest == new.digest


def _has_sha256(info: FileInfo) -> bool:
    return info.digest is not None and info.digest.algorithm is Algorithm.SHA256
