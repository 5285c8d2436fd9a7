"""The files that one tokenizer may be made of, by name. Nothing here is read or parsed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_SIZE: Final = 64 << 20
"""Bytes that are read of one file; the largest real ``tokenizer.json`` has 33 MB."""

CONFIG: Final = "tokenizer_config.json"
SPECIAL_MAP: Final = "special_tokens_map.json"
ADDED: Final = "added_tokens.json"
WHOLE: Final = "tokenizer.json"
VOCAB_JSON: Final = "vocab.json"
VOCAB_TEXT: Final = "vocab.txt"
MERGES: Final = "merges.txt"
PIECES: Final = ("tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "sentencepiece.model", "spm.model")

# Layouts that are known by name and not read: a change of them is visible as a skip, never as "no change".
_UNREAD = re.compile(
    r"[^/]*\.tiktoken|tiktoken\.model|tekken\.json|bpe\.codes|vocab-src\.json|vocab-tgt\.json|[^/]+\.spm"
)
# A pipeline keeps its tokenizers in folders of these names, an old sentence-transformer its network in the last one.
_FOLDER = re.compile(r"(?:|tokenizer(?:_\d)?/|0_Transformer/)")


ANY: Final = re.compile(
    rf"(?:{_FOLDER.pattern})(?:{'|'.join(map(re.escape, (CONFIG, SPECIAL_MAP, ADDED, WHOLE, VOCAB_JSON, VOCAB_TEXT, MERGES, *PIECES)))}|{_UNREAD.pattern})"
)
"""The path of any file of a tokenizer."""


def tokenizer_folders(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the folders that hold a tokenizer, each ``""`` or ending in a slash, sorted."""
    found = set()
    for path in paths:
        folder, _, name = path.rpartition("/")
        folder = f"{folder}/" if folder else ""
        if _FOLDER.fullmatch(folder) and (name in (CONFIG, SPECIAL_MAP) or holds_ids(name)):
            found.add(folder)
    return tuple(sorted(found))


def holds_ids(name: str) -> bool:
    """Whether a file of that name decides which token has which id."""
    return name in (WHOLE, VOCAB_JSON, VOCAB_TEXT, ADDED, *PIECES) or is_unread(name)


def is_unread(name: str) -> bool:
    """Whether a file of that name holds ids in a layout that is not read."""
    return _UNREAD.fullmatch(name) is not None
