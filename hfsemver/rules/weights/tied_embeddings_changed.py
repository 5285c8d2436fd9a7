"""Input embeddings and output projection were tied and are no longer, or the other way round.

Why: the set of parameters is another one: resizing, adapters on the head, converters and engines behave differently.
Fix: keep the tie and the stored head as they were, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}
TIED = {"config.json": {**LLAMA, "tie_word_embeddings": True}, "model.embed_tokens.weight": "F32[8,4]"}
COPY = "F32[8,4] of=model.embed_tokens.weight"
FLIPPED = Example(
    baseline=TIED,
    current={**TIED, "config.json": {**LLAMA, "tie_word_embeddings": False}, "lm_head.weight": "F32[8,4]"},
    findings=1,
)
COPY_DROPPED = Example(baseline={**TIED, "lm_head.weight": COPY}, current=TIED)
HEAD_CAME = Example(
    baseline={"model.embed_tokens.weight": "F32[8,4]"},
    current={"model.embed_tokens.weight": "F32[8,4]", "lm_head.weight": "F32[8,4]"},
    findings=1,
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(FLIPPED, COPY_DROPPED, HEAD_CAME),
    mirror="none: the way back is a change of the tie too",
)
def tied_embeddings_changed(diff: ReleaseDiff) -> Notes:
    heads, flags = diff.tensors.heads, diff.config.tied
    if flags:
        yield Note(
            location=Location(file=flags[0].file, pointer=flags[0].key),
            message=f"{flags[0].key} went from {flags[0].old} to {flags[0].new}",
            baseline=str(flags[0].old),
            current=str(flags[0].new),
        )
        return
    for head in heads[:1]:  # the same edit in every variant of the weights is one edit
        if head.is_unread:
            problem = "whether it equals the embeddings was not read"
            raise EvidenceMissing(f"{head.head.file}: {head.head.name}", problem, hint="run with --weights full")
        stored, gone = str(head.head), "not stored"
        yield Note(
            location=Location(file=head.head.file, pointer=head.head.name),
            message=f"{head.head.name} {'appeared' if head.appeared else 'vanished'} beside {head.embeddings}",
            baseline=gone if head.appeared else stored,
            current=stored if head.appeared else gone,
        )
