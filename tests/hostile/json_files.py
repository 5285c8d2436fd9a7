"""Malformed JSON, in each of the files that are read as JSON; and JSON that is no tokenizer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.hostile.case import SOUND, TOKENIZER, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")


def cases() -> Iterator[Case]:
    """Yield all of them."""
    for file in FILES:
        stem = file.removesuffix(".json")
        for name, (data, fault) in _malformed(SOUND[file]).items():
            yield Case(family="json", name=f"{stem}-{name}", files={file: data}, told=(file, *fault))
    for name, (data, fault) in _no_tokenizers().items():
        told = ("tokenizer.json", *fault)
        yield Case(family="json", name=f"tokenizer-{name}", files={"tokenizer.json": data}, told=told)


def _malformed(sound: bytes) -> dict[str, tuple[bytes, tuple[str, ...]]]:
    return {
        "empty": (b"", ("not JSON", "(at byte 0)")),
        "cut": (sound[:-1], ("not JSON", "(at byte")),
        "zeros": (bytes(64), ("not JSON", "(at byte 0)")),
        "array": (b"[]", ("the top level is an array",)),
        "null": (b"null", ("the top level is null",)),
        "key-twice": (sound[:-1] + b', "\\u0078": 1, "x": 2}', ('"x" is there twice',)),
        "not-a-number": (sound[:-1] + b', "x": NaN}', ("NaN is not JSON", "(at byte")),
        "infinite": (sound[:-1] + b', "x": -Infinity}', ("-Infinity is not JSON", "(at byte")),
        "too-large-number": (sound[:-1] + b', "x": 1e999}', ("too large",)),
        "endless-number": (sound[:-1] + b', "x": ' + b"9" * 100_000 + b"}", ("an integer of 100000 characters",)),
        "byte-order-mark": (b"\xef\xbb\xbf" + sound, ("byte order mark", "(at byte 0)")),
        "utf-16": (sound.decode().encode("utf-16"), ("not UTF-8", "(at byte 0)")),
        "latin-1": (sound[:-1] + b', "x": "\xe9"}', ("not UTF-8", "(at byte")),
        "lone-surrogate": (sound[:-1] + b', "x": "\\ud800"}', ("half a surrogate pair", "(at byte")),
        "nested": (sound[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", ("more than 64 levels", "(at byte")),
        "nested-and-open": (b'{"x":' * 50_000, ("more than 64 levels", "(at byte")),
        "comment": (b"// generated\n" + sound, ("not JSON", "(at byte 0)")),
        "trailing-comma": (sound[:-1] + b",}", ("not JSON", "(at byte")),
        "conflict": (b"<<<<<<< HEAD\n" + sound + b"\n=======\n", ("not JSON", "(at byte 0)")),
        "escapes": (b'{"\x1b[2J": 1}', ("not JSON", "(at byte")),
    }  # fmt: skip


def _no_tokenizers() -> dict[str, tuple[bytes, tuple[str, ...]]]:
    def with_model(**fields: object) -> bytes:
        return json.dumps({**TOKENIZER, "model": {**TOKENIZER["model"], **fields}}).encode()  # type: ignore[dict-item]  # an object of mixed values

    return {
        "vocabulary-string": (with_model(vocab="a b"), ()),
        "vocabulary-null": (with_model(vocab=None), ()),
        "id-string": (with_model(vocab={"a": "0"}), ()),
        "id-float": (with_model(vocab={"a": 0.5}), ()),
        "id-boolean": (with_model(vocab={"a": True}), ()),
        "id-negative": (with_model(vocab={"a": -1}), ()),
        "model-array": (json.dumps({**TOKENIZER, "model": []}).encode(), ()),
        "added-object": (json.dumps({**TOKENIZER, "added_tokens": {"a": 1}}).encode(), ()),
        "added-without-id": (json.dumps({**TOKENIZER, "added_tokens": [{"content": "a"}]}).encode(), ()),
    }  # fmt: skip
