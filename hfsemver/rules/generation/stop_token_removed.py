"""Something that ended generation by default does so no longer.

Why: generation runs on to the length limit and leaks the next turn into the answer.
Fix: put the stop back into generation_config.json, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.config.generation import stop_set
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

CONFIG = {"config.json": {"model_type": "gemma3_text", "eos_token_id": 1}}
BOTH, ONE = {"generation_config.json": {"eos_token_id": [1, 106]}}, {"generation_config.json": {"eos_token_id": 1}}
SHRUNK = Example(baseline={**CONFIG, **BOTH}, current={**CONFIG, **ONE}, findings=1)
FILE_GONE = Example(baseline={**CONFIG, **BOTH}, current=CONFIG, findings=1)
REPLACED = Example(
    baseline=CONFIG, current={"config.json": {"model_type": "gemma3_text", "eos_token_id": 106}}, findings=1
)
STRING = Example(
    baseline={**CONFIG, "generation_config.json": {"stop_strings": ["User:"]}},
    current={**CONFIG, "generation_config.json": {}},
    findings=1,
)
FILE_CAME = Example(baseline=CONFIG, current={**CONFIG, **ONE})
LISTED = Example(baseline={**CONFIG, **ONE}, current={**CONFIG, "generation_config.json": {"eos_token_id": [1]}})
IMPLIED = Example(baseline=CONFIG, current={"config.json": {"model_type": "gemma3_text"}})


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="interface",
    since="0.1.0",
    examples=(SHRUNK, FILE_GONE, REPLACED, STRING, FILE_CAME, LISTED, IMPLIED),
    mirror="sampling-default-changed",
)
def stop_token_removed(diff: ReleaseDiff) -> Notes:
    found = diff.generation
    if found.stops_removed:
        old, new = stop_set(found.stops_before), stop_set(found.stops_after)
        yield Note(
            location=Location(file=found.stop_file, pointer="eos_token_id"),
            message=f"{stop_set(found.stops_removed)} no longer ends generation",
            baseline=old,
            current=new,
            witness=f"generate() stop set {old} -> {new}",
        )
