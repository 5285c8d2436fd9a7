"""The longest input is longer than it was.

Why: a new capability, but engines reserve memory for the whole length by default and may no longer fit.
Fix: release a new minor version and name the new limit in its notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.diff.config.change import FileChanges
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

CONFIG = {"model_type": "llama", "max_position_embeddings": 4096}
DOUBLED = Example(
    baseline={"config.json": CONFIG},
    current={"config.json": {**CONFIG, "max_position_embeddings": 8192}},
    findings=1,
)
MISTRAL = {"model_type": "mistral", "max_position_embeddings": 32768}
WINDOW_OPENED = Example(
    baseline={"config.json": {**MISTRAL, "sliding_window": 4096}},
    current={"config.json": {**MISTRAL, "sliding_window": None}},
    findings=1,
)
WINDOW_OF_SOME = Example(
    baseline={"config.json": {"model_type": "gemma2", "max_position_embeddings": 8192, "sliding_window": 4096}},
    current={"config.json": {"model_type": "gemma2", "max_position_embeddings": 8192}},
)


@rule(
    bump=Bump.MINOR,
    cost=Cost.HEADER,
    promise="interface",
    since="0.1.0",
    level=Level.WARN,
    examples=(DOUBLED, WINDOW_OPENED, WINDOW_OF_SOME),
    mirror="context-length-reduced",
)
def context_length_extended(diff: ReleaseDiff) -> Notes:
    old, new = diff.config.context_before, diff.config.context_after
    changes = diff.config.context_extended
    if changes:
        keys = FileChanges(file=changes[0].file, changes=changes)
        yield Note(
            location=Location(file=changes[0].file, pointer=changes[0].key),
            message=f"the longest input went from {old} to {new} tokens ({keys})",
            baseline=str(old),
            current=str(new),
            witness=f"a prompt of {new} tokens fits and did not",
        )
