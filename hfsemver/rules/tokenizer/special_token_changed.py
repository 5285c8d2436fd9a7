"""A special token stands for something else, or is special no more.

Why: stop conditions, masks and prompt builders hold on to these tokens, and decoding leaves out the special ones.
Fix: restore the token for that role, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.tokenizer.special_tokens import require_judged
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

VOCAB = {"vocab.txt": "<s>\n</s>\n<x>\n"}
CONFIG = "tokenizer_config.json"


def _pair(old: dict[str, object], new: dict[str, object], findings: int = 0) -> Example:
    return Example(baseline={**VOCAB, CONFIG: old}, current={**VOCAB, CONFIG: new}, findings=findings)


STOP = _pair({"eos_token": "</s>", "pad_token": "</s>"}, {"eos_token": "<x>", "pad_token": "<x>"}, 1)
LOST = _pair({"pad_token": "<x>"}, {"pad_token": None}, 1)
X = {"content": "<x>", "special": True}
SHOWN = _pair({"added_tokens_decoder": {"2": X}}, {"added_tokens_decoder": {"2": {**X, "special": False}}}, 1)
SPELLING = Example(
    baseline={**VOCAB, CONFIG: {"eos_token": "</s>", "additional_special_tokens": ["<x>", "<s>"]}},
    current={**VOCAB, CONFIG: {"eos_token": {"content": "</s>"}, "extra_special_tokens": ["<s>", "<x>"]}},
    also=("library-floor-raised",),
)
IMPLIED = _pair({"tokenizer_class": "LlamaTokenizer"}, {"tokenizer_class": "LlamaTokenizerFast", "eos_token": "</s>"})
GAINED = _pair({"eos_token": "</s>"}, {"eos_token": "</s>", "pad_token": "<x>"})
MAP_DROPPED = Example(
    baseline={**VOCAB, "special_tokens_map.json": {"eos_token": {"content": "</s>"}}},
    current={**VOCAB, CONFIG: {"eos_token": "</s>"}},
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="interface",
    since="0.1.0",
    examples=(STOP, LOST, SHOWN, SPELLING, IMPLIED, GAINED, MAP_DROPPED),
    mirror="none: a role that comes takes nothing away, and a token that comes is token-added",
)
def special_token_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each token that roles left, and one for all tokens whose flag changed one way."""
    for change in diff.tokenizer.special:
        for role in change.roles:
            names = ", ".join(role.roles)
            new = "none" if role.new is None else _named(role.new, role.new_id)
            yield _note(role.file, role.roles[0], names, _named(role.old, role.old_id), new)
        for tokens, old, new in ((change.shown, "special", "ordinary"), (change.hidden, "ordinary", "special")):
            if tokens:
                yield _note(change.file, "added_tokens_decoder", clipped(", ".join(tokens), 200), old, new)
    require_judged(diff.tokenizer.special)


def _named(token: str, number: int | None) -> str:
    return f'"{clipped(token, 40)}"' + ("" if number is None else f" (id {number})")


def _note(file: str, pointer: str, subject: str, old: str, new: str) -> Note:
    place = Location(file=file, pointer=pointer)
    return Note(location=place, message=f"{subject}: {old} -> {new}", baseline=f"{subject}: {old}", current=new)
