"""What the rules about the version judge: what is declared, against what the evidence requires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.claim import Origin
from hfsemver.core.version import Version

if TYPE_CHECKING:
    from hfsemver.core.bump import Bump
    from hfsemver.core.claim import Claim
    from hfsemver.core.override import StaleOverride
    from hfsemver.core.weakening import Weakening
    from hfsemver.diff.release import ReleaseDiff


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCase:
    """A claim about a release, and the bump that the findings about it require.

    ``overrides`` are entries of the policy that no longer do what their author meant, known once everything else is judged,
    and ``weakened`` what the policy of the release asks less of than that of the baseline.
    """

    diff: ReleaseDiff
    claim: Claim
    required: Bump
    overrides: tuple[StaleOverride, ...] = ()
    weakened: tuple[Weakening, ...] = ()

    @property
    def tag_contradicts(self) -> tuple[str, str] | None:
        """The version of the card and that of the tag, where both are versions and not the same; else ``None``.

        What a flag declares is tried out, and what the card says of itself may be no version of the release at all.
        """
        card = self.diff.current.card
        written = card.text("version") if card is not None else None
        if self.claim.origin is not Origin.TAG or written is None or self.claim.declared is None:
            return None
        try:
            same = Version.parse(written.strip().removeprefix("v")) == Version.parse(self.claim.declared)
        except ValueError:
            return None
        return None if same else (written, self.claim.declared)
