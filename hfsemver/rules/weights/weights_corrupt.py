"""Weights hold NaN or infinity, or a tensor turned constant or exploded.

Why: nobody can use them; it is never a matter of version.
Fix: save the weights again from a sound checkpoint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.rules.rule import POLICY, Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.diff.weights.health import Fault

BROKEN = Example(baseline={"q": "F32[8,8]"}, current={"q": "F32[8,8] nan"}, findings=1)
ZEROED = Example(baseline={"q": "F32[8,8]"}, current={"q": "F32[8,8] zeros"}, findings=1)
FIRST = Example(baseline=None, current={"q": "F32[8,8] nan", "bias": "F32[8] zeros"}, findings=1)
STILL_ZERO = Example(baseline={"bias": "F32[8] zeros"}, current={"bias": "F32[8] zeros"})


@rule(
    bump=POLICY,
    cost=Cost.VALUES,
    promise="load",
    since="0.1.0",
    examples=(BROKEN, ZEROED, FIRST, STILL_ZERO),
    mirror="none: it judges one release",
)
def weights_corrupt(diff: ReleaseDiff) -> Notes:
    kinds: dict[tuple[str, str], list[Fault]] = {}
    for fault in diff.health.faults:
        kinds.setdefault((fault.tensor.file, fault.kind), []).append(fault)
    for (file, kind), faults in kinds.items():
        name = faults[0].tensor.name
        more = f"; so in {len(faults) - 1} more tensors" if len(faults) > 1 else ""
        yield Note(
            location=Location(file=file, pointer=name),
            message=faults[0].problem + more,
            current=kind,
            witness=f'numpy.isfinite(load_file("{file}")["{name}"]).all()  # False' if kind == "not finite" else "",
        )
    diff.health.require_complete()
