"""Another implementation is picked for the same repository: model type, class or part of a pipeline.

Why: auto classes, engines, converters and pipelines choose their code by these names, and refuse or misread the
weights.
Fix: keep the architecture under this name, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.config.change import by_file
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

LLAMA = {"config.json": {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}}
RETYPED = Example(
    baseline=LLAMA,
    current={"config.json": {"model_type": "mistral", "architectures": ["MistralForCausalLM"], "head_dim": 128}},
    findings=1,
)
GONE = Example(baseline={**LLAMA, "README.md": "x"}, current={"README.md": "x"}, findings=1)
PIPELINE = {"_class_name": "FluxPipeline", "vae": ["diffusers", "AutoencoderKL"], "safety_checker": [None, None]}
PART = Example(
    baseline={"model_index.json": PIPELINE},
    current={"model_index.json": {**PIPELINE, "vae": ["diffusers", "AutoencoderTiny"]}},
    findings=1,
)
PART_LEFT_OUT = Example(
    baseline={"model_index.json": PIPELINE},
    current={"model_index.json": {"_class_name": "FluxPipeline", "vae": ["diffusers", "AutoencoderKL"]}},
)
CAME = Example(baseline={"README.md": "x"}, current={**LLAMA, "README.md": "x"})
VISION = {"model_type": "qwen3_vl", "vision_config": {"model_type": "qwen3_vl", "depth": 24}}
PART_RESPELLED = Example(
    baseline={"config.json": VISION},
    current={"config.json": {**VISION, "vision_config": {"model_type": "qwen3_vl_vision", "depth": 24}}},
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(RETYPED, GONE, PART, PART_LEFT_OUT, CAME, PART_RESPELLED),
    mirror="none: the way back is a change of architecture too, and one that is named for the first time breaks nobody",
)
def architecture_changed(diff: ReleaseDiff) -> Notes:
    for found in by_file(diff.config.architecture):
        yield Note(
            location=Location(file=found.file, pointer=found.pointer),
            message=str(found),
            baseline=found.baseline,
            current=found.current,
        )
