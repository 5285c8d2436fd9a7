"""A text and what two tokenizers make of it, as somebody would see it for himself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import clipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hfsemver.diff.tokenizer.probe import TextDiff
    from hfsemver.releases.encoding.encode import Encoding, Tokens

_MOST: Final = 24
_WIDTH: Final = 60


def cut(seen: TextDiff) -> str:
    """Return the ids and the tokens of both sides."""
    call = f"tok.encode({_quoted(seen.text)}, add_special_tokens=False)"
    return f"{call}\n- {_sides(seen.old)}\n+ {_sides(seen.new)}"


def framed(seen: TextDiff) -> str:
    """Return what is put around a text on both sides; around a text and a second one, where only that shows it."""
    if seen.old.framed.ids != seen.new.framed.ids:
        return f"tok.encode({_quoted(seen.text)})\n- {_tokens(seen.old.framed)}\n+ {_tokens(seen.new.framed)}"
    call = f"tok.encode({_quoted(seen.text)}, ...)"
    if seen.old.paired.ids != seen.new.paired.ids:
        return f"{call}\n- {_tokens(seen.old.paired)}\n+ {_tokens(seen.new.paired)}"
    return f"{call}.type_ids\n- {_listed(seen.old.parts)}\n+ {_listed(seen.new.parts)}"


def decoded(seen: TextDiff) -> str:
    """Return the texts that both sides make of the same tokens."""
    call = f"tok.decode({_listed(seen.old.bare.ids)})"
    return f"{call}\n- {_quoted(seen.old.decoded)}\n+ {_quoted(seen.new.decoded)}"


def sides(seen: TextDiff) -> tuple[str, str]:
    """Return the text with its ids on both sides, in a word each; with the text that comes of them, where ids are equal."""
    old, new = seen.old, seen.new
    if old.problem or new.problem or old.bare.ids != new.bare.ids:
        return _word(seen, old, old.bare.ids), _word(seen, new, new.bare.ids)
    if old.decoded != new.decoded:
        return _quoted(old.decoded), _quoted(new.decoded)
    if old.framed.ids != new.framed.ids:
        return _word(seen, old, old.framed.ids), _word(seen, new, new.framed.ids)
    return _word(seen, old, (*old.paired.ids, *old.parts)), _word(seen, new, (*new.paired.ids, *new.parts))


def _word(seen: TextDiff, side: Encoding, ids: Sequence[int]) -> str:
    return f"{_quoted(seen.text)} {side.problem or _listed(ids)}"


def _quoted(text: str) -> str:
    return clipped(repr(text), _WIDTH)


def _sides(side: Encoding) -> str:
    return side.problem or _tokens(side.bare)


def _tokens(tokens: Tokens) -> str:
    return f"{_listed(tokens.ids)} {_listed(tokens.texts)}"


def _listed(items: Sequence[object]) -> str:
    more = f", ... {len(items) - _MOST} more" if len(items) > _MOST else ""
    return clipped(f"[{', '.join(map(repr, items[:_MOST]))}{more}]", 400)
