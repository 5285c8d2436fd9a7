"""Other tokens are put around a text than before, or it is filled up or cut at its other end.

Why: a double or missing first token shifts every prompt, and pooling by the last token reads another position.
Fix: restore the setting or the template of the post-processor, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.config.change import shown
from hfsemver.diff.tokenizer import witness
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.diff.tokenizer.outcome import FrameChange

TEXT = {"vocab.txt": "<s>\n</s>\na\n"}


def _pair(old: dict[str, object], new: dict[str, object], findings: int = 0) -> Example:
    return Example(
        baseline={**TEXT, "tokenizer_config.json": old},
        current={**TEXT, "tokenizer_config.json": new},
        findings=findings,
    )


LLAMA: dict[str, object] = {"tokenizer_class": "LlamaTokenizer"}
SETTING = _pair({**LLAMA, "add_eos_token": False}, {**LLAMA, "add_eos_token": True}, 1)
SIDE = _pair({"padding_side": "right"}, {"padding_side": "left"}, 1)
ADDED = [{"id": 0, "content": "<s>", "special": True, "single_word": False, "lstrip": False, "rstrip": False,
          "normalized": False}]  # fmt: skip
MODEL = {"type": "WordLevel", "vocab": {"<s>": 0, "a": 1}, "unk_token": "<s>"}
A, B = ({"Sequence": {"id": name, "type_id": number}} for number, name in enumerate("AB"))
FIRST = {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, A], "pair": [A, B],
         "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}}  # fmt: skip
BARE = {"added_tokens": ADDED, "pre_tokenizer": {"type": "Whitespace"}, "model": MODEL}
TEMPLATE = Example(
    baseline={"tokenizer.json": BARE}, current={"tokenizer.json": {**BARE, "post_processor": FIRST}}, findings=1
)
SPELLED_OUT = _pair(LLAMA, {**LLAMA, "add_bos_token": True, "add_eos_token": False})
EMPTY = Example(
    baseline={"tokenizer.json": BARE},
    current={"tokenizer.json": {**BARE, "post_processor": {"type": "Sequence", "processors": []}}},
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.PROBE,
    promise="interface",
    since="0.2.0",
    examples=(SETTING, SIDE, TEMPLATE, SPELLED_OUT, EMPTY),
    mirror="none: the way back is another insertion too",
)
def bos_eos_insertion_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each tokenizer."""
    for change in diff.tokenizer.tokenization.framed:
        yield _note(change)


def _note(change: FrameChange) -> Note:
    old = ", ".join(f"{one.key} {shown(one.old)}" for one in change.settings)
    new = ", ".join(f"{one.key} {shown(one.new)}" for one in change.settings)
    if change.seen is not None and not change.settings:
        old, new = witness.sides(change.seen)
    return Note(
        location=Location(file=change.file, pointer=change.settings[0].key if change.settings else "post_processor"),
        message=", ".join(map(str, change.settings)) or "other tokens are put around a text",
        baseline=old,
        current=new,
        witness="" if change.seen is None else witness.framed(change.seen),
    )
