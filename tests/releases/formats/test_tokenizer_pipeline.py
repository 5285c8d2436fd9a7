"""A pipeline that the tokenizers library reads alike is spelled alike, and every other one is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hfsemver.releases.formats.tokenizer_pipeline import STEPS, adds, flags, model, pairs, pieces, scores, states, step

WORDS = {"a": 0, "b": 1, "ab": 2}
WORD_LEVEL = {"type": "WordLevel", "vocab": WORDS, "unk_token": "a"}
METASPACE = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
BPE = {"vocab": WORDS, "merges": [["a", "b"]]}
CUT = {"max_length": 8, "strategy": "LongestFirst", "stride": 0}
FILLED = {"strategy": "BatchLongest", "direction": "Right", "pad_id": 0, "pad_type_id": 0, "pad_token": "a"}


def whole(**parts: Any) -> dict[str, Any]:
    """Write a ``tokenizer.json`` around some parts."""
    empty: dict[str, Any] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        **dict.fromkeys(STEPS),
    }
    return {**empty, "model": WORD_LEVEL, **parts}


def spelled(tokenizer: dict[str, Any]) -> list[object]:
    """Return all that is compared, in one spelling."""
    return [*(step(tokenizer, name) for name in STEPS), model(tokenizer), states(tokenizer)]


SAME = [
    whole(pre_tokenizer={"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}),
    whole(pre_tokenizer={"type": "Metaspace", "replacement": "▁", "add_prefix_space": True, "prepend_scheme": "first"}),
    whole(pre_tokenizer={"type": "Metaspace", "replacement": "▁", "str_rep": "▁", "add_prefix_space": True}),
    whole(decoder={"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never"}),
    whole(pre_tokenizer={"type": "Sequence", "pretokenizers": [BYTES, {"type": "Punctuation"}]}),
    whole(normalizer={"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "lowercase": True}),
    whole(model=BPE),
    whole(model={**BPE, "merges": ["a b"]}),
    whole(model={**BPE, "type": "BPE"}),
    whole(model={"vocab": [["a", 0.0]], "unk_id": 0}),
    whole(model={"vocab": WORDS, "unk_token": "a", "continuing_subword_prefix": "##", "max_input_chars_per_word": 9}),
    whole(model={"vocab": WORDS, "unk_token": "a"}),
    whole(truncation=CUT),
    whole(padding=FILLED),
]


@pytest.mark.parametrize("tokenizer", SAME)
def test_what_the_library_makes_of_a_file_is_the_same_pipeline(tokenizer: dict[str, Any]) -> None:
    """Whatever an older version left out or wrote otherwise is read and written again by the installed one."""
    tokenizers = pytest.importorskip("tokenizers")
    again = json.loads(tokenizers.Tokenizer.from_str(json.dumps(tokenizer)).to_str())

    assert any(again[part] != tokenizer[part] for part in tokenizer)
    assert spelled(tokenizer) == spelled(again)


TRIVIAL = {
    "type": "TemplateProcessing",
    "single": [{"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {},
}


def test_a_template_that_adds_nothing_is_none() -> None:
    """The ids, types and special masks of a text and of a pair are those that the library gives without a template."""
    tokenizers = pytest.importorskip("tokenizers")
    bare, written = (tokenizers.Tokenizer.from_str(json.dumps(whole(post_processor=each))) for each in (None, TRIVIAL))
    for text in (("a",), ("a", "b")):
        first, second = bare.encode(*text), written.encode(*text)
        assert (first.ids, first.type_ids) == (second.ids, second.type_ids)
        assert (first.special_tokens_mask, first.sequence_ids) == (second.special_tokens_mask, second.sequence_ids)

    assert step(whole(post_processor=TRIVIAL), "post_processor") is None
    types = {**TRIVIAL, "pair": [{"Sequence": {"id": name, "type_id": 0}} for name in "AB"]}
    assert step(whole(post_processor=types), "post_processor") == types


def test_a_sequence_of_one_step_is_that_step() -> None:
    """Nesting changes nothing, and a step that does nothing is none."""
    for part, inner in zip(STEPS, ("normalizers", "pretokenizers", "processors", "decoders"), strict=True):
        nested: Any = {"type": "Sequence", inner: [{"type": "Sequence", inner: []}, METASPACE]}
        assert step({part: nested}, part) == METASPACE
        assert step({part: {"type": "Sequence", inner: []}}, part) is None
        assert step({part: {"type": "Sequence", inner: None}}, part) is None


def test_the_options_of_a_byte_decoder_do_nothing() -> None:
    """The library decodes alike with any of them, and transformers writes them as it likes; elsewhere they count."""
    tokenizers = pytest.importorskip("tokenizers")
    options = {"add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    plain, other = {"type": "ByteLevel", **dict.fromkeys(options, True)}, {"type": "ByteLevel", **options}
    tokens = [" a", "Ġb", "Ã¼"]
    decoded = [
        tokenizers.Tokenizer.from_str(json.dumps(whole(decoder=each))).decoder.decode(tokens) for each in (plain, other)
    ]

    assert decoded[0] == decoded[1]
    assert step(whole(decoder=plain), "decoder") == step(whole(decoder=other), "decoder")
    assert step(whole(pre_tokenizer=plain), "pre_tokenizer") != step(whole(pre_tokenizer=other), "pre_tokenizer")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (whole(pre_tokenizer=METASPACE), whole(pre_tokenizer={**METASPACE, "prepend_scheme": "never"})),
        (whole(pre_tokenizer=METASPACE), whole(pre_tokenizer={**METASPACE, "split": False})),
        (whole(pre_tokenizer=BYTES), whole(pre_tokenizer={**BYTES, "use_regex": False})),
        (whole(model={"vocab": [["a", 0.0]], "unk_id": 0}), whole(model={"vocab": [["a", 0.0]]})),
        (whole(model=BPE), whole(model={**BPE, "ignore_merges": True})),
        (whole(model=BPE), whole(model={**BPE, "merges": []})),
        (whole(model=BPE), whole(model={**BPE, "dropout": 0.1})),
        (whole(truncation=CUT), whole(truncation={**CUT, "direction": "Left"})),
    ],
)
def test_what_the_library_reads_otherwise_is_another_pipeline(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Zero is an id, and only what is off may be left out."""
    assert spelled(first) != spelled(second)


