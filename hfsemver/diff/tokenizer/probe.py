"""Two tokenizers tried with the same texts: the shortest text that they cut differently, if there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hfsemver.releases.encoding.encode import GAVE_UP, UNLOADED, UNREACHED, sessions
from hfsemver.releases.encoding.texts import texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from hfsemver.releases.encoding.encode import Encoding, Session, Tokens
    from hfsemver.releases.encoding.opening import Encoder, Opening

_LONG: Final = 24
"""Characters of a text whose every part is tried; of a longer one its words are, and each with the next."""
_WORD: Final = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDiff:
    """One text and what became of it on both sides."""

    text: str
    old: Encoding
    new: Encoding


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What trying showed: the shortest text that is cut otherwise, that is framed otherwise, that comes back otherwise.

    ``differing`` of ``tried`` texts are cut otherwise. ``problem`` is why a side could not be tried.
    """

    tried: int = 0
    differing: int = 0
    cut: TextDiff | None = None
    framed: TextDiff | None = None
    decoded: TextDiff | None = None
    problem: str = ""

    @property
    def shown(self) -> TextDiff | None:
        """The text to show: one that is cut otherwise before one that comes back otherwise."""
        return self.cut or self.decoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Tokens that are gone, that have another id, and added ones that are new: the rules about ids tell what they do."""

    lost: Collection[str] = ()
    moved: Collection[str] = ()
    came: Collection[str] = ()
    typed: bool = True
    """Whether the network looks at which of two texts a token belongs to."""

    def explains(self, seen: TextDiff) -> bool:
        """Whether such a token is why the text may be cut or framed otherwise."""
        old = (*seen.old.bare.texts, *seen.old.framed.texts, *seen.old.paired.texts)
        return not set(self.lost).isdisjoint(old) or any(token in seen.text for token in self.came)

    def same(self, old: Tokens, new: Tokens) -> bool:
        """Whether two sides have the same tokens: by their ids, and by their texts where one of them has another id."""
        if set(self.moved).isdisjoint((*old.texts, *new.texts)):
            return old.ids == new.ids
        return old.texts == new.texts


def probe(pair: tuple[Encoder, Encoder], more: Iterable[str], told: Told, ahead: Opening | None = None) -> Probe:
    """Encode texts by both sides; ``more`` are those in which a change is likely to show.

    Where both sides are being opened ``ahead`` they are not opened again.
    """
    missing = next((one.library for one in pair if not one.available), None)
    if missing is not None:
        return Probe(problem=f"the package {missing} is not installed")
    tried = tuple(dict.fromkeys((*texts(), *more)))
    with sessions(*pair, ahead=ahead) as (old, new):
        seen = _encoded(tried, old, new)
        problem = _problem(seen)
        if problem:
            return Probe(problem=problem)
        seen = tuple(one for one in seen if _can_tell(one) and not told.explains(one))
        cut = tuple(one for one in seen if _is_cut(one, told))
        same = tuple(one for one in seen if not _is_cut(one, told))
        return Probe(
            tried=len(tried),
            differing=len(cut),
            cut=_shortest(cut, old, new, told) if cut else None,
            framed=min((one for one in same if _is_framed(one, told)), key=_size, default=None),
            decoded=min((one for one in same if one.old.decoded != one.new.decoded), key=_size, default=None),
        )


def _encoded(texts: Sequence[str], old: Session, new: Session) -> tuple[TextDiff, ...]:
    before, after = old.encode(texts), new.encode(texts)
    return tuple(TextDiff(text=t, old=a, new=b) for t, a, b in zip(texts, before, after, strict=True))


def _problem(seen: Sequence[TextDiff]) -> str:
    """Say why nothing can be concluded: a side that does not open here may open with another version of the library."""
    if any(one.old.problem in (UNLOADED, GAVE_UP) for one in seen):
        return f"the tokenizer of the baseline: {next(one.old.problem for one in seen if one.old.problem)}"
    return f"the tokenizer: {UNLOADED}" if any(one.new.problem == UNLOADED for one in seen) else ""


def _can_tell(seen: TextDiff) -> bool:
    return not seen.old.problem and seen.new.problem != UNREACHED


def _is_cut(seen: TextDiff, told: Told) -> bool:
    return bool(seen.new.problem) or not told.same(seen.old.bare, seen.new.bare)


def _is_framed(seen: TextDiff, told: Told) -> bool:
    old, new = seen.old, seen.new
    parted = told.typed and old.parts != new.parts
    return parted or not (told.same(old.framed, new.framed) and told.same(old.paired, new.paired))


def _size(seen: TextDiff) -> tuple[bool, int, str]:
    # A text of which nothing is left shows little.
    return not seen.old.bare.ids, len(seen.text), seen.text


def _shortest(cut: Sequence[TextDiff], old: Session, new: Session, told: Told) -> TextDiff:
    """Look for a part of the shortest text that is cut otherwise as well."""
    best = min(cut, key=_size)
    if best.new.problem:
        return best  # the library may be gone
    for _ in range(2):
        parts = _parts(best.text)
        seen = (one for one in _encoded(parts, old, new) if _can_tell(one) and not told.explains(one))
        best = min((one for one in seen if _is_cut(one, told) and not one.new.problem), key=_size, default=best)
    return best


def _parts(text: str) -> tuple[str, ...]:
    if len(text) > _LONG:
        words = _WORD.findall(text)
        found = [*words, *(word.strip() for word in words), *map("".join, pairwise(words))]
    else:
        found = [text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1)]
    return tuple(dict.fromkeys(part for part in found if part))
