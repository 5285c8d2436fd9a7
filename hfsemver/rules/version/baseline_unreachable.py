"""The history does not hold the last release any more.

It was squashed, set back or begun anew. That is certain where a push takes a released commit from the last branch that holds it,
and where a history has not a single commit in common with any release; release lines beside each other are no such thing.

Why: whoever pinned the commit gets a 404 once it is cleaned away, and nobody can follow how one release became the next.
Fix: revert commits where they are to be undone; to take the release back in, without its content:
``git merge --strategy=ours TAG``, with ``--allow-unrelated-histories`` where the history was begun anew.
A tag that was never pushed is no release: ``git tag -d TAG``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.claim import LostRelease
from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.rules.rule import Example, Note, Notes, version_rule
from hfsemver.rules.sound import SOUND

if TYPE_CHECKING:
    from hfsemver.rules.case import VersionCase

SHOWN = 12
SIDE = {"body": "F32[8,4]"}
COMMIT = "1f" * 20
DROPPED = Example(
    baseline=SIDE, current=SIDE, baseline_version="1.1.0", declared="1.1.0", protected=True, findings=1,
    lost=LostRelease(tag="v1.1.0", commit=COMMIT, branch="main"),
)  # fmt: skip
ANEW = Example(
    baseline=None, current={**SOUND, **SIDE}, declared="1.1.0", tagged=True, findings=1,
    lost=LostRelease(tag="v1.0.0", commit=COMMIT),
)  # fmt: skip
HELD = Example(baseline=SIDE, current=SIDE, baseline_version="1.0.0", declared="1.0.1", released=("1.0.0", "2.0.0"))
FIRST = Example(baseline=None, current={**SOUND, **SIDE}, declared="1.0.0", tagged=True)


@version_rule(
    since="0.2.0",
    examples=(DROPPED, ANEW, HELD, FIRST),
    mirror="none: a history may hold more than it did",
)
def baseline_unreachable(case: VersionCase) -> Notes:
    """Yield one note for the newest release that is lost."""
    lost = case.claim.lost
    if lost is None:
        return
    tag = clipped(lost.tag, 80)
    if lost.doubt:
        raise EvidenceMissing("history", f"{lost.doubt}, so whether {tag} is lost cannot be told")
    how = (
        f"the history has no commit in common with that of {tag} ({lost.commit[:SHOWN]}), nor with any other release"
        if lost.branch is None
        else f"{clipped(lost.branch, 80)} loses {tag} ({lost.commit[:SHOWN]}), and no other branch that was seen there holds it"
    )
    yield Note(
        location=Location(file="README.md", pointer="version"),
        message=how,
        baseline=f"{tag} {lost.commit[:SHOWN]}",
        current="not in the history",
        witness=f"git branch --all --contains {lost.commit[:SHOWN]}",
    )
