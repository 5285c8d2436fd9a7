"""The members of a large JSON object, those that stand in another one in the same words read only once.

A release mostly has the vocabulary of the one before it, and a vocabulary is most of the work on a ``tokenizer.json``.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from json import JSONDecoder

_MOST: Final = 8
_BLANKS: Final = r"[ \t\n\r]*+"
_OPEN: Final = re.compile(rf"{_BLANKS}\{{")
# A key with an escape is left to the parser, which knows what it stands for.
_KEY: Final = re.compile(rf'{_BLANKS}"([^"\\\x00-\x1f]*+)"{_BLANKS}:{_BLANKS}')
_NEXT: Final = re.compile(rf"{_BLANKS}([,}}])")
_END: Final = re.compile(rf"{_BLANKS}\Z")
# A vocabulary in a file of its own has a key for every token, and no member that is large.
_MOST_KEYS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member that is an array or an object, and the text that its value was read from."""

    key: str
    words: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A text in which a string of its own stands for the value of each of some members."""

    rest: str
    members: Mapping[str, Member]

    def mended(self, value: Any) -> Any:
        """Return what the whole text means, of what the rest means; ``None`` where a cut was made in another place."""
        if not isinstance(value, dict):
            return None
        marks = {member.key: mark for mark, member in self.members.items()}
        if any(value.get(key) != mark or self.rest.count(mark) > 1 for key, mark in marks.items()):
            return None
        return {key: self.members[marks[key]].value if key in marks else inner for key, inner in value.items()}


@dataclass(frozen=True, eq=False, slots=True)
class Members:
    """The members of ``large`` and more characters of the objects that were read; the first eight are kept.

    The value of such a member ends where it closes, so that the same text means the same wherever it stands.
    """

    large: int = 1 << 16
    _known: list[Member] = field(default_factory=list)

    def cut(self, text: str) -> Cut | None:
        """Cut out of a text what seem to be members that are known; ``None`` where none is in it."""
        found: dict[str, Member] = {}
        unforeseen = secrets.token_hex()  # or a text could hold it as well, spelled with escapes
        for member in self._known:
            place = self._place(member, text) if all(member.key != one.key for one in found.values()) else None
            if place is not None:
                mark = f"{unforeseen} {len(found)}"
                found[mark] = member
                text = f'{text[:place]}"{mark}"{text[place + len(member.words) :]}'
        return Cut(rest=text, members=MappingProxyType(found)) if found else None

    @staticmethod
    def _place(member: Member, text: str) -> int | None:
        keys = re.finditer(rf'"{re.escape(member.key)}"{_BLANKS}:{_BLANKS}', text)
        return next((key.end() for key in keys if text.startswith(member.words, key.end())), None)

    def read(self, text: str, decoder: JSONDecoder) -> tuple[list[tuple[str, Any]], list[Member]] | None:
        """Return keys and values of an object in their order, and its large members, to be remembered if nothing is amiss.

        ``None`` for a text that is no object, one of many members, or one with a fault between them: who reads it in one go
        hears of it.
        Raises what ``decoder`` raises on a value.
        """
        pairs: list[tuple[str, Any]] = []
        found: list[Member] = []
        mark = _OPEN.match(text)
        while mark and mark[0][-1] != "}":
            key = _KEY.match(text, mark.end())
            if key is None or len(pairs) == _MOST_KEYS:
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
        # The largest first: it may hold what looks like another one.
        self._known.sort(key=lambda member: len(member.words), reverse=True)
