"""What a repository's commits should have been called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfsemver.core.bump import Bump


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One commit, measured against the last one before it that could be read.

    ``bump`` is ``None`` for the first release and for a commit that could not be judged (``problem`` says why).
    ``version`` is what the commit should be called, ``None`` before the first release.
    ``skips`` names the rules that could not be evaluated. ``changes`` names the rules that fired with the bump of each; ``assumed`` says why the bump is an assumption:
    weights changed whose values are not here, or the policy before it could not be read. ``tags`` are the version tags that the commit carries.
    """

    commit: str
    date: str
    subject: str
    bump: Bump | None = None
    version: str | None = None
    changes: tuple[tuple[str, str], ...] = ()
    faults: tuple[str, ...] = ()
    skips: tuple[str, ...] = ()
    assumed: str = ""
    problem: str = ""
    tags: tuple[str, ...] = ()
    is_release: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Commits of a repository, oldest first."""

    repository: str
    rows: tuple[HistoryRow, ...]

    @property
    def releases(self) -> tuple[HistoryRow, ...]:
        """The commits that should have had a version of their own."""
        return tuple(row for row in self.rows if row.is_release)
