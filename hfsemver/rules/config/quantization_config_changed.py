"""Weights are packed another way, or the description of how they are packed came or went.

Why: reading them needs other kernels, packages or hardware, and training on them may become impossible.
Fix: publish the other packing under its own name, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.config.change import by_file
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

PLAIN = {"model_type": "llama"}
GPTQ = {"quant_method": "gptq", "bits": 4, "group_size": 128, "desc_act": False}
PACKED = Example(
    baseline={"config.json": PLAIN}, current={"config.json": {**PLAIN, "quantization_config": GPTQ}}, findings=1
)
REGROUPED = Example(
    baseline={"config.json": {**PLAIN, "quantization_config": GPTQ}},
    current={"config.json": {**PLAIN, "quantization_config": {**GPTQ, "group_size": 32}}},
    findings=1,
)
MOVED = Example(
    baseline={"config.json": PLAIN, "quantize_config.json": {"bits": 4, "group_size": 128, "damp_percent": 0.01}},
    current={"config.json": {**PLAIN, "quantization_config": {**GPTQ, "true_sequential": True}}},
)
PROVENANCE = Example(
    baseline={"config.json": {**PLAIN, "quantization_config": {**GPTQ, "dataset": "c4", "sym": True}}},
    current={"config.json": {**PLAIN, "quantization_config": {**GPTQ, "dataset": "wikitext2"}}},
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(PACKED, REGROUPED, MOVED, PROVENANCE),
    mirror="none: the way back is a change of packing too",
)
def quantization_config_changed(diff: ReleaseDiff) -> Notes:
    for found in by_file(diff.config.quantization):
        yield Note(
            location=Location(file=found.file, pointer=found.pointer),
            message=str(found),
            baseline=found.baseline,
            current=found.current,
        )