def test_a_metaspace_without_a_prefix_is_the_scheme_never() -> None:
    """Older versions wrote a flag beside the scheme, and the flag won; newer ones refuse the two together."""
    old = {"type": "Metaspace", "replacement": "▁", "add_prefix_space": False, "prepend_scheme": "always"}

    assert step(whole(pre_tokenizer=old), "pre_tokenizer") == {**METASPACE, "prepend_scheme": "never"}


def test_parts_of_another_kind_say_nothing() -> None:
    """A file that no library opens is the fault of another rule, and no reason to stop here."""
    faults: list[dict[str, Any]] = [{}, {"model": 1, "added_tokens": 2}, {"model": {"vocab": [1]}, "added_tokens": [1]}]
    for broken in faults:
        assert (pairs(broken), dict(scores(broken)), dict(flags(broken)), set(pieces(broken))) == (None, {}, {}, set())


def test_where_a_template_puts_tokens() -> None:
    """A token before the text, one behind it, both or neither; no template says nothing of other processors."""
    special, text = {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}
    first, both = (
        {"type": "TemplateProcessing", "single": single} for single in ([special, text], [special, text, special])
    )

    assert adds(whole()) == (False, False)
    assert adds(whole(post_processor=first)) == (True, False)
    assert adds(whole(post_processor={"type": "Sequence", "processors": [BYTES, both]})) == (True, True)
    assert adds(whole(post_processor=BYTES)) is None
