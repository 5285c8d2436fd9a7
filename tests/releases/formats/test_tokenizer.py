"""Tokenizer files of every layout, and what is wrong with the ones that are refused."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.releases.formats.tokenizer_defaults import _UNSETTLED, DEFAULTS, ROLES
from hfsemver.releases.formats.tokenizer_pieces import read_pieces
from tests.builders import release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.formats.tokenizer import Tokenizer

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12345\n"


def opened(files: Mapping[str, object], folder: str = "") -> Tokenizer:
    """Open the tokenizer that lies in some files."""
    content = {path: data if isinstance(data, bytes) else json.dumps(data).encode() for path, data in files.items()}

    return release(content).tokenizers[folder]


def varint(number: int) -> bytes:
    """Write a number as protocol buffers do."""
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number: int, data: bytes) -> bytes:
    """Write a field that holds bytes."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def pieces(*texts: str) -> bytes:
    """Write a SentencePiece model: pieces with a score and a type, then the settings of the trainer."""
    body = b"".join(field(1, field(1, text.encode()) + b"\x15\x00\x00\x80\xbf" + b"\x18\x01") for text in texts)
    return body + field(2, b"\x08\x01")


BPE = {
    "added_tokens": [{"id": 2, "content": "<end>", "special": True}, {"id": 3, "content": "<tool>", "special": False}],
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []},
}
EXPECTED = {"a": 0, "b": 1, "<end>": 2, "<tool>": 3}
DECODER = {"2": {"content": "<end>", "special": True}, "3": {"content": "<tool>", "special": False}}
SMALL = {"tokenizer_config.json": {"added_tokens_decoder": DECODER}}


@pytest.mark.parametrize(
    "files",
    [
        {"tokenizer.json": BPE},
        {"tokenizer.json": BPE | {"model": {"type": "Unigram", "vocab": [["a", -1.5], ["b", -2]]}}},
        {"tokenizer.json": BPE, "vocab.txt": b"something\nelse\n"},
        {
            "vocab.json": {"b": 1, "a": 0},
            "merges.txt": b"#version: 0.2\n",
            "added_tokens.json": {"<end>": 2, "<tool>": 3},
        },
        {"vocab.txt": b"a\nb\n", **SMALL},
        {"vocab.txt": b"a\r\nb", **SMALL},
        {"tokenizer.model": pieces("a", "b"), **SMALL},
    ],
    ids=["tokenizer.json", "unigram", "richest file", "vocab.json", "vocab.txt", "windows line ends", "SentencePiece"],
)
def test_every_layout_gives_the_same_ids(files: Mapping[str, object]) -> None:
    """The mapping from token to id does not depend on the files it is spread over."""
    assert dict(opened(files).ids) == EXPECTED


def test_a_line_separator_is_a_token_of_a_vocabulary() -> None:
    """Chinese vocabularies hold U+2028, U+0085 and form feeds: only line ends of text files end a line."""
    assert dict(opened({"vocab.txt": "a\n\u2028\n\x85\n\x0c\nb\n".encode()}).ids) == {
        "a": 0, "\u2028": 1, "\x85": 2, "\x0c": 3, "b": 4,
    }  # fmt: skip


