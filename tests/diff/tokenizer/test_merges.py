"""Merges may lie in a file of their own and in ``tokenizer.json``: where they lie is no change, what they say is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.diff.tokenizer.test_tokenization import WHOLE, told

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "#version: 0.2\na b\nab c\n"
PAIRS = [["a", "b"], ["ab", "c"]]
VOCAB: dict[str, Any] = {"vocab.json": {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4}}


def whole(merges: object) -> dict[str, Any]:
    """Write a large file with merges."""
    return {WHOLE: {"model": {"type": "BPE", "vocab": VOCAB["vocab.json"], "merges": merges}}}


@pytest.mark.parametrize("folder", ["", "tokenizer/"])
@pytest.mark.parametrize("merges", [PAIRS, ["a b", "ab c"]])
def test_merges_that_are_still_there_are_no_change(folder: str, merges: list[object]) -> None:
    """One version of transformers writes one file and another two, with or without the line of the version."""
    both = {folder + name: content for name, content in (VOCAB | whole(merges) | {"merges.txt": TEXT}).items()}
    one = {folder + name: content for name, content in whole(merges).items()}
    text = {folder + name: content for name, content in (VOCAB | {"merges.txt": TEXT}).items()}

    for old, new in ((both, one), (one, both), (text, one), (text, both), (both, text)):
        assert [words for words in told(old, new) if "merges" in words] == []
    assert told(text, text | {folder + "merges.txt": "a b\nab c"}) == []


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ({"merges.txt": TEXT}, {"merges.txt": "#version: 0.2\nab c\na b\n"}, "changed"),
        ({"merges.txt": TEXT}, {}, "is gone"),
        ({}, {"merges.txt": TEXT}, "is new"),
        ({"merges.txt": TEXT}, whole(PAIRS[:1]), "is gone"),
        (whole(PAIRS[::-1]), {"merges.txt": TEXT}, "is new"),
        ({"merges.txt": TEXT}, {WHOLE: {"model": {"type": "WordLevel", "vocab": {"a": 0}}}}, "is gone"),
    ],
)
def test_merges_that_say_something_else_are_told(old: dict[str, Any], new: dict[str, Any], word: str) -> None:
    """Their order decides how a word is cut."""
    assert f"merges.txt {word}" in told(VOCAB | old, VOCAB | new)


def test_merges_that_cannot_be_read_are_told() -> None:
    """A pointer whose bytes are not here may hold anything."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12345\n"

    assert told(VOCAB | {"merges.txt": TEXT}, VOCAB | {"merges.txt": pointer}) == ["merges.txt changed"]
    assert "merges.txt is gone" in told(VOCAB | {"merges.txt": pointer}, VOCAB)


def test_saving_a_slow_tokenizer_again_is_silent(tmp_path: Path) -> None:
    """What transformers 5 makes of two text files is one file that says the same."""
    transformers = pytest.importorskip("transformers")
    (tmp_path / "vocab.json").write_text('{"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4, "<|endoftext|>": 5}')
    (tmp_path / "merges.txt").write_text(TEXT)
    settings = (
        '{"tokenizer_class": "GPT2Tokenizer", "add_bos_token": false, "add_prefix_space": false, "errors": "replace"}'
    )
    (tmp_path / "tokenizer_config.json").write_text(settings)
    transformers.AutoTokenizer.from_pretrained(tmp_path).save_pretrained(tmp_path / "again")
    old, new = (
        {path.name: path.read_bytes() for path in folder.glob("*.*")} for folder in (tmp_path, tmp_path / "again")
    )

    assert "merges.txt" in old
    assert told(old, new) == []
