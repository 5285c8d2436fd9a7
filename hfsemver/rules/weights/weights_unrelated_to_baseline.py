"""The weights have nothing to do with those of the baseline.

Why: it is another model under the same name: adapters, delta weights, calibration and thresholds of the old one are worthless.
Fix: publish it under a name of its own, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.location import Location
from hfsemver.diff.weights.values import identity
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule
from hfsemver.tensors import Band

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

OTHER = Example(
    baseline={"q": "F32[64,64]", "k": "F32[64,64]", "norm": "F32[64] ones"},
    current={"q": "F32[64,64] seed=1", "k": "F32[64,64] seed=1", "norm": "F32[64] ones"},
    findings=1,
)
NEW_HEAD = Example(
    baseline={"q": "F32[64,64]", "k": "F32[64,64]", "head": "F32[64,64]"},
    current={"q": "F32[64,64]", "k": "F32[64,64]", "head": "F32[64,64] seed=1"},
    also=("weights-updated",),
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.VALUES,
    promise="load",
    since="0.1.0",
    examples=(OTHER, NEW_HEAD),
    mirror="none: the way back is another model too",
)
def weights_unrelated_to_baseline(diff: ReleaseDiff) -> Notes:
    values, cosine = diff.values, diff.updates.unrelated
    if cosine is not None:
        moved = values.of(Band.UPDATED)
        yield Note(
            location=Location(file=min(v.pair.new.file for v in moved)),
            message=f"the median cosine to the baseline is {cosine:.2g} over {len(values.kinship.cosines)} matrices",
            current=f"values {identity(moved)}",
            witness=f"independent matrices have a cosine of 0; within {values.kinship.below} of it two releases share no values",
        )
    if diff.updates.unsure:
        kin = values.kinship
        open_ = f"and {kin.unknown} more cannot be judged" if kin.unknown else "which is too close to call"
        told = f"the median cosine to the baseline is {kin.median} over {len(kin.cosines)} matrices, {open_}"
        raise EvidenceMissing(
            min(v.pair.new.file for v in values.tensors),
            told if kin.cosines else f"none of {kin.unknown} matrices can be compared with the baseline's",
            hint="compare with the old weights themselves: --weights full",
        )
    values.require_complete()
