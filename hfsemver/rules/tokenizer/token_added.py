"""The tokenizer has tokens that the baseline lacks, on ids that were free or that another token keeps as well.

Why: text that holds such a token is split in another way now; none of them takes the id of an old token.
Fix: nothing is broken: release a new minor version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.escape import clipped
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

APPENDED = Example(baseline={"vocab.txt": "a\nb\n"}, current={"vocab.txt": "a\nb\nc\n"}, findings=1)
DECLARED = Example(
    baseline={"vocab.txt": "a\nb\n"},
    current={
        "vocab.txt": "a\nb\n",
        "tokenizer_config.json": {"added_tokens_decoder": {"2": {"content": "<tool>", "special": True}}},
    },
    findings=1,
)
SHARED = Example(
    baseline={"vocab.json": {"a": 0, "b": 1}}, current={"vocab.json": {"a": 0, "b": 1, "c": 1}}, findings=1
)
FIRST = Example(baseline={}, current={"vocab.txt": "a\nb\n"})
NAMED_BEFORE = Example(
    baseline={"vocab.txt": "a\nb\n", "added_tokens.json": {"<x>": 2}},
    current={
        "tokenizer.json": {
            "added_tokens": [{"id": 2, "content": "<x>", "special": False}],
            "model": {"type": "WordPiece", "vocab": {"a": 0, "b": 1}},
        }
    },
    also=("tokenizer-file-removed",),
)
TOKENS_SHOWN = 5


@rule(
    bump=Bump.MINOR,
    level=Level.WARN,
    cost=Cost.HEADER,
    promise="interface",
    since="0.1.0",
    examples=(APPENDED, DECLARED, SHARED, FIRST, NAMED_BEFORE),
    mirror="token-id-remapped",
)
def token_added(diff: ReleaseDiff) -> Notes:
    """Yield one note for each tokenizer that gained tokens."""
    for change in diff.tokenizer.vocabularies.diffs:
        if not change.added:
            continue
        count = change.counts[3]
        shown = ", ".join(f'"{clipped(token.token, 40)}" {token.new}' for token in change.added[:TOKENS_SHOWN])
        more = f" and {count - TOKENS_SHOWN} more" if count > TOKENS_SHOWN else ""
        first = change.added[0]
        yield Note(
            location=Location(file=change.file),
            message=f"{count} token{'s' if count > 1 else ''} added: {shown}{more}",
            current=f"{shown}{more}",
            witness=f"tok.convert_tokens_to_ids({clipped(first.token, 40)!r}) unknown -> {first.new}",
        )
    diff.tokenizer.vocabularies.require_complete()
