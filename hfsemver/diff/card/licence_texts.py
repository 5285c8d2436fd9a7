"""Which known licences a text is, and whether it says anything beside them.

The table is ``licence_texts.json``; whoever corrects it needs no code. A text that nothing there knows is no known licence:
nothing is guessed from its likeness to one.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from hfsemver.diff.card.licence_expression import expression_ids
from hfsemver.diff.card.licence_order import licence_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# Longer files are collections of texts, of which no single one is certain to be the licence of the release.
_LONGEST = 20_000
# What may stand in one place between the phrases of a text that is spelled out: the name of a holder.
_HOLDER = 25
# What may stand round the texts: headings, holders, an address.
_AROUND = 40
_LETTERS_PER_WORD = 30
# Letters of alphabets whose words are parted by blanks and read by most who check a licence; nothing reads the others.
_LATIN = re.compile(r"[0-9a-z\u00aa-\u024f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a text was found to be: ids of licences, and the words that make it them.

    It is ``whole`` when it says nothing else.
    """

    ids: frozenset[str] = frozenset()
    terms: str = ""
    whole: bool = False

    @property
    def is_one(self) -> bool:
        """Whether it is one known licence and nothing else."""
        return self.whole and len(self.ids) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passage:
    """Phrases in their order, without blanks: all the words of a text, or samples out of so many words."""

    id: str | None
    phrases: tuple[str, ...]
    words: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """Where a passage was found, and the places between the phrases of one that is spelled out; all in words."""

    passage: _Passage
    start: int
    end: int
    gaps: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Texts:
    passages: tuple[_Passage, ...]
    titles: Mapping[str, str]
    title: re.Pattern[str]
    binding: re.Pattern[str]
    plain: frozenset[str]
    contains: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Words:
    """A text as words, and without blanks, so that a word parted at the end of a line is the word."""

    words: Sequence[str]
    starts: Sequence[int]
    letters: str

    def at(self, offset: int) -> int:
        """Return the place of the word that holds this letter."""
        return bisect_right(self.starts, offset) - 1

    def find(self, passage: _Passage) -> Iterator[_Match]:
        """Yield each place where the passage stands."""
        longest = _LETTERS_PER_WORD * (passage.words[1] if passage.words else _HOLDER)
        begin = self.letters.find(passage.phrases[0])
        while begin >= 0:
            spans = [(begin, begin + len(passage.phrases[0]))]
            for phrase in passage.phrases[1:]:
                last = spans[-1][1]
                found = self.letters.find(phrase, last, last + longest + len(phrase))
                if found < 0:
                    break
                spans.append((found, found + len(phrase)))
            else:
                match = self._match(passage, [(self.at(a), self.at(b - 1) + 1) for a, b in spans])
                if match:
                    yield match
            begin = self.letters.find(passage.phrases[0], spans[0][1])

    def _match(self, passage: _Passage, spans: Sequence[tuple[int, int]]) -> _Match | None:
        start, end = spans[0][0], spans[-1][1]
        if passage.words:
            fits = passage.words[0] <= end - start <= passage.words[1]
            return _Match(passage=passage, start=start, end=end, gaps=()) if fits else None
        gaps = tuple((a[1], b[0]) for a, b in pairwise(spans) if a[1] < b[0])
        fits = all(to - since <= _HOLDER for since, to in gaps)
        return _Match(passage=passage, start=start, end=end, gaps=gaps) if fits else None


@lru_cache(maxsize=16)
def read_text(text: str, expressions: tuple[str, ...] = ()) -> Reading:
    """Say which known licences are in a text that ``licence_words`` returned, and in the SPDX expressions beside it."""
    words = text.split()
    if len(words) > _LONGEST:
        return Reading()
    table = _texts()
    held = _Words(words, list(accumulate(map(len, words), initial=0)), "".join(words))
    matches = sorted(_apart(match for passage in table.passages for match in held.find(passage)), key=lambda m: m.start)
    tagged = [expression_ids(expression) for expression in expressions]
    ids = {match.passage.id for match in matches}.union(*tagged) - {None}
    rest: list[str] = []
    for piece in _around(words, matches):
        named, left = _named(piece, table)
        ids |= named
        rest += left
    for match in matches:
        rest += (word for since, to in match.gaps for word in words[since:to])
    # A name alone may be a part of another one ("Adapted MIT License"), so that only words which say nothing may stand by it.
    certain = bool(expressions) or any(match.passage.id for match in matches)
    whole = says_nothing(rest) if certain else table.plain.issuperset(rest)
    # The GPL that an expression sets beside the LGPL is no part of it.
    several = frozenset[str]().union(*(named for named in tagged if len(named) > 1))
    return Reading(
        ids=_without_parts({name for name in ids if name}, table) | several,
        terms=" ".join(
            word
            for match in matches
            if match.passage.id and match.passage.words
            for word in words[match.start : match.end]
        ),
        whole=bool(ids) and all(tagged) and whole,
    )


