"""Values moved only by a trip through a narrower dtype and back.

Why: it is a re-serialisation and no training; the difference is within the rounding of that dtype.
Fix: release a new patch version, or publish the original values again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

THERE_AND_BACK = Example(baseline={"body": "F32[64,64]"}, current={"body": "F32[64,64] as=BF16"}, findings=1)
TRAINED = Example(
    baseline={"body": "F32[64,64]"}, current={"body": "F32[64,64] seed=1 scale=1e-5"}, also=("weights-updated",)
)


@rule(
    bump=Bump.PATCH,
    level=Level.WARN,
    cost=Cost.VALUES,
    promise="load",
    since="0.1.0",
    examples=(THERE_AND_BACK, TRAINED),
    mirror="none: lost digits do not come back without other values",
)
def weights_roundtrip_noise(diff: ReleaseDiff) -> Notes:
    values, rounded = diff.values, diff.updates.rounded
    if rounded:
        through = sorted({v.measure.through[0] for v in rounded if v.measure})
        yield Note(
            location=Location(file=min(v.pair.new.file for v in rounded)),
            message=f"{len(rounded)} of {len(values.tensors)} tensors were rounded through {' or '.join(through)} and back",
            baseline=rounded[0].pair.old.dtype,
            current=f"{rounded[0].pair.new.dtype} through {through[0]}",
        )
    values.require_complete()
