"""Values of the weights changed.

Why: outputs change while every call still works, so a pin on ``x.y`` means nothing unless the version moves.
Fix: release a new version of the size that this finding requires, and say in its notes what was trained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.rule_id import RuleId
from hfsemver.rules.rule import Cost, Example, Notes, rule
from hfsemver.rules.updates import update_notes

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

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
    """Yield one note for all tensors; of an embedding model and of a base of adapters another rule speaks."""
    if diff.update_rule is RuleId.WEIGHTS_UPDATED:
        yield from update_notes(diff)
