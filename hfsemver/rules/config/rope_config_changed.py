"""Positions are encoded another way: base, type or scaling of the rotary embeddings.

Why: every output that depends on a position shifts, and engines refuse types that they do not know.
Fix: restore the parameters, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.config.change import by_file
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

CONFIG = {"model_type": "llama", "max_position_embeddings": 4096}
REBASED = Example(
    baseline={"config.json": {**CONFIG, "rope_theta": 10000.0}},
    current={"config.json": {**CONFIG, "rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}}},
    findings=1,
)
SCALED = Example(
    baseline={"config.json": {**CONFIG, "rope_scaling": None}},
    current={"config.json": {**CONFIG, "rope_scaling": {"type": "linear", "factor": 2.0}}},
    findings=1,
)
MOVED = Example(
    baseline={"config.json": {**CONFIG, "rope_theta": 5e5, "rope_scaling": {"type": "linear", "factor": 2.0}}},
    current={"config.json": {**CONFIG, "rope_parameters": {"rope_type": "linear", "factor": 2, "rope_theta": 500000}}},
    also=("library-floor-raised",),
)
SPELLED_OUT = Example(
    baseline={"config.json": CONFIG},
    current={"config.json": {**CONFIG, "rope_theta": 10000.0, "rope_scaling": None}},
)
GEMMA = {"model_type": "gemma3_text", "num_hidden_layers": 6}
BY_LAYER = {
    "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6},
    "sliding_attention": {"rope_type": "default", "rope_theta": 1e4},
}
NESTED = Example(
    baseline={
        "config.json": {
            **GEMMA,
            "rope_theta": 1e6,
            "rope_local_base_freq": 1e4,
            "rope_scaling": {"rope_type": "linear", "factor": 8.0},
        }
    },
    current={"config.json": {**GEMMA, "rope_parameters": BY_LAYER}},
    also=("library-floor-raised",),
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(REBASED, SCALED, MOVED, SPELLED_OUT, NESTED),
    mirror="none: the way back is a change of positions too",
)
def rope_config_changed(diff: ReleaseDiff) -> Notes:
    for found in by_file(diff.config.rope):
        yield Note(
            location=Location(file=found.file, pointer=found.pointer),
            message=str(found),
            baseline=found.baseline,
            current=found.current,
        )
