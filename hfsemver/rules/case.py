"""What the rules about the version judge: what is declared, against what the evidence requires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfsemver.core.bump import Bump
    from hfsemver.core.claim import Claim
    from hfsemver.diff.release import ReleaseDiff


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCase:
    """A claim about a release, and the bump that the findings about it require."""

    diff: ReleaseDiff
    claim: Claim
    required: Bump
