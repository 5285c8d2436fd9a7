"""A default of generation changed, or generation ends at a token that it used to pass.

Why: servers adopt these defaults unasked, so callers who set nothing get other texts.
Fix: release a new minor version and name the new defaults in its notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.diff.config.change import by_file
from hfsemver.diff.config.generation import stop_set
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

CONFIG = {"config.json": {"model_type": "llama", "eos_token_id": 2}}


def _pair(old: dict[str, object], new: dict[str, object], findings: int = 0) -> Example:
    file = "generation_config.json"
    return Example(baseline={**CONFIG, file: old}, current={**CONFIG, file: new}, findings=findings)


SWAPPED = _pair({"temperature": 0.9, "top_p": 0.6}, {"do_sample": True, "temperature": 0.6, "top_p": 0.9}, 1)
STOP_ADDED = _pair({"eos_token_id": 2}, {"eos_token_id": [2, 7]}, 1)
LEGACY = Example(
    baseline=CONFIG, current={"config.json": {"model_type": "llama", "eos_token_id": 2, "max_length": 4096}}, findings=1
)
SPELLED_OUT = _pair({"_from_model_config": True, "top_k": 50}, {"temperature": 1.0, "top_p": 1.0, "num_beams": 1})
MOVED = Example(
    baseline={"config.json": {"model_type": "llama", "max_length": 4096, "bos_token_id": 1}},
    current={
        "config.json": {"model_type": "llama", "bos_token_id": 1},
        "generation_config.json": {
            "max_length": 4096,
            "bos_token_id": 1,
            "eos_token_id": 2,
            "transformers_version": "5",
        },
    },
)


@rule(
    bump=Bump.MINOR,
    cost=Cost.HEADER,
    promise="interface",
    since="0.1.0",
    level=Level.WARN,
    examples=(SWAPPED, STOP_ADDED, LEGACY, SPELLED_OUT, MOVED),
    mirror="stop-token-removed",
)
def sampling_default_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for all defaults of a file, and one for stops that came while none went."""
    found = diff.generation
    for changed in by_file(found.defaults):
        yield Note(
            location=Location(file=changed.file, pointer=changed.pointer),
            message=str(changed),
            baseline=changed.baseline,
            current=changed.current,
        )
    if diff.lone_stops:
        old, new = stop_set(found.stops_before), stop_set(found.stops_after)
        yield Note(
            location=Location(file=found.stop_file, pointer="eos_token_id"),
            message=f"{stop_set(diff.lone_stops)} ends generation now",
            baseline=old,
            current=new,
            witness=f"generate() stop set {old} -> {new}",
        )
