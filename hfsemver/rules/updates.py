"""What a finding says of changed values, whichever rule tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.diff.weights.values import identity
from hfsemver.rules.rule import Note

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.diff.weights.tensor_values import TensorValues
    from hfsemver.rules.rule import Notes


def update_notes(diff: ReleaseDiff) -> Notes:
    """Yield one note for all tensors with other values; raises ``EvidenceMissing`` where some could not be compared."""
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
