"""A key of the configuration changed that no other rule speaks for.

Why: code that reads the key behaves differently, and nobody can say from outside how much.
Fix: release a new minor version and say in its notes what the key does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.diff.config.change import shown
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

BERT = {"model_type": "bert", "hidden_act": "gelu", "transformers_version": "4.40.0"}
TUNED = Example(
    baseline={"config.json": BERT},
    current={"config.json": {**BERT, "hidden_act": "relu", "hidden_dropout_prob": 0.3}},
    findings=2,
)
IDS = Example(
    baseline={"config.json": {**BERT, "pad_token_id": 0}},
    current={"config.json": {**BERT, "pad_token_id": 7}},
    findings=1,
)
NULLED = Example(
    baseline={"config.json": {"model_type": "phi3", "rms_norm_eps": 1e-5}},
    current={"config.json": {"model_type": "phi3", "rms_norm_eps": 1e-6}},
    findings=1,
)
SAVED_AGAIN = Example(
    baseline={"config.json": {**BERT, "_name_or_path": "tmp/run", "gradient_checkpointing": False}},
    current={
        "config.json": {
            "hidden_dropout_prob": 0.1,
            "initializer_range": 0.02,
            "layer_norm_eps": 1e-12,
            "transformers_version": "5.0.0",
            "use_cache": True,
            "chunk_size_feed_forward": 0,
            "classifier_dropout": None,
            "hidden_act": "gelu",
            "model_type": "bert",
        }
    },
)
NESTED = Example(
    baseline={"config.json": {"model_type": "qwen2_vl", "hidden_size": 64, "vision_config": {"depth": 2}}},
    current={
        "config.json": {
            "model_type": "qwen2_vl",
            "text_config": {"model_type": "qwen2_vl_text", "hidden_size": 64},
            "vision_config": {"depth": 2, "model_type": "qwen2_vl_vision"},
        }
    },
)


@rule(
    bump=Bump.MINOR,
    cost=Cost.HEADER,
    promise="derived",
    since="0.1.0",
    level=Level.WARN,
    examples=(TUNED, IDS, NULLED, SAVED_AGAIN, NESTED),
    mirror="none: the way back is a changed value too",
)
def config_value_changed(diff: ReleaseDiff) -> Notes:
    for change in diff.plain_values:
        yield Note(
            location=Location(file=change.file, pointer=change.key),
            message=str(change),
            baseline=shown(change.old),
            current=shown(change.new),
        )
