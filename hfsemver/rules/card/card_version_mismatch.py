"""The card names another version than the tag of the release.

Why: people read one version and pull another.
Fix: write the version of the tag into the card before it is tagged, or tag the version that the card names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.rules.rule import Example, Note, Notes, version_rule

if TYPE_CHECKING:
    from hfsemver.rules.case import VersionCase


def _pair(card: str, declared: str, findings: int = 0, also: tuple[str, ...] = ()) -> Example:
    front = f"version: {card}\n" if card else ""
    return Example(
        baseline={"README.md": "---\nlicense: mit\n---\n"},
        current={"README.md": f"---\nlicense: mit\n{front}---\n"},
        baseline_version="1.0.0",
        declared=declared,
        tagged=True,
        findings=findings,
        also=also,
    )


OTHER = _pair("1.2.0", "1.3.0", 1)
SAME = _pair("1.3.0", "1.3.0")
PREFIXED = _pair("v1.3.0", "1.3.0")
SILENT = _pair("", "1.3.0")
OF_ITS_OWN = _pair("2024-11", "1.3.0")


@version_rule(
    since="0.2.0",
    examples=(OTHER, SAME, PREFIXED, SILENT, OF_ITS_OWN),
    mirror="none: it judges one release",
)
def card_version_mismatch(case: VersionCase) -> Notes:
    """Yield a note where both are versions and not the same one."""
    if case.tag_contradicts is not None:
        card, tag = case.tag_contradicts
        yield Note(
            location=Location(file="README.md", pointer="version"),
            message=f"the card says {clipped(card, 60)}, the tag {clipped(tag, 60)}",
            baseline=clipped(tag, 60),
            current=clipped(card, 60),
            witness=f"ModelCard.load(repo).data.version is {clipped(card, 60)} at revision v{clipped(tag, 60)}",
        )
