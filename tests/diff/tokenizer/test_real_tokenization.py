"""Edits after which real libraries cut texts otherwise: each is proven by them, and each is told."""

from __future__ import annotations

import json
import warnings
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.core.errors import FormatError
from hfsemver.diff.release import compare
from hfsemver.diff.tokenizer import encoders
from hfsemver.diff.tokenizer.settings import Side
from hfsemver.releases import held
from hfsemver.releases.formats.json_members import Members
from hfsemver.rules.catalogue import evidence_rules
from hfsemver.rules.engine import inspect
from hfsemver.rules.unjudged import unjudged
from tests.builders import release
from tests.diff.tokenizer.test_tokenization import CONFIG, WHOLE
from tests.diff.tokenizer.test_tokenizer import ROLES, lying_in, trained

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hfsemver.core.finding import Finding, Skip

    Content = dict[str, Any]

FELT = {
    "tokenization-changed", "bos-eos-insertion-changed", "special-token-changed", "tokenizer-file-removed", "config-value-changed",
}  # fmt: skip
TEXTS = (
    "the first number 49 costs 343 euros in Orléans", "THE Second Number", "  two  spaces ", "a<tool>b <tool> c", "北京 x",
    "<s>the</s> second", "secondnumber firsts", "costs... euros!", "",
)  # fmt: skip


@cache
def whole(kind: str) -> str:
    """Return a trained tokenizer of a kind with a pipeline that has something of everything."""
    import tokenizers

    made = trained(kind)
    normalizers, pre, decoders = tokenizers.normalizers, tokenizers.pre_tokenizers, tokenizers.decoders
    made.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()])
    made.pre_tokenizer = pre.Sequence([pre.Whitespace(), pre.Digits(individual_digits=False)])
    made.decoder = decoders.WordPiece()
    if kind == "Unigram":
        made.pre_tokenizer, made.decoder = pre.Metaspace(), decoders.Metaspace()
    made.post_processor = tokenizers.processors.TemplateProcessing("<s> $A", "<s> $A $B:1", [("<s>", 1)])
    text: str = made.to_str()
    return text


def rules_of(old: Content, new: Content) -> set[str]:
    """Return the rules that speak, by a finding or by a skip; they say the same of tokenizers as large as real ones."""
    said = _said(old, new)
    with pytest.MonkeyPatch.context() as patch:
        # What these have in common is read once, and what they do not have in common is all that is opened of the second.
        patch.setattr(held, "Members", partial(Members, large=1))
        patch.setattr(encoders, "_LARGE", 0)
        assert _said(old, new) == said
    findings, skips = said
    return {finding.rule for finding in findings} | {skip.rule for skip in skips}


def _said(old: Content, new: Content) -> tuple[set[Finding], set[Skip]]:
    diff = compare(release(old), release(new))
    findings, skips = inspect(diff, evidence_rules())
    return set(findings), {*skips, *unjudged(diff)}


def tool(content: Content, **flags: bool) -> None:
    """Match the added token otherwise."""
    next(entry for entry in content["added_tokens"] if entry["content"] == "<tool>").update(flags)


def forget_tool(content: Content) -> None:
    """Look for the added token no more; its id stays in the vocabulary."""
    content["added_tokens"] = [entry for entry in content["added_tokens"] if entry["content"] != "<tool>"]


def in_order(content: Content, names: str) -> None:
    """Apply the merges of one word in another order."""
    merges = content["model"]["merges"]
    content["model"]["merges"] = merges[::-1] if names == "backwards" else [m for m in merges if "".join(m) != names]


def cheaper(content: Content) -> None:
    """Give single letters a score that no longer piece can beat."""
    for entry in content["model"]["vocab"]:
        entry[1] = 9.0 if len(entry[0]) == 1 else entry[1]


