"""Values of the weights changed.

Why: outputs change while every call still works, so a pin on ``x.y`` means nothing unless the version moves.
Fix: release a new version of the size that this finding requires, and say in its notes what was trained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.weights.values import identity
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.diff.weights.tensor_values import TensorValues

TUNED = Example(
    baseline={"body": "F32[64,64]", "norm": "F32[64]"},
    current={"body": "F32[64,64] seed=1 scale=1e-3", "norm": "F32[64]"},
    findings=1,
)
SAVED_AGAIN = Example(
    baseline={"model.safetensors": {"a": "F32[8]", "b": "F32[8]"}},
    current={"model.safetensors": {"b": "F32[8]", "a": "F32[8]"}},
)


@rule(
    bump=Bump.MINOR,
    cost=Cost.VALUES,
    promise="load",
    since="0.1.0",
    examples=(TUNED, SAVED_AGAIN),
    mirror="none: the way back is an update too",
)
def weights_updated(diff: ReleaseDiff) -> Notes:
    values, moved = diff.values, diff.updates.updated
    if moved:
        largest = max(moved, key=_reach)
        yield Note(
            location=Location(file=min(v.pair.new.file for v in moved)),
            message=f"{len(moved)} of {len(values.tensors)} tensors have other values",
            # Accepting one update accepts no other.
            current=f"values {identity(moved)}",
            witness=_figures(diff, largest.pair.name),
        )
    values.require_complete()


def _reach(values: TensorValues) -> tuple[float, float]:
    """Return how far a tensor moved: by its largest element, else by what is estimated."""
    measure = values.measure
    return (0.0, 0.0) if measure is None else (measure.max_abs or 0.0, measure.relative_l2 or 0.0)


def _figures(diff: ReleaseDiff, largest: str) -> str:
    values = diff.values
    parts = [
        f"{name} {figure}"
        for name, figure in (("relative L2", values.relative_l2), ("cosine", values.cosine))
        if figure is not None
    ]
    parts += [
        f"{name} {figure:.3g}"
        for name, figure in (
            ("largest difference", values.max_abs),
            ("share of elements changed", values.changed_share),
        )
        if figure is not None
    ]
    return "; ".join(filter(None, (", ".join(parts), f"largest in {largest}")))
