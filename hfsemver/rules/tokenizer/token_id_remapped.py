"""A token has another id than in the baseline, or is no token any more.

Why: cached ids, logit biases, constrained decoding, adapters and embedding rows now mean other tokens, with no error.
Fix: give every token its old id back and append new ones at the end, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.diff.tokenizer.tokenizer import VocabularyDiff

SWAPPED = Example(
    baseline={"vocab.json": {"a": 0, "b": 1, "c": 2}}, current={"vocab.json": {"a": 1, "b": 0, "c": 2}}, findings=1
)
REMOVED = Example(baseline={"vocab.txt": "a\nb\nc\n"}, current={"vocab.txt": "a\nb\n"}, findings=1)
RENAMED = Example(baseline={"vocab.txt": "a\n[unused0]\n"}, current={"vocab.txt": "a\n<tool>\n"}, findings=1)
REORDERED = Example(baseline={"vocab.json": {"a": 0, "b": 1}}, current={"vocab.json": {"b": 1, "a": 0}})
CONVERTED = Example(
    baseline={"vocab.txt": "a\nb\n"},
    current={"tokenizer.json": {"added_tokens": [], "model": {"type": "WordPiece", "vocab": {"a": 0, "b": 1}}}},
    also=("tokenizer-file-removed",),
)
MOVED_FILE = Example(
    baseline={"vocab.txt": "a\nb\n", "added_tokens.json": {"<x>": 2}},
    current={
        "vocab.txt": "a\nb\n",
        "tokenizer_config.json": {"added_tokens_decoder": {"2": {"content": "<x>", "special": False}}},
    },
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="interface",
    since="0.1.0",
    examples=(SWAPPED, REMOVED, RENAMED, REORDERED, CONVERTED, MOVED_FILE),
    mirror="token-added",
)
def token_id_remapped(diff: ReleaseDiff) -> Notes:
    """Yield one note for each tokenizer whose old tokens changed their ids."""
    for change in diff.tokenizer.vocabularies.diffs:
        if any(change.counts[:3]):
            yield _note(change)
    diff.tokenizer.vocabularies.require_complete()


def _note(change: VocabularyDiff) -> Note:
    moved, renamed, removed, _ = change.counts
    parts = ((moved, "moved to another id"), (renamed, "renamed"), (removed, "removed"))
    first = (*change.moved, *change.renamed, *change.removed)[0]
    token = clipped(first.token, 40)
    old = f'"{token}" {first.old}'
    new = f'"{token}" {first.new}' if first.new is not None else "no token"
    if first.instead is not None:
        new += f', {first.old} is "{clipped(first.instead, 40)}"'
    more = moved + renamed + removed - 1
    call = f"tok.convert_tokens_to_ids({token!r})"
    return Note(
        location=Location(file=change.file),
        message=f"of {change.tokens} tokens, " + ", ".join(f"{count} {what}" for count, what in parts if count),
        baseline=f"{old} and {more} more" if more else old,
        current=new,
        witness=f"{call} {first.old} -> {first.new}; logit_bias={{{first.old}: -100}} now hits {_hit(first.instead)}",
    )


def _hit(token: str | None) -> str:
    return "no token" if token is None else f'"{clipped(token, 40)}"'
