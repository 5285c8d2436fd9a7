"""A tensor of the baseline is gone from the current release.

Why: strict loaders stop, lenient ones fill the gap with random values and only warn, and every LoRA that targets it fails.
Fix: restore the tensor, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.diff.weights.folding import fold
from hfsemver.rules.loading import load_call
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

GONE = Example(baseline={"body": "F32[8,4]", "head": "F32[8,4]"}, current={"body": "F32[8,4]"}, findings=1)
LAYERS = Example(
    baseline={"norm": "F32[4]", "h.0.q": "F32[4,4]", "h.1.q": "F32[4,4]"}, current={"norm": "F32[4]"}, findings=1
)
KEPT = Example(baseline={"head": "F32[8,4]"}, current={"head": "F32[8,4]"})


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(GONE, LAYERS, KEPT),
    mirror="tensor-added",
)
def tensor_removed(diff: ReleaseDiff) -> Notes:
    for group in fold((tensor, None) for tensor in diff.tensors.removed):
        yield Note(
            location=group.location,
            message=f"{group} was removed",
            baseline=group.old + group.mark,
            members=group.names,
            current="-",
            witness=f'{load_call(group.location.file)}["{group.names[0]}"]  # KeyError',
        )
    diff.tensors.require_headers()
