"""How text becomes tokens: a change that no rule reads is told, and a file that was only saved again is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.diff.release import compare
from hfsemver.diff.tokenizer.tokenization import changed_tokenization
from tests.builders import release
from tests.diff.tokenizer.test_tokenizer import KINDS, ROLES, lying_in, trained

if TYPE_CHECKING:
    from pathlib import Path

WHOLE, CONFIG = "tokenizer.json", "tokenizer_config.json"


def told(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return what changed in the files of a tokenizer, each as a sentence."""
    return [change.text for change in changed_tokenization(compare(release(old), release(new)).files)]


def unigram(score: float, **flags: bool) -> dict[str, Any]:
    """Write a Unigram model with one score and one added token."""
    model = {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["a", score]]}
    return {"added_tokens": [{"id": 0, "content": "<unk>", "special": True, **flags}], "model": model}


@pytest.mark.parametrize("folder", ["", "tokenizer/", "tokenizer_2/"])
def test_scores_and_flags_are_told_in_every_folder(folder: str) -> None:
    """The scores of a Unigram model decide the segmentation, the flags of an added token where it is found."""
    path = folder + WHOLE
    old = {path: unigram(-1.0)}

    assert told(old, {path: unigram(-2.0)}) == [f"{path}: scores of model.vocab changed"]
    assert told(old, {path: unigram(-1.0, lstrip=True)}) == [f"{path}: flags of added_tokens changed"]
    assert told(old, {path: unigram(-1.0, lstrip=False)}) == []
    assert told({folder + CONFIG: {}}, {folder + CONFIG: {"padding_side": "left"}}) == [
        f"{folder}{CONFIG}: padding_side changed"
    ]


def test_a_token_that_is_no_longer_looked_for_first_is_told() -> None:
    """Its id stays in the vocabulary, and the text that names it is cut as any other."""
    added = unigram(-1.0)
    plain = {**added, "added_tokens": []}

    assert told({WHOLE: added}, {WHOLE: plain}) == [f"{WHOLE}: flags of added_tokens changed"]
    assert told({WHOLE: plain}, {WHOLE: added}) == [f"{WHOLE}: flags of added_tokens changed"]


def test_a_tokenizer_json_that_is_gone_is_told() -> None:
    """Programs that open that file alone find nothing, though the vocabulary is still there."""
    old: dict[str, Any] = {WHOLE: {"model": {"vocab": {"a": 0}}}, "vocab.json": {"a": 0}}

    assert told(old, {"vocab.json": {"a": 0}}) == [f"{WHOLE} is gone"]
    assert told({"vocab.json": {"a": 0}}, old) == []