CUT = {"max_length": 3, "stride": 0, "strategy": "LongestFirst", "direction": "Right"}
FILL = {
    "strategy": {"Fixed": 64}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "<unk>",
}  # fmt: skip
EDITS: dict[str, tuple[str, Callable[[Content], object]]] = {
    "a normalizer that came": ("BPE", lambda c: c["normalizer"]["normalizers"].append({"type": "Lowercase"})),
    "a normalizer that went": ("BPE", lambda c: c["normalizer"]["normalizers"].pop()),
    "no normalizer": ("WordPiece", lambda c: c.update(normalizer=None)),
    "another split of words": ("WordPiece", lambda c: c["pre_tokenizer"]["pretokenizers"][0].update(type="WhitespaceSplit")),
    "digits one by one": ("WordLevel", lambda c: c["pre_tokenizer"]["pretokenizers"][1].update(individual_digits=True)),
    "no first space": ("Unigram", lambda c: c["pre_tokenizer"].update(prepend_scheme="never")),
    "a first space once": ("Unigram", lambda c: c["pre_tokenizer"].update(prepend_scheme="first")),
    "another decoder": ("WordPiece", lambda c: c.update(decoder={"type": "Fuse"})),
    "another mark when decoding": ("WordPiece", lambda c: c["decoder"].update(prefix="t")),
    "merges backwards": ("BPE", lambda c: in_order(c, "backwards")),
    "a merge that went": ("BPE", lambda c: in_order(c, "second")),
    "other scores": ("Unigram", cheaper),
    "an unknown token": ("BPE", lambda c: c["model"].update(unk_token=None)),
    "unknown letters as one": ("BPE", lambda c: c["model"].update(fuse_unk=True)),
    "merges by chance": ("BPE", lambda c: c["model"].update(dropout=1.0)),
    "shorter words": ("WordPiece", lambda c: c["model"].update(max_input_chars_per_word=4)),
    "another mark inside of words": ("WordPiece", lambda c: c["model"].update(continuing_subword_prefix="@@")),
    "a token that takes the space before it": ("BPE", lambda c: tool(c, lstrip=True)),
    "a token that takes the space behind it": ("BPE", lambda c: tool(c, rstrip=True)),
    "a token that stands alone": ("BPE", lambda c: tool(c, single_word=True)),
    "a token that is shown": ("BPE", lambda c: tool(c, special=False)),
    "a token that is not looked for": ("WordLevel", forget_tool),
    "no first token": ("BPE", lambda c: c["post_processor"]["single"].pop(0)),
    "a last token": ("BPE", lambda c: c["post_processor"]["single"].append({"SpecialToken": {"id": "<s>", "type_id": 0}})),
    "another type of the second text": ("BPE", lambda c: c["post_processor"]["pair"][2]["Sequence"].update(type_id=0)),
    "another id of the first token": ("BPE", lambda c: c["post_processor"]["special_tokens"]["<s>"].update(ids=[2])),
    "cut texts": ("BPE", lambda c: c.update(truncation=CUT)),
    "filled up texts": ("BPE", lambda c: c.update(padding=FILL)),
}  # fmt: skip


def cut_by_the_library(text: str) -> list[object]:
    """Return what the tokenizers library makes of all texts, there and back."""
    import tokenizers

    opened = tokenizers.Tokenizer.from_str(text)
    encoded = [opened.encode(each) for each in TEXTS] + [opened.encode("the first", "second")]
    shown = [opened.decode(each.ids, skip_special_tokens=skip) for each in encoded for skip in (True, False)]
    return [*((each.ids, each.type_ids, each.offsets) for each in encoded), shown]


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_of_the_pipeline_that_the_library_feels_is_told(name: str) -> None:
    """None of these changes an id."""
    pytest.importorskip("tokenizers")
    kind, edit = EDITS[name]
    content: Content = json.loads(whole(kind))
    edit(content)
    edited = json.dumps(content)

    assert cut_by_the_library(whole(kind)) != cut_by_the_library(edited)
    assert FELT & rules_of({WHOLE: whole(kind)}, {WHOLE: edited})


SETTINGS = [
    ("BertTokenizer", {"do_lower_case": False}),
    ("BertTokenizer", {"strip_accents": False}),
    ("BertTokenizer", {"tokenize_chinese_chars": False}),
    ("BertTokenizer", {"padding_side": "left"}),
    ("BertTokenizer", {"truncation_side": "left"}),
    ("BertTokenizer", {"split_special_tokens": True}),
    ("GPT2Tokenizer", {"add_prefix_space": True}),
    ("GPT2Tokenizer", {"add_bos_token": True}),
    ("GPT2Tokenizer", {"tokenizer_class": "CLIPTokenizer"}),
]
WORDS = (
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[PAD]",
    "[MASK]",
    "a",
    "b",
    "c",
    "é",
    "e",
    "A",
    "B",
    "É",
    "北",
    "京",
    "北京",
    ".",
    "##b",
    "[",
    "]",
)
LETTERS = ("<|endoftext|>", "a", "b", "c", "Ġ", "Ġa", "A", ".", "a</w>", "b</w>")


