"""A tensor has the same values, or its place in the same layout, under another name.

Why: loaders look weights up by name, and adapters that address a module by its path go silently inert.
Fix: keep the old name, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.diff.weights.folding import fold_pairs
from hfsemver.rules.loading import load_call
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

MOVED = Example(baseline={"head": "F32[8,4]"}, current={"classifier": "F32[8,4] of=head"}, findings=1)
PREFIX = Example(
    baseline={"bert.q": "F32[4,4]", "bert.k": "F32[4,4]"},
    current={"model.bert.q": "F32[4,4] of=bert.q", "model.bert.k": "F32[4,4] of=bert.k"},
    findings=2,
)
LIBRARY = Example(
    baseline={"LayerNorm.gamma": "F32[8]"},
    current={"LayerNorm.weight": "F32[8] of=LayerNorm.gamma"},
    also=("tensor-respelled",),
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(MOVED, PREFIX, LIBRARY),
    mirror="none: the way back is a renaming too",
)
def tensor_renamed(diff: ReleaseDiff) -> Notes:
    old_names = {pair.new.name: pair.old.name for pair in diff.tensors.renamed}
    for group in fold_pairs(diff.tensors.renamed):
        old = old_names[group.names[0]]
        yield Note(
            location=group.location,
            message=f"{old} is now {group}",
            baseline=old,
            current=group.names[0] + group.mark,
            members=group.names,
            witness=f'{load_call(group.location.file)}["{old}"]  # KeyError',
        )
