"""A tensor that the baseline does not have appeared while the architecture stayed the same.

Why: strict loaders and engines abort on a name they do not know.
Fix: drop the tensor if nothing loads it, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.diff.weights.folding import fold
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

CAME = Example(baseline={"body": "F32[8,4]"}, current={"body": "F32[8,4]", "head": "F32[8,4]"}, findings=1)
OTHER_CLASS = Example(
    baseline={"body": "F32[8,4]", "config.json": {"model_type": "bert", "architectures": ["BertModel"]}},
    current={
        "body": "F32[8,4]",
        "head": "F32[2,4]",
        "config.json": {"model_type": "bert", "architectures": ["BertForSequenceClassification"]},
    },
    also=("architecture-changed",),
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(CAME, OTHER_CLASS),
    mirror="tensor-removed",
)
def tensor_added(diff: ReleaseDiff) -> Notes:
    for group in fold((None, tensor) for tensor in diff.tensors.added):
        yield Note(
            location=group.location,
            message=f"{group} was added",
            baseline="-",
            current=group.new + group.mark,
            members=group.names,
        )
    diff.tensors.require_headers()
