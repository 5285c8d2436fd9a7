"""The longest input, where windows are mixed and where two layouts meet."""

from __future__ import annotations

import pytest

from hfsemver.diff.release import compare
from tests.builders import release

LONG = {"max_position_embeddings": 131_072, "sliding_window": 4096}


def longest(old: dict[str, object], new: dict[str, object]) -> tuple[int | None, int | None]:
    found = compare(release({"config.json": old}), release({"config.json": new})).config
    return found.context_before, found.context_after


@pytest.mark.parametrize(
    ("config", "tokens"),
    [
        ({"model_type": "mistral", **LONG}, 4096),
        ({"model_type": "olmo3", **LONG}, 131_072),
        ({"model_type": "olmo3", **LONG, "layer_types": ["sliding_attention"] * 2, "num_hidden_layers": 2}, 4096),
        ({"model_type": "olmo3", **LONG, "layer_types": ["sliding_attention", "full_attention"]}, 131_072),
        ({"model_type": "deepseek_v4", **LONG, "compress_ratios": [0, 4, 128]}, 131_072),
    ],
)
def test_a_window_bounds_the_input_where_every_layer_has_it(config: dict[str, object], tokens: int) -> None:
    """A class that works out by itself which layers have it mixes them, as far as is known here."""
    shorter = {**config, "max_position_embeddings": 1024}

    assert longest(shorter, config) == (1024, tokens)


def test_what_is_written_comes_before_what_a_class_fills_in() -> None:
    """One side nests its text, the other keeps it at the top, where its class would have 2,048."""
    nested: dict[str, object] = {
        "model_type": "llama4",
        "text_config": {"model_type": "llama4_text", "max_position_embeddings": 262_144},
    }
    flat: dict[str, object] = {"model_type": "llama", "max_position_embeddings": 131_072}

    assert longest(nested, flat) == (262_144, 131_072)
    assert longest(flat, nested) == (131_072, 262_144)
