"""The same text becomes other tokens than before, or the same tokens other text.

Both tokenizers encode the same texts: scripts of the world, code, digits, blanks, emoji, special tokens, and whatever the
change is about. What tokens that moved, went or came make of a text is told by their ids, by other rules.

Why: adapters, cached ids, context budgets, stored embeddings and converted copies of the model hold on to the old tokens.
Fix: restore the tokenizer, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.tokenizer import witness
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.diff.tokenizer.outcome import CutChange

VOCAB = {"[UNK]": 0, "Hello": 1, "hello": 2}
MODEL = {"type": "WordPiece", "vocab": VOCAB, "unk_token": "[UNK]", "continuing_subword_prefix": "##",
         "max_input_chars_per_word": 100}  # fmt: skip
LOWER = {"type": "Lowercase"}


def _whole(**more: object) -> dict[str, object]:
    return {"tokenizer.json": {"added_tokens": [], "pre_tokenizer": {"type": "Whitespace"}, "model": MODEL, **more}}


CASE = Example(baseline=_whole(), current=_whole(normalizer=LOWER), findings=1)
PAIRS = {"vocab.json": {"a": 0, "b": 1, "ab": 2, "ba": 3}}
MERGES = Example(baseline={**PAIRS, "merges.txt": "a b\n"}, current={**PAIRS, "merges.txt": "b a\n"}, findings=1)
BERT = {
    "type": "BertNormalizer",
    "clean_text": True,
    "handle_chinese_chars": True,
    "strip_accents": None,
    "lowercase": True,
}
CONFIG = {"tokenizer_class": "BertTokenizer", "do_lower_case": True}
SETTING = Example(
    baseline={**_whole(normalizer=BERT), "tokenizer_config.json": CONFIG},
    current={**_whole(normalizer=BERT), "tokenizer_config.json": {**CONFIG, "do_lower_case": False}},
    findings=1,
)
SPELLED = Example(
    baseline=_whole(normalizer=LOWER), current=_whole(normalizer={"type": "Sequence", "normalizers": [LOWER]})
)
STRINGS = Example(baseline={**PAIRS, "merges.txt": "#version: 0.2\na b\n"}, current={**PAIRS, "merges.txt": "a b\n"})


@rule(
    bump=Bump.MAJOR,
    cost=Cost.PROBE,
    promise="interface",
    since="0.2.0",
    examples=(CASE, MERGES, SETTING, SPELLED, STRINGS),
    mirror="none: the way back is a changed tokenization too",
)
def tokenization_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each tokenizer, with the shortest text that shows it."""
    for change in diff.tokenizer.tokenization.cut:
        yield _note(change)


def _note(change: CutChange) -> Note:
    found = change.probe
    old, new = ("", "") if found.shown is None else witness.sides(found.shown)
    what = f"{found.differing} of {found.tried} texts are cut otherwise" if found.cut else "tokens become other text"
    return Note(
        location=Location(file=change.file),
        message=f"{change.words}: {what}",
        baseline=old,
        current=new,
        witness="" if found.shown is None else (witness.cut if found.cut else witness.decoded)(found.shown),
    )
