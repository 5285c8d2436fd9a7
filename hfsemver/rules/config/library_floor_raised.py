"""The release is read as it is meant only by a newer version of its library than the baseline needed.

Told only of what an older version refuses or passes over: a rope in rope_parameters, a tokenizer class or a list of special
tokens of transformers 5, settings of processors folded into one file, bounds of pixels that only the size gives. Who wrote a
file says nothing of who can read it.

Why: environments with a pinned library fail to load it, or load it as something else.
Fix: keep the older spelling beside the new one, or release a new minor version and name the library version it needs.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

LLAMA = {"model_type": "llama", "transformers_version": "4.40.0"}
ROPE = Example(
    baseline={"config.json": {**LLAMA, "rope_theta": 500000.0}},
    current={"config.json": {**LLAMA, "rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}}},
    findings=1,
)
WORDS, TOKENS = "tokenizer_config.json", {"tokenizer.json": {"model": {"vocab": {"a": 0}}}}
CLASS = Example(
    baseline={**TOKENS, WORDS: {"tokenizer_class": "PreTrainedTokenizerFast"}},
    current={**TOKENS, WORDS: {"tokenizer_class": "TokenizersBackend", "extra_special_tokens": []}},
    findings=1,
)
VIT = {"image_processor_type": "ViTImageProcessor"}
FOLDED = Example(
    baseline={"preprocessor_config.json": VIT}, current={"processor_config.json": {"image_processor": VIT}}, findings=1
)
BOTH = Example(
    baseline={"preprocessor_config.json": VIT},
    current={"preprocessor_config.json": VIT, "processor_config.json": {"image_processor": VIT}},
)
WRITER = Example(baseline={"config.json": LLAMA}, current={"config.json": {**LLAMA, "transformers_version": "5.2.0"}})
THETA = {"rope_theta": 10000.0}
NO_OTHER_ROPE = Example(
    baseline={"config.json": {**LLAMA, **THETA}},
    current={"config.json": {**LLAMA, "rope_parameters": {"rope_type": "default", **THETA}}},
)


@rule(
    bump=Bump.MINOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.2.0",
    level=Level.WARN,
    examples=(ROPE, CLASS, FOLDED, BOTH, WRITER, NO_OTHER_ROPE),
    mirror="none: what older versions read as well keeps nobody out",
)
def library_floor_raised(diff: ReleaseDiff) -> Notes:
    for file, group in groupby(diff.raised_floors, lambda need: need.file):
        needs = tuple(group)
        keys = ", ".join(need.key for need in needs if need.key) or "the file"
        most = max(needs, key=lambda need: need.version)
        yield Note(
            location=Location(file=file, pointer=needs[0].key if len(needs) == 1 else ""),
            message=f"{keys} needs {most.library}",
            baseline=f"before {most.library}",
            current=most.library,
            witness=f"an older transformers {most.instead}",
        )
