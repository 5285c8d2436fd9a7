"""Fields of the card that hold terms in words of their own, which nothing here sets against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.diff.files.subjects import Subject, Unjudged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from hfsemver.diff.card.card import CardDiff

# What whoever asks for access has to agree to. https://huggingface.co/docs/hub/models-gated
_GATE: Final = ("extra_gated_prompt", "extra_gated_fields", "extra_gated_eu_disallowed")


def unread_terms(card: CardDiff, more: Collection[str] = ()) -> Iterator[Unjudged]:
    """Yield the fields that changed, came or went; ``more`` names fields that nothing else has told."""
    for change in card.fields:
        if change.key in (*_GATE, *more):
            what = "is new" if change.old is None else "is gone" if change.new is None else "changed"
            words = f"README.md: {change.key} {what}, and whether it asks for more is not known"
            yield Unjudged(subject=Subject.TERMS, words=words)
