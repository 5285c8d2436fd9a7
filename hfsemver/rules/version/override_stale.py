"""An entry of the policy has ended, or matches nothing that is there.

Why: lists of exceptions that nobody clears grow into switches that turn everything off.
Fix: take the entry out of the policy, or renew it with a new last day and the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.core.override import StaleOverride
from hfsemver.rules.rule import Example, Note, Notes, Stage, version_rule

if TYPE_CHECKING:
    from hfsemver.rules.case import VersionCase

FILE = ".hfsemver.yaml"
SIDE = {"body": "F32[8,4]"}
ENTRY = StaleOverride(
    pointer="accept[0]", name="0123456789abcdef", problem="ended on 2026-03-31: take it out of the policy"
)
ENDED = Example(baseline=SIDE, current=SIDE, overrides=(ENTRY,), findings=1)
NOTHING = Example(baseline=SIDE, current=SIDE)


@version_rule(
    level=Level.WARN,
    stage=Stage.LAST,
    since="0.2.0",
    examples=(ENDED, NOTHING),
    mirror="none: an entry that is in use needs no word",
)
def override_stale(case: VersionCase) -> Notes:
    """Yield one note for each entry."""
    for entry in case.overrides:
        yield Note(
            location=Location(file=FILE, pointer=entry.pointer),
            message=f"{entry.pointer} ({clipped(entry.name, 60)}) {clipped(entry.problem, 160)}",
            current=clipped(entry.name, 60),
        )