def test_nothing_is_read_before_it_is_asked_for() -> None:
    """A tokenizer whose vocabulary is only a pointer still tells its special tokens."""
    tokenizer = opened({"tokenizer.json": POINTER, "tokenizer_config.json": {"eos_token": {"content": "</s>"}}})

    assert dict(tokenizer.special.roles) == {"eos_token": "</s>"}
    with pytest.raises(EvidenceMissing, match=r"^tokenizer\.json: "):
        _ = tokenizer.ids


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"tokenizer.json": b"{"}, "tokenizer.json: not JSON"),
        ({"tokenizer.json": []}, "tokenizer.json: the top level is an array"),
        ({"tokenizer.json": {}}, "tokenizer.json: model: null, not an object"),
        ({"tokenizer.json": {"model": {"vocab": "a"}}}, "model.vocab: a string, not an object of ids"),
        ({"tokenizer.json": {"model": {"vocab": {"a": -1}}}}, 'model.vocab: "a": -1 is no token id'),
        ({"tokenizer.json": {"model": {"vocab": {"a": True}}}}, "is no token id"),
        ({"tokenizer.json": {"model": {"vocab": {"a": 1.5}}}}, "1.5 is no token id"),
        ({"tokenizer.json": {"model": {"vocab": {"a": 1 << 31}}}}, "2147483648 is no token id"),
        ({"tokenizer.json": {"model": {"vocab": [["a", 0], "b"]}}}, r"model.vocab\[1\]: no array of a token"),
        ({"tokenizer.json": {"model": {"vocab": {}}, "added_tokens": {}}}, "added_tokens: an object, not an array"),
        ({"tokenizer.json": {"model": {"vocab": {}}, "added_tokens": ["x"]}}, r"added_tokens\[0\]: no object"),
        ({"tokenizer.json": {"model": {"vocab": {}}, "added_tokens": [{"content": "x"}]}}, r"\[0\].id: null is no token id"),
        ({"vocab.json": {"a": "0"}}, 'vocab.json: "a": a string is no token id'),
        ({"vocab.txt": b"a\n\xff\n"}, r"vocab.txt: not UTF-8 \(at byte 2\)"),
        ({"vocab.txt": b"a", "added_tokens.json": {"x": None}}, 'added_tokens.json: "x": null is no token id'),
        ({"vocab.txt": b"a", "tokenizer_config.json": {"added_tokens_decoder": {"x": {"content": "a"}}}}, "whole number as its key"),
        ({"vocab.txt": b"a", "tokenizer_config.json": {"added_tokens_decoder": {"9" * 40: {"content": "a"}}}}, "is no token id"),
        ({"vocab.txt": b"a", "tokenizer_config.json": {"added_tokens_decoder": []}}, "added_tokens_decoder: an array"),
        ({"vocab.txt": b"a", "tokenizer_config.json": {"bos_token": 3}}, "bos_token: a number, not a token"),
        ({"vocab.txt": b"a", "tokenizer_config.json": {"bos_token": {}}}, "bos_token: an object without content"),
        ({"vocab.txt": b"a", "special_tokens_map.json": {"additional_special_tokens": "<x>"}}, "a string, not an array of tokens"),
        ({"tokenizer.model": b""}, r"tokenizer.model: empty \(at byte 0\)"),
        ({"tokenizer.model": pieces("a")[:-4] + b"\x12\x7f"}, "a field ends after the message"),
        ({"tokenizer.model": b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"}, "a number breaks off"),
        ({"tokenizer.model": b"\x0b\x00"}, "wire type 3"),
        ({"tokenizer.model": field(1, field(1, b"\xff"))}, "a piece is not UTF-8"),
        ({"tokenizer.model": field(2, b"")}, "holds no piece"),
    ],
)  # fmt: skip
def test_a_malformed_file_is_named_with_the_place_of_its_fault(files: Mapping[str, object], fault: str) -> None:
    """A file that does not follow its format is an error that leads to the fault, never an empty vocabulary."""
    with pytest.raises(FormatError, match=fault):
        _ = opened(files).ids


@pytest.mark.parametrize(
    "files",
    [
        {"qwen.tiktoken": b"IQ== 0\n", "tokenizer_config.json": {}},
        {"tokenizer.model": b"IQ== 0\nIg== 1\n"},
        {"vocab.json": {"eng": {"a": 0}, "deu": {"a": 1}}},
        {"source.spm": pieces("a"), "target.spm": pieces("b")},
    ],
    ids=["tiktoken", "tiktoken in disguise", "one vocabulary a language", "two models"],
)
def test_a_layout_that_is_not_read_is_missing_evidence(files: Mapping[str, object]) -> None:
    """What we cannot read we do not judge: it becomes a visible skip."""
    with pytest.raises(EvidenceMissing):
        _ = opened(files).ids


@given(st.lists(st.text(max_size=300), min_size=1, max_size=30, unique=True))
def test_pieces_come_back_in_order(texts: list[str]) -> None:
    """Any texts survive the protocol buffer, each at the place that is its id."""
    assert read_pieces(pieces(*texts), "tokenizer.model") == tuple(texts)


