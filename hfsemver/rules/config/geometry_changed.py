"""The network has other sizes: width, depth, heads, experts, vocabulary or patches.

Why: adapters, deltas, tensor-parallel splits, cache sizing and converters are made for the old sizes.
Fix: restore the sizes, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.config.change import by_file
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

LLAMA = {"model_type": "llama", "hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 2, "vocab_size": 100}
GREW = Example(
    baseline={"config.json": LLAMA},
    current={"config.json": {**LLAMA, "num_hidden_layers": 3, "vocab_size": 101}},
    findings=1,
)
GROUPED = Example(
    baseline={"config.json": LLAMA}, current={"config.json": {**LLAMA, "num_key_value_heads": 2}}, findings=1
)
SPELLED_OUT = Example(
    baseline={"config.json": LLAMA},
    current={"config.json": {**LLAMA, "head_dim": 16, "num_key_value_heads": 4, "intermediate_size": 11008}},
)
OTHER_NAMES = Example(
    baseline={"config.json": {"model_type": "gpt2", "hidden_size": 64, "num_hidden_layers": 2}},
    current={"config.json": {"model_type": "gpt2", "n_embd": 64, "n_layer": 2}},
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(GREW, GROUPED, SPELLED_OUT, OTHER_NAMES),
    mirror="none: the way back is a change of geometry too",
)
def geometry_changed(diff: ReleaseDiff) -> Notes:
    for found in by_file(diff.config.geometry):
        yield Note(
            location=Location(file=found.file, pointer=found.pointer),
            message=str(found),
            baseline=found.baseline,
            current=found.current,
        )
