"""Tokenizers opened in a child process: real ones, ones that panic, and ones that are none."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from hfsemver.releases.encoding.encode import GAVE_UP, UNLOADED, UNREACHED, sessions
from hfsemver.releases.encoding.opening import Encoder
from hfsemver.releases.encoding.texts import texts
from tests.diff.tokenizer.test_tokenizer import KINDS, trained

WORDS: dict[str, Any] = {
    "added_tokens": [],
    "pre_tokenizer": {"type": "Whitespace"},
    "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "hello": 1}, "unk_token": "[UNK]"},
}


def encoder(**more: object) -> Encoder:
    return Encoder(data=json.dumps({**WORDS, **more}).encode())


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_comes_back_as_the_library_itself_encodes_it(kind: str) -> None:
    """The child adds nothing and loses nothing, for every text that tokenizers are tried with."""
    tokenizer = trained(kind)
    with sessions(Encoder(data=tokenizer.to_str().encode())) as (session,):
        for text, seen in zip(texts(), session.encode(texts()), strict=True):
            own = tokenizer.encode(text, add_special_tokens=False)
            assert (tuple(own.ids), tuple(own.tokens)) == (seen.bare.ids, seen.bare.texts)
            assert tuple(tokenizer.encode(text).ids) == seen.framed.ids
            assert tokenizer.decode(own.ids, skip_special_tokens=False) == seen.decoded


def test_what_was_left_of_truncation_and_padding_does_not_count() -> None:
    """Both are set anew by whoever calls."""
    state = {"direction": "Right", "max_length": 1, "strategy": "LongestFirst", "stride": 0}
    with sessions(encoder(truncation=state), encoder()) as (cut, plain):
        assert cut.encode(["hello hello"]) == plain.encode(["hello hello"])


def test_a_panic_ends_one_session_and_nothing_else() -> None:
    """A regular expression that gives up ends the process with a panic, which no caller could catch."""
    split = {"type": "Split", "pattern": {"Regex": "(x+x+)+y"}, "behavior": "Isolated", "invert": False}
    with sessions(encoder(pre_tokenizer=split), encoder()) as (hostile, sound):
        seen = hostile.encode(["hello", "x" * 40, "hello"])
        assert [one.problem for one in seen] == ["", GAVE_UP, UNREACHED]
        assert sound.encode(["hello"])[0].bare.ids == (1,)


@pytest.mark.parametrize("data", [b"{}", b"\xff\xfe", b"", b"[" * 100_000, b'{"model": {"type": "BPE"}}'])
def test_what_is_no_tokenizer_says_so(data: bytes) -> None:
    """Nothing is raised, and the next question gets the same answer."""
    with sessions(Encoder(data=data)) as (session,):
        assert [one.problem for one in session.encode(["a", "b"])] == [UNLOADED] * 2
        assert session.encode(["c"])[0].problem == UNLOADED


def test_a_loader_may_change_what_the_file_says() -> None:
    """As transformers sets the normalizer of BERT anew from its settings."""
    bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None}
    plain = encoder(normalizer={**bert, "lowercase": False})
    with sessions(plain, Encoder(data=plain.data, patch={"normalizer": {"lowercase": True}})) as (cased, uncased):
        assert [session.encode(["Hello"])[0].bare.ids for session in (cased, uncased)] == [(0,), (1,)]


def test_a_sentencepiece_model_is_opened_by_its_own_library() -> None:
    """Its pieces and their ids are those that the library gives."""
    sentencepiece = pytest.importorskip("sentencepiece")
    model = io.BytesIO()
    lines = iter(text.replace("\n", " ") for text in texts() for _ in range(3))
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=lines, model_writer=model, vocab_size=900, model_type="bpe", byte_fallback=True, minloglevel=2
    )
    own = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    with sessions(Encoder(data=model.getvalue(), library="sentencepiece")) as (session,):
        assert [one.bare.ids for one in session.encode(texts())] == [tuple(own.encode(text)) for text in texts()]


def test_a_library_that_is_not_installed_is_known_before() -> None:
    """So that nobody starts a child in vain."""
    assert not Encoder(data=b"", library="no_such_library").available
    assert encoder().available
