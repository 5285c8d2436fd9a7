"""How far a version must move."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Bump(IntEnum):
    """A SemVer step, ordered so that ``max`` joins two requirements.

    >>> max(Bump.PATCH, Bump.MAJOR).word
    'major'
    """

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        """The name as it is written in reports and in JSON."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Bump:
        """Parse a word written by ``word``; ``ValueError`` for any other."""
        for bump in cls:
            if bump.word == word:
                return bump
        message = f"not a bump: {word!r} (none, patch, minor or major)"
        raise ValueError(message)


def required(bumps: Iterable[Bump]) -> Bump:
    """Return the smallest step that satisfies every requirement (the join: order does not matter)."""
    return max(bumps, default=Bump.NONE)