def cut_by_transformers(files: Content, folder: Path) -> list[object]:
    """Return what transformers makes of a few texts."""
    import transformers

    folder.mkdir()
    for path, content in files.items():
        (folder / path).write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    opened = transformers.AutoTokenizer.from_pretrained(folder)
    texts = ("a b A B.", "É é", "北京", "[SEP] a", "<|endoftext|>a")
    ids = opened(list(texts), truncation=True, max_length=4)["input_ids"]
    opened.pad_token = opened.pad_token or opened.eos_token
    return [*(opened(text)["input_ids"] for text in texts), ids, opened(list(texts), padding=True)["input_ids"]]


@pytest.mark.parametrize(("tokenizer_class", "settings"), SETTINGS)
def test_a_setting_that_transformers_feels_is_told(tokenizer_class: str, settings: Content, tmp_path: Path) -> None:
    """Every vocabulary stays as it is."""
    pytest.importorskip("transformers")
    text: Content = {"vocab.txt": "\n".join(WORDS)}
    if tokenizer_class != "BertTokenizer":
        text = {"vocab.json": {word: n for n, word in enumerate(LETTERS)}, "merges.txt": "#version: 0.2\nĠ a\n"}
    old, new = (text | {CONFIG: {"tokenizer_class": tokenizer_class} | extra} for extra in ({}, settings))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before, after = cut_by_transformers(old, tmp_path / "old"), cut_by_transformers(new, tmp_path / "new")

    assert before != after
    assert FELT & rules_of(old, new)


def test_flags_that_only_the_settings_say_are_told(tmp_path: Path) -> None:
    """A slow tokenizer has no other file that says how its added tokens are found."""
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=trained("BPE"), **ROLES)
    tokenizer.save_pretrained(tmp_path)
    old = dict(lying_in(tmp_path))
    entry = {
        "content": "<tool>",
        "lstrip": False,
        "normalized": False,
        "rstrip": False,
        "single_word": False,
        "special": True,
    }
    tokens = [{"added_tokens_decoder": {"3": entry | {"lstrip": strip}}} for strip in (False, True)]
    sides = [old | {CONFIG: json.loads(bytes(old[CONFIG])) | each} for each in tokens]  # type: ignore[call-overload]  # the value is bytes, read from a file

    assert rules_of(*sides) == {"tokenization-changed"}


def test_steps_alone_are_opened_only_where_they_are_all_that_differs() -> None:
    """A normalizer shapes added tokens that are normalized, and numbers that are no JSON are refused by the library alone."""
    document = json.loads(whole("BPE"))
    lowered = {**document, "normalizer": {"type": "Lowercase"}}
    normalized = [{**token, "normalized": True} for token in document["added_tokens"]]
    rescored = {**document["model"], "dropout": 0.1}
    spelled = [{**token, "special": int(token["special"])} for token in document["added_tokens"]]
    infinite = {**lowered, "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True, "more": float("inf")}}
    cases: list[tuple[Content, Content, bool]] = [
        (document, lowered, True),
        (document, {**lowered, "version": "2.0"}, True),
        (document, {**lowered, "model": rescored}, False),
        (document, {**lowered, "added_tokens": normalized}, False),
        ({**document, "added_tokens": normalized}, {**lowered, "added_tokens": normalized}, False),
        (document, {**lowered, "added_tokens": spelled}, False),
        (document, infinite, False),
    ]
    for old, new, alone in cases:
        sides = [Side(release({WHOLE: json.dumps(one)}), "") for one in (old, new)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(held, "Members", partial(Members, large=1))
            with held.holding(*(side.release.held for side in sides)):
                steps = encoders._steps(*sides)
        assert bool(steps) is alone
        assert not steps or json.loads(steps)["version"] == new["version"]


def test_opening_ahead_tells_no_fault_before_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The baseline is read first, whatever the current file is like."""
    monkeypatch.setattr(encoders, "processors", lambda: 2)
    monkeypatch.setattr(encoders, "MAX_SIZE", 10)
    with pytest.raises(FormatError, match="not JSON"):
        _said({WHOLE: "{,"}, {WHOLE: "{" + " " * 10 + "}"})


@pytest.mark.parametrize("more", [{"truncation": 5}, {"padding": {"x": 1}}, {"more": 1}], ids=str)
def test_what_the_library_refuses_beside_the_steps_is_refused_with_them(more: Content) -> None:
    """Such a file is opened by nobody."""
    document = json.loads(whole("BPE"))
    refused = {**document, "normalizer": {"type": "Lowercase"}, **more}
    _, skips = _said({WHOLE: json.dumps(document)}, {WHOLE: json.dumps(refused)})
    assert any("it cannot be opened here" in skip.reason for skip in skips)
    rules_of({WHOLE: json.dumps(document)}, {WHOLE: json.dumps(refused)})