def belongs_beside(text: str, licence: str) -> bool:
    """Whether the text of one licence belongs to another one, which is a supplement to it."""
    return text in _texts().contains.get(licence, ())


def says_nothing(words: Sequence[str]) -> bool:
    """Whether so few words, and none of them about what may be done, leave the terms as they are."""
    binding = _texts().binding
    few = len(words) <= _AROUND and sum(map(len, words)) <= _AROUND * _LETTERS_PER_WORD
    return few and all(_LATIN.fullmatch(word) and not binding.fullmatch(word) for word in words)


def _apart(matches: Iterable[_Match]) -> Iterator[_Match]:
    """Yield matches that do not overlap, the longest first."""
    taken: list[tuple[int, int]] = []
    for match in sorted(matches, key=lambda m: (m.start - m.end + sum(to - since for since, to in m.gaps), m.start)):
        place = (match.start, match.end)
        at = bisect_right(taken, place)
        # What is taken does not overlap, so that only the neighbours can.
        if (not at or taken[at - 1][1] <= match.start) and (at == len(taken) or match.end <= taken[at][0]):
            taken.insert(at, place)
            yield match


def _around(words: Sequence[str], matches: Sequence[_Match]) -> Iterator[Sequence[str]]:
    """Yield the words before, between and after the matches."""
    ends = [0, *(match.end for match in matches)]
    starts = [*(match.start for match in matches), len(words)]
    for since, to in zip(ends, starts, strict=True):
        if since < to:
            yield words[since:to]


def _named(piece: Sequence[str], table: _Texts) -> tuple[set[str], list[str]]:
    """Return the licences that stand by name between texts, and the words that are left."""
    line = " ".join(piece)
    # A title first: without its "++" the name of one licence is that of another.
    found = None if line in table.titles or len(piece) > _HOLDER else licence_table().find(line)
    if found:
        return {found.id}, []
    named = {table.titles[match[1]] for match in table.title.finditer(line)}
    return named, table.title.sub(" ", line).split()


def _without_parts(ids: set[str], table: _Texts) -> frozenset[str]:
    """Leave out a family beside its member, and a text that another one is made to stand beside."""
    licences = licence_table().licences
    parts = {part for name in ids for part in table.contains.get(name, ())}
    families = {name for name in ids if ids & set(licences[name].family)}
    return frozenset(ids - parts - families)


@cache
def _texts() -> _Texts:
    """Read the table that comes with the package."""
    data = json.loads(resources.files("hfsemver.diff.card").joinpath("licence_texts.json").read_text("utf-8"))
    titles = {title: name for name, entry in data["licences"].items() for title in entry.get("titles", ())}
    names = "|".join(sorted(map(re.escape, titles), key=len, reverse=True))
    stems = "|".join(sorted(data["binding"]["stems"]))
    words = "|".join(sorted(data["binding"]["words"]))
    return _Texts(
        passages=(
            *(_passage(name, entry) for name, held in data["licences"].items() for entry in held.get("texts", ())),
            *(_passage(None, entry) for entry in data["harmless"]),
        ),
        titles=MappingProxyType(titles),
        title=re.compile(rf"(?:\b(?:{'|'.join(data['leads'])}) (?:the |an? )?(?:terms of (?:the )?)?)?\b({names})\b"),
        binding=re.compile(rf"{words}|(?:{stems}).*"),
        plain=frozenset(data["plain"]),
        contains=MappingProxyType(
            {name: frozenset(entry["contains"]) for name, entry in data["licences"].items() if "contains" in entry}
        ),
    )


def _passage(name: str | None, entry: Mapping[str, list[str] | list[int]]) -> _Passage:
    words = entry.get("words")
    return _Passage(
        id=name,
        phrases=tuple(str(phrase).replace(" ", "") for phrase in entry["phrases"]),
        words=(int(words[0]), int(words[1])) if words else None,
    )
