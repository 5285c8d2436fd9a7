"""The members of a large JSON object, those that stand in another one in the same words read only once.

A release mostly has the vocabulary of the one before it, and a vocabulary is most of the work on a ``tokenizer.json``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from json import JSONDecoder

_MOST: Final = 8
_BLANKS: Final = r"[ \t\n\r]*+"
_OPEN: Final = re.compile(rf"{_BLANKS}\{{")
# A key with an escape is left to the parser, which knows what it stands for.
_KEY: Final = re.compile(rf'{_BLANKS}"([^"\\\x00-\x1f]*+)"{_BLANKS}:{_BLANKS}')
_NEXT: Final = re.compile(rf"{_BLANKS}([,}}])")
_END: Final = re.compile(rf"{_BLANKS}\Z")
_MARK: Final = "this stands for what was read before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member that is an array or an object, and the text that its value was read from."""

    key: str
    words: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A text in which a string stands for the value of one member."""

    rest: str
    member: Member

    def mended(self, value: Any) -> Any:
        """Return what the whole text means, of what the rest means; ``None`` where the cut was made in another place."""
        if not isinstance(value, dict) or value.get(self.member.key) != _MARK or self.rest.count(_MARK) > 1:
            return None
        return {**value, self.member.key: self.member.value}


@dataclass(frozen=True, eq=False, slots=True)
class Members:
    """The members of ``large`` and more characters of the objects that were read; the first eight are kept.

    The value of such a member ends where it closes, so that the same text means the same wherever it stands.
    """

    large: int = 1 << 16
    _known: list[Member] = field(default_factory=list)

    def cut(self, text: str) -> Cut | None:
        """Cut out of a text what seems to be a member that is known; ``None`` where none is in it."""
        for member in self._known:
            for place in re.finditer(rf'"{re.escape(member.key)}"{_BLANKS}:{_BLANKS}', text):
                start = place.end()
                if text.startswith(member.words, start):
                    return Cut(rest=f'{text[:start]}"{_MARK}"{text[start + len(member.words) :]}', member=member)
        return None

    def read(self, text: str, decoder: JSONDecoder) -> tuple[list[tuple[str, Any]], list[Member]] | None:
        """Return keys and values of an object in their order, and its large members, to be remembered if nothing is amiss.

        ``None`` for a text that is no object, or one with a fault between its members: who reads it in one go hears of it.
        Raises what ``decoder`` raises on a value.
        """
        pairs: list[tuple[str, Any]] = []
        found: list[Member] = []
        mark = _OPEN.match(text)
        while mark and mark[0][-1] != "}":
            key = _KEY.match(text, mark.end())
            if key is None:
                return None
            start = key.end()
            value, end = decoder.raw_decode(text, start)
            pairs.append((key[1], value))
            if end - start >= self.large and isinstance(value, dict | list):
                found.append(Member(key=key[1], words=text[start:end], value=value))
            mark = _NEXT.match(text, end)
        return (pairs, found) if mark and _END.match(text, mark.end()) else None

    def remember(self, found: list[Member]) -> None:
        """Keep what was found in a text that is without fault."""
        self._known.extend(found[: _MOST - len(self._known)])
