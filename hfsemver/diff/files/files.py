"""Which files came, went or changed, without reading more than it takes to say so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from hfsemver.core.digest import Algorithm
from hfsemver.core.errors import EvidenceMissing
from hfsemver.releases.source import FileKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hfsemver.releases.release import Release
    from hfsemver.releases.source import FileInfo

    Look = Callable[["Side", "Side"], bool | None]
    Side = tuple[Release, FileInfo]

SMALL: Final = 1 << 20
"""Files up to this size are read and compared where nothing cheaper tells; JSON, cards and code, but no weights."""

_PARSED: Final = 64 << 20
"""Files of settings and vocabularies are read up to this size, so that comparing them costs less than judging them."""
_TENSORS: Final = re.compile(r"\.(?:safetensors|bin|pt|pth|ckpt|gguf)$")

ANY_SIZE: Final = 1 << 63
"""The limit of a caller that wants an answer whatever it costs."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FilesDiff:
    """Paths of two releases against each other. ``added``, ``removed`` and ``kept`` cost a listing and no more.

    Whether two files are equal is asked here and nowhere else: ``listed`` reads nothing, ``hashed`` at most one side,
    ``same`` both. What is settled once stays settled. ``None`` is no answer and never to be taken for ``True``; a path
    that its side does not have is a ``KeyError``.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    baseline: Release | None = None
    current: Release | None = None
    _settled: dict[tuple[str, str], bool] = field(default_factory=dict, init=False, repr=False)

    def listed(self, old: str, new: str) -> bool | None:
        """Say whether two files are equal by kind, size and digest; reads nothing."""
        return self._answer(old, new, lambda _, __: None)

    def hashed(self, old: str, new: str) -> bool | None:
        """Say whether two files are equal; one side may be read where the SHA-256 of the other is known."""
        return self._answer(old, new, _by_hash)

    def same(self, old: str, new: str | None = None, limit: int = SMALL) -> bool | None:
        """Say whether two files are equal, byte for byte; ``new`` is the path of today, ``old`` where it is left out.

        Up to ``limit`` bytes of each side are read where nothing cheaper tells. ``None`` means that more would have to be
        read, or bytes that are not here.
        """
        return self._answer(old, old if new is None else new, partial(_by_reading, limit=limit))

    def untouched(self, paths: Iterable[str], limit: int = SMALL) -> bool:
        """Whether each path is either on neither side or on both and known to be equal."""
        lone, kept = {*self.added, *self.removed}, {*self.kept}
        return all(path not in lone and (path not in kept or self.same(path, limit=limit) is True) for path in paths)

    def all_equal(self, names: re.Pattern[str]) -> bool:
        """Whether every file whose whole path matches is on both sides and known to be equal; false in a first release.

        Of files with tensors only the listing is asked.
        """
        lone, kept = (*self.added, *self.removed), (path for path in self.kept if names.fullmatch(path))
        if self.baseline is None or any(map(names.fullmatch, lone)):
            return False
        return all(
            (self.listed(path, path) if _TENSORS.search(path) else self.same(path, limit=_PARSED)) is True
            for path in kept
        )

    def _answer(self, old: str, new: str, look: Look) -> bool | None:
        """Answer by what is known, by the listing or by a look at the bytes; only an answer is remembered."""
        if self.baseline is None or self.current is None:
            raise KeyError(new)
        if (old, new) not in self._settled:
            one, other = self.baseline.files[old], self.current.files[new]
            answer = _by_listing(one, other)
            if answer is None:
                answer = look((self.baseline, one), (self.current, other))
            if answer is None:
                return None
            self._settled[old, new] = answer
        return self._settled[old, new]


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


def _by_listing(old: FileInfo, new: FileInfo) -> bool | None:
    for kind in (FileKind.SYMLINK, FileKind.SUBMODULE):
        if (old.kind is kind) != (new.kind is kind):
            return False
    if old.size != new.size:
        return False
    if old.digest is None or new.digest is None or old.digest.algorithm is not new.digest.algorithm:
        return None
    return old.digest == new.digest


def _by_hash(old: Side, new: Side) -> bool | None:
    known = (info.digest is not None and info.digest.algorithm is Algorithm.SHA256 for _, info in (old, new))
    return _hashes_agree(old, new) if any(known) else None


def _by_reading(old: Side, new: Side, *, limit: int) -> bool | None:
    (baseline, one), (current, other) = old, new
    if max(one.size, other.size) > limit:
        return None
    if not (one.readable and other.readable):
        return _by_hash(old, new)
    if one.size <= SMALL:
        return baseline.source.read(one.path) == current.source.read(other.path)
    return _hashes_agree(old, new)


def _hashes_agree(old: Side, new: Side) -> bool | None:
    (baseline, one), (current, other) = old, new
    try:
        return baseline.source.sha256(one.path) == current.source.sha256(other.path)
    except EvidenceMissing:
        return None
