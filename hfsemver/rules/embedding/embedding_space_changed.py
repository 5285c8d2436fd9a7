"""Values of the weights of an embedding model changed by more than saving does.

Why: vectors that consumers stored do not compare with new ones any more, and no call fails.
Fix: release a new major version and say that all texts have to be embedded again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.rule_id import RuleId
from hfsemver.rules.rule import Cost, Example, Notes, rule
from hfsemver.rules.updates import update_notes

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

MODULES = {
    "modules.json": [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}],
}
TUNED = Example(
    baseline={**MODULES, "body": "F32[64,64]", "norm": "F32[64]"},
    current={**MODULES, "body": "F32[64,64] seed=1 scale=1e-3", "norm": "F32[64]"},
    findings=1,
)
NOISE = Example(
    baseline={**MODULES, "body": "F32[64,64]"},
    current={**MODULES, "body": "F32[64,64] as=BF16"},
    also=("weights-roundtrip-noise",),
)
NO_EMBEDDING = Example(
    baseline={"body": "F32[64,64]"}, current={"body": "F32[64,64] seed=1 scale=1e-3"}, also=("weights-updated",)
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.VALUES,
    promise="derived",
    since="0.2.0",
    examples=(TUNED, NOISE, NO_EMBEDDING),
    mirror="none: the way back is another space too",
)
def embedding_space_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for all tensors; of a model that makes no embeddings it is weights-updated that speaks."""
    if diff.update_rule is RuleId.EMBEDDING_SPACE_CHANGED:
        yield from update_notes(diff)
