"""Settings of a tokenizer: what a version of transformers writes out or drops by itself changes nothing, all else does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.diff.tokenizer.test_tokenization import CONFIG, WHOLE, told

ROLES_MAP = "special_tokens_map.json"
FLAGS = {"lstrip": False, "rstrip": False, "normalized": False, "single_word": False}
SEQUENCE = {"Sequence": {"id": "A", "type_id": 0}}
FIRST = {"SpecialToken": {"id": "<s>", "type_id": 0}}


def config(tokenizer_class: str | None, **settings: Any) -> dict[str, Any]:
    """Write the small file alone."""
    return {CONFIG: {"tokenizer_class": tokenizer_class, **settings}}


def whole(*single: object, **parts: Any) -> dict[str, Any]:
    """Write a large file with a template."""
    template = {"type": "TemplateProcessing", "single": list(single)} if single else None
    return {WHOLE: {"model": {"vocab": {"a": 0}}, "post_processor": template, **parts}}


CHANGES: list[tuple[str, str, object, object]] = [
    ("BertTokenizer", "do_lower_case", False, True),
    ("BertTokenizer", "strip_accents", False, None),
    ("BertTokenizer", "tokenize_chinese_chars", False, True),
    ("BertTokenizer", "truncation_side", "left", "right"),
    ("BertTokenizer", "padding_side", "left", "right"),
    ("BertTokenizer", "split_special_tokens", True, False),
    ("XLNetTokenizer", "padding_side", "right", "left"),
    ("LlamaTokenizer", "add_bos_token", False, True),
    ("LlamaTokenizer", "add_eos_token", True, False),
    ("LlamaTokenizer", "clean_up_tokenization_spaces", True, False),
    ("LlamaTokenizer", "add_prefix_space", False, True),
    ("LlamaTokenizer", "do_lower_case", True, False),
    ("GPT2Tokenizer", "add_prefix_space", True, False),
    ("GPT2Tokenizer", "add_bos_token", True, False),
    ("T5Tokenizer", "legacy", False, True),
    ("NllbTokenizer", "src_lang", "deu_Latn", "eng_Latn"),
    ("PreTrainedTokenizerFast", "add_bos_token", True, False),
    ("PreTrainedTokenizerFast", "sp_model_kwargs", {"alpha": 0.1}, {}),
]


@pytest.mark.parametrize(("tokenizer_class", "key", "value", "default"), CHANGES)
@pytest.mark.parametrize("ending", ["", "Fast"])
def test_a_key_that_appears_counts_unless_it_says_the_default(
    tokenizer_class: str, ending: str, key: str, value: object, default: object
) -> None:
    """A missing key means the default of the class: writing that out, or leaving it out, changes nothing."""
    name = tokenizer_class.removesuffix("Fast") + ending
    silent, loud, plain = (config(name, **extra) for extra in ({}, {key: value}, {key: default}))

    assert told(silent, loud) == told(loud, silent) == told(plain, loud) == [f"{CONFIG}: {key} changed"]
    assert told(silent, plain) == told(plain, silent) == []


@pytest.mark.parametrize(
    ("tokenizer_class", "key"),
    [
        ("BertTokenizer", "clean_up_tokenization_spaces"),
        ("PreTrainedTokenizerFast", "clean_up_tokenization_spaces"),
        ("LlamaTokenizer", "legacy"),
        ("RemBertTokenizer", "keep_accents"),
        ("FNetTokenizer", "do_lower_case"),
        ("DPRReaderTokenizer", "do_lower_case"),
    ],
)
def test_a_default_that_versions_disagree_about_comes_and_goes_in_silence(tokenizer_class: str, key: str) -> None:
    """A version writes out what it had read into a file that was silent; that two files name two values is told."""
    silent, on, off = (config(tokenizer_class, **extra) for extra in ({}, {key: True}, {key: False}))

    assert told(silent, on) == told(silent, off) == told(on, silent) == told(off, silent) == []
    assert told(on, off) == told(off, on) == [f"{CONFIG}: {key} changed"]


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_side_that_appears_counts_where_versions_disagree(side: str) -> None:
    """No version writes it out by itself: for either the slow or the fast class of Llama it is another one than before."""
    silent, loud = config("LlamaTokenizer"), config("LlamaTokenizer", padding_side=side)

    assert told(silent, loud) == told(loud, silent) == [f"{CONFIG}: padding_side changed"]


def test_the_side_that_tokenizer_json_fills_up_is_that_of_transformers() -> None:
    """Where the settings are silent, the state of the other file decides, and a saved copy of it is no change."""
    state = {"strategy": "BatchLongest", "pad_id": 0, "pad_type_id": 0, "pad_token": "a"}
    left, right = (whole(padding={**state, "direction": side}) for side in ("Left", "Right"))
    silent, said = config("BertTokenizer"), config("BertTokenizer", padding_side="left")

    assert told(left | silent, left | said) == []
    assert told(right | silent, right | said) == [f"{CONFIG}: padding_side changed"]
    assert f"{CONFIG}: padding_side changed" in told(left | silent, right | silent)
    assert f"{CONFIG}: padding_side changed" not in told(left | said, right | said)
    assert f"{CONFIG}: padding_side changed" not in told(right | silent, whole() | silent)


def test_settings_that_come_with_a_new_file_count() -> None:
    """A file that is new beside the same vocabulary changes what the defaults were."""
    old: dict[str, Any] = {"vocab.txt": "a\n"}

    assert told(old, old | {CONFIG: {"truncation_side": "left"}}) == [f"{CONFIG}: truncation_side changed"]
    assert told(old, old | {CONFIG: {"truncation_side": "right"}}) == []


def test_case_is_lowered_by_default_where_the_class_says_so() -> None:
    """An old file of BERT names neither its class nor the default that a library writes out."""
    bert = {"tokenizer_class": "BertTokenizer", "do_lower_case": True}

    assert told({CONFIG: {}}, {CONFIG: bert}) == []
    assert told({CONFIG: {}}, {CONFIG: bert | {"do_lower_case": False}}) == [f"{CONFIG}: do_lower_case changed"]


@pytest.mark.parametrize("named", [{}, {"tokenizer_class": "MyTokenizer"}])
def test_a_setting_of_an_unknown_class_counts_whatever_it_says(named: dict[str, Any]) -> None:
    """Nobody knows what it was while it was not there."""
    for value in (True, False):
        assert told({CONFIG: named}, {CONFIG: named | {"keep_lines": value}}) == [f"{CONFIG}: keep_lines changed"]
    assert told({CONFIG: named | {"keep_lines": None}}, {CONFIG: named}) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("BertTokenizer", "BertTokenizerFast"),
        ("BartTokenizer", "RobertaTokenizer"),
        ("ElectraTokenizerFast", "BertTokenizer"),
        ("PreTrainedTokenizerFast", "TokenizersBackend"),
        ("BloomTokenizerFast", "TokenizersBackend"),
        ("MyTokenizer", "TokenizersBackend"),
        (None, "BertTokenizer"),
    ],
)
def test_a_class_that_transformers_changes_by_itself_is_none(old: str | None, new: str) -> None:
    """It saves a tokenizer under the name of the class that it used."""
    assert told(whole() | config(old), whole() | config(new)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LlamaTokenizer", "PreTrainedTokenizerFast"),
        ("BertTokenizer", "RobertaTokenizer"),
        ("TokenizersBackend", "LlamaTokenizer"),
        ("MyTokenizer", "YourTokenizer"),
    ],
)
def test_another_class_is_told(old: str, new: str) -> None:
    """Most classes build a pipeline of their own, whatever stands in ``tokenizer.json``."""
    assert told(whole() | config(old), whole() | config(new)) == [f"{CONFIG}: tokenizer_class changed"]
    assert told({"vocab.txt": "a"} | config(old), {"vocab.txt": "a"} | config("TokenizersBackend")) or "Backend" in old


SAVED = {"backend": "tokenizers", "is_local": True, "local_files_only": False}


@pytest.mark.parametrize(
    ("settings", "template", "changed"),
    [
        ({"add_bos_token": True}, (FIRST, SEQUENCE), []),
        ({"add_bos_token": True}, (SEQUENCE,), ["add_bos_token"]),
        ({"add_bos_token": False}, (SEQUENCE,), []),
        ({"add_bos_token": False}, (FIRST, SEQUENCE), ["add_bos_token"]),
        ({"add_eos_token": False}, (FIRST, SEQUENCE, FIRST), ["add_eos_token"]),
        ({"add_eos_token": True, "legacy": True}, (FIRST, SEQUENCE, FIRST), []),
    ],
)
def test_what_transformers_5_leaves_to_the_template_is_looked_up_there(
    settings: dict[str, Any], template: tuple[object, ...], changed: list[str]
) -> None:
    """It drops these settings, and puts the tokens where they were put before, or does not."""
    old = {"vocab.json": {"a": 0}} | config("LlamaTokenizer", **settings)

    assert told(old, whole(*template) | config("LlamaTokenizer", **SAVED)) == [
        f"{CONFIG}: {key} changed" for key in changed
    ]


def test_a_first_token_that_the_class_puts_anyway_is_no_bos_token() -> None:
    """DeBERTa has the setting, off, and [CLS] in front of every text all the same."""
    old = {"vocab.json": {"a": 0}} | config("DebertaTokenizer", add_bos_token=False)

    assert told(old, whole(FIRST, SEQUENCE) | config("DebertaTokenizer", **SAVED)) == []


def test_who_wrote_the_file_and_from_where_is_no_setting() -> None:
    """Copies of what stands elsewhere, and notes of a library about its own work."""
    notes = {
        "name_or_path": "x", "tokenizer_file": "x", "special_tokens_map_file": None, "processor_class": "P", "use_fast": True,
        "model_max_length": 8, "max_length": 8, "stride": 0, "truncation_strategy": "longest_first", "unk_id": 3, **SAVED,
    }  # fmt: skip

    assert told(whole() | config("BertTokenizer"), whole() | config("BertTokenizer", **notes)) == []


def test_a_named_token_may_move_and_counts_when_it_changes() -> None:
    """Further named tokens lie in an object of their own since transformers 5."""
    first, second = ({"image_token": text} for text in ("<image>", "<img>"))
    old = config("MyTokenizer", **first)
    moved, other = (config("MyTokenizer", model_specific_special_tokens=named) for named in (first, second))

    assert told(old, moved) == told(old, config("MyTokenizer")) == []
    assert told(old, other) == [f"{CONFIG}: image_token changed"]


def test_flags_of_added_tokens_are_told_from_whichever_file_says_them() -> None:
    """The settings come before ``tokenizer.json``, and both before the map of roles."""
    decoder, loose = (
        {"added_tokens_decoder": {"0": {**FLAGS, "content": "a", "lstrip": strip}}} for strip in (False, True)
    )
    added = whole(added_tokens=[{**FLAGS, "id": 0, "content": "a", "lstrip": True}])
    told_of_it = [f"{CONFIG}: flags of added tokens changed"]

    assert told(config("BertTokenizer", **decoder), config("BertTokenizer", **loose)) == told_of_it
    assert told(added | config("BertTokenizer", **decoder), added | config("BertTokenizer")) == told_of_it
    assert told(added | config("BertTokenizer", **loose), added | config("BertTokenizer")) == []
    maps = [{ROLES_MAP: {"mask_token": {**FLAGS, "content": "a", "lstrip": strip}}} for strip in (False, True)]
    assert told(*maps) == [f"{ROLES_MAP}: flags of added tokens changed"]
    assert told(*(each | config("BertTokenizer", **decoder) for each in maps)) == []


def test_many_changed_settings_are_counted() -> None:
    """A file can name as many as it likes, in any letters."""
    many = {f"k{n:02}\n": n + 1 for n in range(40)}
    words = told(config("MyTokenizer"), config("MyTokenizer", **many))

    assert len(words) == 1
    assert words[0].startswith(f"{CONFIG}: k00\\x0a, k01")
    assert words[0].endswith("k11\\x0a and 28 more changed")


@pytest.mark.parametrize("key", ["additional_special_tokens", "extra_special_tokens"])
def test_a_special_token_without_an_id_is_told(key: str) -> None:
    """Loading appends it behind the vocabulary, where the embeddings may have no row; T5 makes up its own."""
    plain = {**whole(), **config("LlamaTokenizer")}

    assert told(plain, {**whole(), **config("LlamaTokenizer", **{key: ["<new>"]})}) == [
        f"{CONFIG}: additional_special_tokens changed"
    ]
    assert (
        told({**whole(), **config("T5Tokenizer")}, {**whole(), **config("T5Tokenizer", **{key: ["<extra_id_0>"]})})
        == []
    )
    assert told(plain, plain) == []
