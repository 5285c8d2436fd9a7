"""The policy that the release brings asks for less than that of the baseline.

It holds from the next release on, so it silences nothing of this one. Whoever means it accepts this finding in the same file, by
its fingerprint, with the reason and a last day: that is the one finding that a release may accept by itself.

Why: consumers were promised more, and a weaker policy lets the next break through without a word.
Fix: restore what was promised, or accept this finding in .hfsemver.yaml with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.core.weakening import Weakening
from hfsemver.rules.rule import Example, Note, Notes, version_rule

if TYPE_CHECKING:
    from hfsemver.rules.case import VersionCase

FILE = ".hfsemver.yaml"
SIDE = {"body": "F32[8,4]"}
ALLOWED = Weakening(key="rules.token-added", old="warn minor", new="allow minor")
LOWERED = Example(baseline=SIDE, current=SIDE, weakened=(ALLOWED,), findings=1)
KEPT = Example(baseline=SIDE, current=SIDE)


@version_rule(
    since="0.2.0",
    examples=(LOWERED, KEPT),
    mirror="none: to promise more breaks nobody",
)
def policy_weakened(case: VersionCase) -> Notes:
    """Yield one note for each key, so that accepting one accepts no other."""
    for one in case.weakened:
        yield Note(
            location=Location(file=FILE, pointer=clipped(one.key, 80)),
            message=f"{clipped(one.key, 80)}: {clipped(one.old, 80)} -> {clipped(one.new, 80)}",
            baseline=clipped(one.old, 80),
            current=clipped(one.new, 80),
        )
