"""The answer to the only question asked: is the version large enough?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfsemver.core.bump import Bump


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the changes require and what the publisher declared.

    ``declared_bump`` is ``None`` when nothing was declared, or when the baseline has no version to count from.
    ``failing`` names the rules that make the run fail; ``ok`` is derived from it and never stored.
    """

    required: Bump
    declared_bump: Bump | None = None
    declared_version: str | None = None
    baseline_version: str | None = None
    next_version: str | None = None
    failing: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the release may go out under the declared version."""
        return not self.failing
