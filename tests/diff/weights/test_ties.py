"""The flag that ties embeddings and output projection, against weights as they are published."""

from __future__ import annotations

from typing import Any

import pytest

from hfsemver.diff.release import compare
from hfsemver.diff.weights.depth import Depth
from hfsemver.diff.weights.ties import TieProblem
from tests.builders import release

TABLE, HEAD = "model.embed_tokens.weight", "lm_head.weight"


def problems(tensors: dict[str, str], **config: Any) -> list[TieProblem]:
    """Return what contradicts in a language model of a known class."""
    side = {**tensors, "config.json": {"model_type": "llama", "architectures": ["LlamaForCausalLM"], **config}}
    return [fault.problem for fault in compare(None, release(side)).state.ties.faults]


def test_a_flag_that_the_class_fills_in_counts_as_well() -> None:
    """Llama is untied and Gemma is tied where their files say nothing."""
    assert problems({TABLE: "F32[8,4]"}) == [TieProblem.NO_HEAD]
    gemma = {"model_type": "gemma", "architectures": ["GemmaForCausalLM"]}
    assert problems({TABLE: "F32[8,4]"}, **gemma) == []
    assert problems({TABLE: "F32[8,4]", HEAD: "F32[8,4]"}, **gemma) == [TieProblem.OTHER_HEAD]
    assert problems({TABLE: "F32[8,4]", HEAD: f"F32[8,4] of={TABLE}"}, **gemma) == []


@pytest.mark.parametrize(
    ("tensors", "config"),
    [
        ({TABLE: "F32[8,4]"}, {"architectures": ["LlamaModel"]}),
        ({TABLE: "F32[8,4]"}, {"architectures": None}),
        ({TABLE: "F32[8,4]"}, {"model_type": "somebodys_own"}),
        ({TABLE: "F32[8,4]", "score.weight": "F32[2,4]"}, {"architectures": ["LlamaForSequenceClassification"]}),
        ({TABLE: "F32[8,4]", "lm_head.qweight": "I32[1,8]"}, {}),
        ({TABLE: "F32[8,4]", "unknown.projection": "F32[8,4]"}, {}),
        ({"layers.0.weight": "F32[8,4]"}, {}),
        ({TABLE: "F32[8,4]", HEAD: "BF16[8,4]"}, {"tie_word_embeddings": True}),
        ({TABLE: "F32[8,4]", HEAD: "F32[9,4]"}, {"tie_word_embeddings": True}),
    ],
)
def test_what_is_not_certain_is_silent(tensors: dict[str, str], config: dict[str, Any]) -> None:
    """No head for another task, one under another name or packed, one in another dtype, a class that nobody knows."""
    assert problems(tensors, **config) == []


def test_a_stored_head_that_may_not_be_read_is_left_open() -> None:
    """Under --weights header the two may be the same."""
    side = {
        TABLE: "F32[8,4]",
        HEAD: "F32[8,4]",
        "config.json": {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "tie_word_embeddings": True},
    }
    ties = compare(None, release(side), Depth.HEADER).state.ties

    assert ties.faults == ()
    assert ties.missing is not None
