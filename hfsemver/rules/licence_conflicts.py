"""What a finding says of terms that a licence drops, whoever gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.rules.rule import Note

if TYPE_CHECKING:
    from hfsemver.diff.card.licence_conflicts import LicenceConflicts
    from hfsemver.rules.rule import Notes


def conflict_notes(conflicts: LicenceConflicts) -> Notes:
    """Yield one note for each licence whose terms are dropped; raises ``EvidenceMissing`` where there may be more."""
    for conflict in conflicts.found:
        yield Note(
            location=conflict.location,
            message=f"{', '.join(conflict.bases)} is under {conflict.licence}, and {conflict.own} drops terms of it: {'; '.join(conflict.dropped)}",
            current=f"{conflict.own} over {conflict.licence}",
            witness=f"{conflict.page} is under {conflict.licence}, this release under {conflict.own}",
        )
    if conflicts.missing:
        raise conflicts.missing
