"""How strict licences are, as a partial order: each is the set of what it asks for and forbids.

The table is ``licences.json``; whoever corrects it needs no code.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Words that people add to a licence's name or leave out of it.
_FILLER = re.compile(r"\b(?:the|licen[cs]e|agreement|community|version)\b|v(?=[.\s]?\d)")
_SUFFIX = re.compile(r"[-\s](?:only|or[-\s]later)$|(?<=\d)\+$")
_SEPARATOR = re.compile(r"[^a-z0-9+]+")


SAY_NOTHING = frozenset({"other", "unknown"})
"""Ids that name no licence: a name, a link or a text has to."""

UNDETERMINED = SAY_NOTHING | {"cc"}
"""Ids that do not settle the terms; ``cc`` stands for anything from the public domain to no changed versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLicence:
    """A licence that the Hub knows: its terms, and its ``reach``, which is its terms with all that they imply.

    ``name`` is what the Hub calls it in full. ``line`` names the licences that derived works may change over to; ``family``
    lists the members of a family id.
    """

    id: str
    name: str = ""
    terms: frozenset[str] = frozenset()
    reach: frozenset[str] = frozenset()
    line: str | None = None
    family: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceTable:
    """All known licences by id, what their terms say in words and imply, and the terms that restrict no use."""

    licences: Mapping[str, KnownLicence]
    implies: Mapping[str, frozenset[str]]
    words: Mapping[str, str]
    permissive: frozenset[str]
    spellings: Mapping[str, str]

    def resolve(self, name: str) -> str | None:
        """Return the id that a name spells (``Apache License 2.0``, ``CC BY-NC 4.0``), ``None`` for an unknown one."""
        return name if name in self.licences else self.spellings.get(spelling(name))

    def find(self, name: str) -> KnownLicence | None:
        """Return the licence that a name spells, if that settles its terms."""
        found = self.resolve(name)
        return None if found is None or found in UNDETERMINED else self.licences[found]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsChange:
    """Terms that a licence gained and lost against another, in words."""

    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def spelling(name: str) -> str:
    """Return what two spellings of one licence have in common.

    >>> spelling("Apache License, Version 2.0") == spelling("apache-2.0")
    True
    """
    text = _SUFFIX.sub("", name.casefold().strip())
    return _SEPARATOR.sub("", _FILLER.sub("", text))


@cache
def licence_table() -> LicenceTable:
    """Read the table that comes with the package."""
    data = json.loads(resources.files("hfsemver.diff.card").joinpath("licences.json").read_text("utf-8"))
    implies = {term: frozenset(entry["terms"]) for term, entry in data["implies"].items()}
    licences = {
        name: KnownLicence(
            id=name,
            name=entry["name"],
            terms=frozenset(entry.get("terms", ())),
            reach=reach_of(entry.get("terms", ()), implies),
            line=entry.get("line"),
            family=tuple(entry.get("family", ())),
        )
        for name, entry in data["licences"].items()
    }
    return LicenceTable(
        licences=MappingProxyType(licences),
        implies=MappingProxyType(implies),
        words=MappingProxyType(data["terms"]),
        permissive=frozenset(data["permissive"]),
        spellings=MappingProxyType(
            {
                spelling(name): target
                for name, target in (
                    *data["aliases"].items(),
                    *((licence.name, licence.id) for licence in licences.values()),
                    *((i, i) for i in licences),
                )
            }
        ),
    )


def reach_of(terms: Iterable[str], implies: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return terms with all that they imply."""
    return frozenset(terms).union(*(implies.get(term, frozenset()) for term in terms))


def compare_terms(old: Iterable[KnownLicence], new: Iterable[KnownLicence]) -> TermsChange:
    """Say what the new licences ask for beyond the old ones, and what they no longer ask for.

    Several licences count together: the Hub gives a list no meaning, so nobody may assume that they can choose.
    """
    before, after = tuple(old), tuple(new)
    had, has = _reach(before), _reach(after)
    gained = _words(term for licence in after for term in licence.terms - had)
    lost = _words(term for licence in before for term in licence.terms - has)
    lines = {licence.line for licence in before} - {None}
    # A derived work can be under one licence of this kind only: another one is another obligation, no smaller one.
    # Where no derived work could be published before, any such licence is more than there was.
    if lines and "no-derivatives" not in had:
        gained += tuple(
            f"publish derived works under {x.id}" for x in after if x.line is not None and x.line not in lines
        )
    return TermsChange(gained=gained, lost=lost)


def is_permissive(licences: Iterable[KnownLicence]) -> bool:
    """Whether the terms restrict no use: they ask for notices, credit and peace alone."""
    return _reach(licences) <= licence_table().permissive


def is_refinement(old: str, new: str) -> bool:
    """Whether one id is a family and the other a member of it: the same terms, said more or less precisely."""
    licences = licence_table().licences
    return any(a in licences and b in licences[a].family for a, b in ((old, new), (new, old)))


def _reach(licences: Iterable[KnownLicence]) -> frozenset[str]:
    return frozenset[str]().union(*(licence.reach for licence in licences))


def _words(terms: Iterable[str]) -> tuple[str, ...]:
    """Say terms in words, in the order of the table."""
    wanted = frozenset(terms)
    return tuple(text for term, text in licence_table().words.items() if term in wanted)
