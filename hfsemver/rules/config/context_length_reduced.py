"""The longest input is shorter than it was.

Why: prompts that fitted are refused or silently truncated; engines derive their limit from these keys.
Fix: restore the limit, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.config.change import FileChanges
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

CONFIG = {"model_type": "llama", "max_position_embeddings": 4096}
HALVED = Example(
    baseline={"config.json": CONFIG},
    current={"config.json": {**CONFIG, "max_position_embeddings": 2048}},
    findings=1,
)
TOKENIZER_BOUND = Example(
    baseline={"config.json": CONFIG, "tokenizer_config.json": {"model_max_length": 4096}},
    current={"config.json": CONFIG, "tokenizer_config.json": {"model_max_length": 512}},
    findings=1,
)
RESPELLED = Example(
    baseline={"config.json": {"model_type": "gpt2", "n_positions": 512}},
    current={"config.json": {"model_type": "gpt2", "max_position_embeddings": 512}},
)
UNBOUND = Example(
    baseline={"config.json": CONFIG, "tokenizer_config.json": {"model_max_length": 10**30}},
    current={"config.json": CONFIG, "tokenizer_config.json": {"model_max_length": 4096}},
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="interface",
    since="0.1.0",
    examples=(HALVED, TOKENIZER_BOUND, RESPELLED, UNBOUND),
    mirror="context-length-extended",
)
def context_length_reduced(diff: ReleaseDiff) -> Notes:
    old, new = diff.config.context_before, diff.config.context_after
    changes = diff.config.context_reduced
    if changes:
        keys = FileChanges(file=changes[0].file, changes=changes)
        yield Note(
            location=Location(file=changes[0].file, pointer=changes[0].key),
            message=f"the longest input went from {old} to {new} tokens ({keys})",
            baseline=str(old),
            current=str(new),
            witness=f"a prompt of {old} tokens fitted and does not any more",
        )