@pytest.mark.parametrize("piece", ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model"])
def test_a_sentencepiece_model_that_transformers_5_translated_is_told(piece: str) -> None:
    """What it writes cuts most texts otherwise than what transformers 4 makes of the same model."""
    pieces = {piece: b"\x0a\x08\x0a\x01a\x15\x00\x00\x00\x00"}
    whole = {WHOLE: {"model": {"vocab": {"a": 0}}}}
    told_of_it = [f"{WHOLE} is new and is opened instead of {piece}"]

    assert told(pieces, whole | {CONFIG: {"backend": "tokenizers"}}) == told_of_it
    assert told(pieces, pieces | whole | {CONFIG: {"backend": "tokenizers"}}) == told_of_it
    assert told(pieces, pieces | whole) == []
    assert told({"vocab.json": {"a": 0}}, whole | {CONFIG: {"backend": "tokenizers"}}) == []


def test_what_a_call_left_behind_is_told_by_what_became_of_it() -> None:
    """Truncation and padding stay in the file after the last call before it was saved; a spelling is no change."""
    felt = "which the tokenizers library applies to every text and transformers to none"
    cut = {"max_length": 128, "strategy": "LongestFirst", "stride": 0}
    fill = {"strategy": {"Fixed": 128}, "direction": "Right", "pad_id": 0, "pad_type_id": 0, "pad_token": "<unk>"}
    states: list[dict[str, Any]] = [
        {"truncation": None, "padding": None},
        {"truncation": cut, "padding": fill},
        {"truncation": {**cut, "direction": "Right"}, "padding": {**fill, "pad_to_multiple_of": None}},
        {"truncation": {**cut, "max_length": 64}, "padding": {**fill, "strategy": "BatchLongest"}},
    ]
    none, old, spelled, other = ({WHOLE: unigram(-1.0) | state} for state in states)

    assert told(old, spelled) == told(none, none) == []
    assert told(old, none) == [f"{WHOLE}: truncation 128 -> none, padding Fixed 128 -> none, {felt}"]
    assert told(none, other) == [f"{WHOLE}: truncation none -> 64, padding none -> BatchLongest, {felt}"]
    assert told(spelled, other) == [
        f"{WHOLE}: truncation max_length 128 -> 64, padding strategy Fixed 128 -> BatchLongest, {felt}"
    ]
    assert told(none, {WHOLE: unigram(-1.0) | {"padding": {**fill, "strategy": "a\nb"}}}) == [
        f"{WHOLE}: padding none -> a\\x0ab, {felt}"
    ]


def test_a_vocabulary_of_which_only_ids_are_compared_is_told() -> None:
    """Scores, types and the normalizer of a SentencePiece model stand in the same file as its pieces."""
    old, new = (b"\x0a\x08\x0a\x01a\x15\x00\x00\x00" + last for last in (b"\x00", b"\x01"))

    assert told({"tokenizer.model": old}, {"tokenizer.model": new}) == ["tokenizer.model changed beyond its ids"]
    assert told({"tokenizer.model": old}, {"tokenizer.model": old}) == []


@pytest.mark.parametrize("path", ["vocab.txt", "vocab.json", "tokenizer.model", "spiece.model"])
def test_a_vocabulary_beside_the_compared_one_is_told(path: str) -> None:
    """Consumers who read that file get other ids than those that were compared."""
    texts = {"vocab.json": (b'{"a": 0}', b'{"a": 1}')}.get(path, (b"a", b"b"))
    old, new = ({WHOLE: unigram(-1.0), path: text} for text in texts)

    assert told(old, new) == [f"{path} changed beside {WHOLE}, whose ids are the ones compared"]
    assert told({"vocab.txt": "a\n"}, {"vocab.txt": "b\n"}) == []


def test_a_vocabulary_that_grew_with_the_compared_one_is_told_by_its_ids_alone() -> None:
    """The same token in both files is one finding of the rules; another layout of the same ids is nothing at all."""
    old, new = ({"vocab.json": ids, WHOLE: {"model": {"vocab": ids}}} for ids in ({"a": 0}, {"a": 0, "b": 1}))

    assert told(old, new) == []
    assert told(old, old | {"vocab.json": b'{ "a":0 }'}) == []


@pytest.mark.parametrize(
    "config",
    [
        {"tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": True, "add_eos_token": False},
        {"tokenizer_class": "PreTrainedTokenizerFast", "padding_side": "left", "clean_up_tokenization_spaces": True},
        {"tokenizer_class": "BertTokenizer"},
        {"tokenizer_class": "GPT2TokenizerFast", "add_bos_token": False},
        {"tokenizer_class": "LlamaTokenizerFast", "add_bos_token": True, "legacy": False},
    ],
)
def test_saving_a_fast_tokenizer_again_is_silent(config: dict[str, Any], tmp_path: Path) -> None:
    """What transformers writes out or drops by itself changes nothing."""
    transformers, tokenizers = pytest.importorskip("transformers"), pytest.importorskip("tokenizers")
    vocab = {"[UNK]": 0, "a": 1, "[CLS]": 2, "[SEP]": 3, "[PAD]": 4, "[MASK]": 5, "<|endoftext|>": 6}
    wordpiece = config["tokenizer_class"] == "BertTokenizer"
    network = tokenizers.models.WordPiece(vocab) if wordpiece else tokenizers.models.BPE(vocab, [])
    made = tokenizers.Tokenizer(network)
    (tmp_path / WHOLE).write_text(made.to_str())
    (tmp_path / CONFIG).write_text(json.dumps(config))
    transformers.AutoTokenizer.from_pretrained(tmp_path).save_pretrained(tmp_path / "again")
    again = json.loads((tmp_path / "again" / CONFIG).read_text())
    # Some classes build another pipeline than this small one, so that only their settings are compared.
    fixed = {WHOLE: json.loads(made.to_str())}

    assert told(fixed | {CONFIG: config}, fixed | {CONFIG: again}) == []


@pytest.mark.parametrize("kind", KINDS)
def test_loading_and_saving_a_trained_tokenizer_is_silent(kind: str, tmp_path: Path) -> None:
    """The whole of both files, scores and flags among it, as the library writes it twice."""
    transformers = pytest.importorskip("transformers")
    options = {"padding_side": "left", "add_bos_token": True, "add_prefix_space": True}
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=trained(kind), **ROLES, **options)
    tokenizer.save_pretrained(tmp_path / "once")
    transformers.AutoTokenizer.from_pretrained(tmp_path / "once").save_pretrained(tmp_path / "again")

    assert told(dict(lying_in(tmp_path / "once")), dict(lying_in(tmp_path / "again"))) == []