@given(st.binary(max_size=200))
def test_any_bytes_are_pieces_or_a_named_error(data: bytes) -> None:
    """No input makes the reader of SentencePiece models crash or hang."""
    told = ""
    try:
        found = read_pieces(data, "tokenizer.model")
    except (FormatError, EvidenceMissing) as error:
        found, told = (), str(error)

    assert found or told.startswith("tokenizer.model: ")


def test_a_real_sentencepiece_model_is_read_as_its_library_reads_it(tmp_path: pytest.TempPathFactory) -> None:
    """Every id of a model trained by SentencePiece itself is the one that the library gives."""
    sentencepiece = pytest.importorskip("sentencepiece", reason="needs the library sentencepiece")
    corpus = [
        f"the {word} number {n} costs {n * 7} euros in Orléans" for n in range(200) for word in ("first", "second")
    ]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus), model_prefix=f"{tmp_path}/m", vocab_size=120, minloglevel=2
    )
    with open(f"{tmp_path}/m.model", "rb") as stream:  # noqa: PTH123 -- one line less than a path for a name with a suffix
        data = stream.read()
    library = sentencepiece.SentencePieceProcessor(model_proto=data)

    assert read_pieces(data, "m.model") == tuple(library.id_to_piece(i) for i in range(library.get_piece_size()))


def test_roles_come_from_the_file_that_transformers_trusts() -> None:
    """The map wins over the config, except where the config lists its added tokens; the class comes last."""
    old_map = {"eos_token": "<map>"}
    both = {"vocab.txt": b"a", "special_tokens_map.json": old_map}
    before = opened(both | {"tokenizer_config.json": {"eos_token": "<config>"}}).special
    after = opened(both | {"tokenizer_config.json": {"eos_token": "<config>", "added_tokens_decoder": {}}}).special
    implied = opened({"vocab.txt": b"a", "tokenizer_config.json": {"tokenizer_class": "BertTokenizerFast"}}).special

    assert (before.known["eos_token"], before.where["eos_token"]) == ("<map>", "special_tokens_map.json")
    assert (after.known["eos_token"], after.where["eos_token"]) == ("<config>", "tokenizer_config.json")
    assert (implied.known["sep_token"], implied.known["bos_token"]) == ("[SEP]", None)


def test_extra_special_tokens_are_the_same_under_every_spelling() -> None:
    """A list of strings, of objects, or named tokens: the set is what counts."""
    spellings = (
        {"additional_special_tokens": ["<b>", "<a>"]},
        {"additional_special_tokens": [{"content": "<a>", "lstrip": True}, "<b>"]},
        {"extra_special_tokens": ["<a>", "<b>"]},
        {"extra_special_tokens": {"image_token": "<a>", "video_token": {"content": "<b>"}}},
    )
    for spelling in spellings:
        assert opened({"vocab.txt": b"a", "tokenizer_config.json": spelling}).special.extra == ("<a>", "<b>")


def test_a_pipeline_has_a_tokenizer_in_each_folder() -> None:
    """Tokenizers of a pipeline are found by folder, checkpoints beside a release are not."""
    names = (
        "checkpoint-5/tokenizer.json",
        "tokenizer/vocab.json",
        "tokenizer_2/spiece.model",
        "vae/config.json",
        "vocab.txt",
    )
    found = release(dict.fromkeys(names, b"")).tokenizers

    assert {folder: tokenizer.file for folder, tokenizer in found.items()} == {
        "": "vocab.txt",
        "tokenizer/": "tokenizer/vocab.json",
        "tokenizer_2/": "tokenizer_2/spiece.model",
    }


@pytest.mark.filterwarnings("ignore")  # transformers warns about its own future while it is imported
def test_the_defaults_of_classes_are_those_of_transformers() -> None:
    """Each class in our table that the installed transformers has gives its roles the same tokens."""
    transformers = pytest.importorskip("transformers")
    checked = 0
    for family, tokens in DEFAULTS.items():
        cls = getattr(transformers, f"{family}Tokenizer", None)
        if cls is None or family == "PreTrained":
            continue
        parameters = inspect.signature(cls.__init__).parameters
        named = {role: parameters[role].default for role in ROLES if role in parameters}
        if not named:
            continue
        checked += 1
        expected = {role: named.get(role) for role in ROLES if (family, role) not in _UNSETTLED}

        assert expected == dict(tokens), family
    assert checked > 15
