"""Weights hold NaN or infinity, or a tensor turned constant or exploded.

Why: nobody can use them; it is never a matter of version.
Fix: save the weights again from a sound checkpoint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.rules.loading import load_call
from hfsemver.rules.rule import POLICY, Cost, Example, Note, Notes, rule
from hfsemver.rules.sound import SOUND

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

BROKEN = Example(baseline={"q": "F32[8,8]"}, current={"q": "F32[8,8] nan"}, findings=1)
ZEROED = Example(baseline={"q": "F32[8,8]"}, current={"q": "F32[8,8] zeros"}, findings=1)
FIRST = Example(baseline=None, current={**SOUND, "q": "F32[8,8] nan", "bias": "F32[8] zeros"}, findings=1)
EACH = Example(baseline=None, current={**SOUND, "a.mask": "F32[8] nan", "z.q": "F32[8,8] nan"}, findings=2)
STILL_ZERO = Example(baseline={"bias": "F32[8] zeros"}, current={"bias": "F32[8] zeros"})


@rule(
    bump=POLICY,
    cost=Cost.VALUES,
    promise="load",
    since="0.1.0",
    examples=(BROKEN, ZEROED, FIRST, EACH, STILL_ZERO),
    mirror="none: it judges one release",
)
def weights_corrupt(diff: ReleaseDiff) -> Notes:
    """Yield one note for each tensor and kind of fault, so that excusing one tensor excuses no other."""
    faults: dict[tuple[str, str, str], list[str]] = {}
    for fault in diff.health.faults:
        faults.setdefault((fault.tensor.file, fault.tensor.name, fault.kind), []).append(fault.problem)
    for (file, name, kind), problems in faults.items():
        yield Note(
            location=Location(file=file, pointer=name),
            message=", ".join(problems),
            current=kind,
            witness=f'numpy.isfinite({load_call(file)}["{name}"]).all()  # False' if kind == "not finite" else "",
        )
    diff.health.require_complete()
