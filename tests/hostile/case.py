"""What one malformed release is, and the sound release that each of them differs from in one place."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from tests.builders import safetensors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.gitworld import GitWorld

Side = Literal["baseline", "current"]
SIDES: tuple[Side, ...] = ("baseline", "current")

UNREADABLE, USAGE, TOO_SMALL = 3, 2, 1

VOCABULARY = {"[UNK]": 0, "[PAD]": 1, "a": 2, "b": 3, "ab": 4}
TOKENIZER = {
    "version": "1.0",
    "added_tokens": [
        {"id": index, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": True}
        for token, index in list(VOCABULARY.items())[:2]
    ],
    "normalizer": None,
    "pre_tokenizer": {"type": "Whitespace"},
    "post_processor": None,
    "decoder": None,
    "model": {"type": "WordLevel", "vocab": VOCABULARY, "unk_token": "[UNK]"},
}  # fmt: skip

CARD = "---\nlicense: apache-2.0\nversion: 1.0.0\ntags:\n- demo\n---\n# A model\n"
SOUND: Mapping[str, bytes] = MappingProxyType({
    "README.md": CARD.encode(),
    "config.json": json.dumps({"model_type": "bert", "hidden_size": 8, "vocab_size": 5}).encode(),
    "generation_config.json": json.dumps({"eos_token_id": 1, "temperature": 0.5}).encode(),
    "tokenizer.json": json.dumps(TOKENIZER).encode(),
    "tokenizer_config.json": json.dumps({"unk_token": "[UNK]", "pad_token": "[PAD]", "model_max_length": 16}).encode(),
    "model.safetensors": safetensors({"embed": "F32[5,8]", "head": "F32[8,5]"}),
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Case:
    """A release with one fault, and what ``check`` has to say of it.

    ``files`` are laid over the sound release, ``None`` takes one away; or ``commit`` makes a revision of a repository.
    ``told`` is what the one error line must hold; with ``finding``, standard output must name that rule instead.
    """

    family: str
    name: str
    told: tuple[str, ...]
    files: Mapping[str, bytes | None] = field(default_factory=dict)
    commit: Callable[[GitWorld], str] | None = None
    code: int = UNREADABLE
    finding: str = ""
    sides: tuple[Side, ...] = SIDES

    def __str__(self) -> str:
        return f"{self.family}/{self.name}"
