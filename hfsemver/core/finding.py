"""One thing a rule noticed, stamped by the engine and judged by nobody yet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfsemver.core.bump import Bump
    from hfsemver.core.location import Location


class Level(IntEnum):
    """What a finding does that no version number excuses: nothing, a warning, or a failed run."""

    ALLOW = 0
    WARN = 1
    DENY = 2

    @property
    def word(self) -> str:
        """The name as it is written in reports, in JSON and in the policy file."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A difference between two releases, or a fault of one, that consumers have to know about.

    ``bump`` is the step it requires; ``None`` means *policy*: no version number makes it right.
    ``baseline`` and ``current`` are the two sides in a word; ``witness`` is something to run or to read
    in which the break can be seen. ``members`` are all names that a folded finding stands for; a reader of reports has none.
    """

    rule: str
    level: Level
    bump: Bump | None
    message: str
    location: Location
    baseline: str = ""
    current: str = ""
    witness: str = ""
    why: str = ""
    fix: str = ""
    members: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it is about: an excuse has to cover all of it."""
        return self.members or (self.location.pointer,)

    @property
    def bump_word(self) -> str:
        """``none``, ``patch``, ``minor``, ``major`` or ``policy``."""
        return "policy" if self.bump is None else self.bump.word

    @property
    def fingerprint(self) -> str:
        """16 hex digits that name this finding again at the next commit, after resharding, and on any machine."""
        text = f"{self.rule}\0{self.location.stable}\0{self.baseline}\0{self.current}"
        return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]

    @property
    def order(self) -> tuple[object, ...]:
        """Sort key: what no version excuses first, then the largest step, then by rule and place."""
        step = 4 if self.bump is None else int(self.bump)
        return (-self.level, -step, self.rule, self.location, self.message)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Skip:
    """A rule that could not be evaluated, and why. Never the same as a rule that found nothing."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A finding that the policy accepts, with the reason written there."""

    finding: Finding
    reason: str
    until: str = ""
