"""Texts in which a change of a tokenizer is likely to show: the merged pieces, the scored ones, the added tokens."""

from __future__ import annotations

from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Final

from hfsemver.diff.tokenizer.merges import merges_of
from hfsemver.releases.formats.tokenizer_pipeline import flags, pairs, scores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.tokenizer.settings import Side

_MOST: Final = 100


def likely_texts(old: Side, new: Side) -> Iterator[str]:
    """Yield at most a few hundred texts, in a fixed order."""
    if old.whole.get("model") is None or old.whole.get("model") is not new.whole.get("model"):
        yield from islice(_merged(old, new), _MOST)
        before, after = scores(old.whole), scores(new.whole)
        yield from islice((_text(piece) for piece, score in before.items() if after.get(piece, score) != score), _MOST)
    matched, now = flags(old.whole), flags(new.whole)
    for token in islice((token for token in {**matched, **now} if matched.get(token) != now.get(token)), _MOST):
        yield from (token, f"a {token} b", f"a{token}b", f" {token.upper()} {token.lower()}")


def _merged(old: Side, new: Side) -> Iterator[str]:
    """Yield what the merges make that are another one at their place."""
    before, after = (pairs(side.whole) or merges_of(side.release, side.folder) or () for side in (old, new))
    for one, other in zip_longest(before, after, fillvalue=""):
        if one != other:
            yield from (_text(pair.replace(" ", "")) for pair in (one, other) if pair)


def _text(piece: str) -> str:
    """Return the text that a piece stands for, as far as a blank goes."""
    return piece.replace("Ġ", " ").replace("▁", " ").replace("Ċ", "\n").removeprefix("##")
