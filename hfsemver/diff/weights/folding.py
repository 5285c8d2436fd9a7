"""Fold many tensors into the few edits they stand for: a layer repeated 32 times is one edit."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.location import Location

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.weights.tensors import TensorPair

_NUMBER = re.compile(r"(?<=\.)\d+(?=\.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorGroup:
    """Tensors whose names differ only in layer numbers and that changed alike.

    ``old`` and ``new`` are dtype and shape on each side, ``-`` where there is none.
    """

    pattern: str
    names: tuple[str, ...]
    file: str
    old: str
    new: str

    @property
    def location(self) -> Location:
        """The file and the name; for several tensors the pattern of their names."""
        return Location(file=self.file, pointer=self.names[0] if len(self.names) == 1 else self.pattern)

    @property
    def mark(self) -> str:
        """What tells several tensors from others of the same pattern: how many, and a hash of their names."""
        if len(self.names) == 1:
            return ""
        names = "\0".join(self.names).encode("utf-8", "backslashreplace")
        return f" in {len(self.names)} tensors {hashlib.sha256(names).hexdigest()[:8]}"

    def __str__(self) -> str:
        if len(self.names) == 1:
            return self.names[0]
        return f"{self.pattern} ({len(self.names)} tensors)"


def fold(pairs: Iterable[tuple[TensorInfo | None, TensorInfo | None]]) -> tuple[TensorGroup, ...]:
    """Group tensors by name pattern, dtypes and shapes; sorted, and the file is that of the first tensor."""
    groups: dict[tuple[str, str, str], list[TensorInfo]] = {}
    for old, new in pairs:
        shown = new if new is not None else old
        if shown is None:
            continue
        key = (_NUMBER.sub("*", shown.name), str(old) if old else "-", str(new) if new else "-")
        groups.setdefault(key, []).append(shown)
    return tuple(
        TensorGroup(
            pattern=pattern,
            names=tuple(sorted(t.name for t in found)),
            file=min(t.file for t in found),
            old=old,
            new=new,
        )
        for (pattern, old, new), found in sorted(groups.items())
    )


def fold_pairs(pairs: Iterable[TensorPair]) -> tuple[TensorGroup, ...]:
    """Fold tensors that both sides have."""
    return fold((pair.old, pair.new) for pair in pairs)
