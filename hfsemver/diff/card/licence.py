"""Whether the licence of a release became stricter or looser: by its id in the card, by its name, and by its text.

What is certain is compared term by term. Terms that only a text gives have no place in any order, so any change among
them may forbid what was allowed, and counts as tighter; the exceptions, each with its reason, are in ``_judge``.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.diff.card.licence_order import (
    SAY_NOTHING,
    TermsChange,
    compare_terms,
    is_permissive,
    is_refinement,
    licence_table,
    spelling,
)

if TYPE_CHECKING:
    from hfsemver.diff.card.licence_order import KnownLicence
    from hfsemver.releases.formats.licence import LicenceText
    from hfsemver.releases.release import Release

CARD = "README.md"
_SHOWN = 12
# The same file of the same repository, whatever the branch and the way of looking at it.
_LINK = re.compile(r"^https?://(?:www\.)?(?:huggingface\.co|hf\.co)/.+/(?:blob|resolve|raw)/[^/]+/", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceChange:
    """One change of terms: where it stands, both sides in a word, and what it means.

    ``words`` are the first words of the text that differ.
    """

    location: Location
    old: str
    new: str
    meaning: str
    terms: TermsChange = field(default_factory=TermsChange)
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class LicenceDiff:
    """At most one change in all: a new id claims the new text that comes with it."""

    tightened: tuple[LicenceChange, ...] = ()
    loosened: tuple[LicenceChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a release says about its licence.

    ``known`` are licences with known terms, ``own`` names of terms that only their text gives.
    """

    known: tuple[KnownLicence, ...]
    own: tuple[str, ...]
    text: LicenceText | None

    @property
    def bare(self) -> bool:
        """Whether no terms are stated at all."""
        return not (self.known or self.own or self.text)

    @property
    def names(self) -> tuple[str, ...]:
        """All licences, by id where one is known."""
        return (*(licence.id for licence in self.known), *self.own)

    @property
    def identity(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What makes two statements the same, whatever their spelling and order."""
        return tuple(sorted(k.id for k in self.known)), tuple(sorted({spelling(name) or name for name in self.own}))

    def __str__(self) -> str:
        return ", ".join(self.names) or (self.text.file if self.text else "none")


def compare_licences(baseline: Release | None, current: Release) -> LicenceDiff:
    """Compare what both releases say about their licence."""
    if baseline is None:
        return LicenceDiff()
    return _judge(read_terms(baseline), read_terms(current))


def read_terms(release: Release) -> Terms:
    """Gather id, name, link and text.

    ``other`` stands for its ``license_name``, else for the file that its link names.
    """
    card, table = release.card, licence_table()
    known: dict[str, KnownLicence] = {}
    own: list[str] = []
    for written in card.texts("license") if card else ():
        name = written
        if card and table.resolve(name) in SAY_NOTHING:
            name = card.text("license_name") or _LINK.sub("", card.text("license_link") or "")
        found = table.find(name)
        if found:
            known[found.id] = found
        elif name and table.resolve(name) not in SAY_NOTHING:
            own.append(name)
    return Terms(known=tuple(known.values()), own=tuple(own), text=release.licence)


def _judge(old: Terms, new: Terms) -> LicenceDiff:
    if old.identity == new.identity:
        return _judge_texts(old, new)
    # The card begins or ends to name the terms that the file goes on to give, or gives them another name.
    only_named = not old.names or not new.names or not (old.known or new.known)
    if (_same_text(old, new) and only_named) or _is_refined(old, new):
        return LicenceDiff()
    if old.bare:
        # Without a licence nobody may do anything, so that any licence gives permission.
        return LicenceDiff(loosened=(_change(old, new, "a licence is stated for the first time"),))
    if new.bare:
        return LicenceDiff(tightened=(_change(old, new, "no licence is stated any more, so nothing permits the use"),))
    if old.known and new.known and not old.own and not new.own:
        return _judge_terms(old, new)
    if new.known and not new.own and is_permissive(new.known):
        # Nearly all terms of a publisher's own restrict some use; these restrict none.
        return LicenceDiff(loosened=(_change(old, new, "terms of its own gave way to a permissive licence"),))
    return LicenceDiff(
        tightened=(_change(old, new, "the terms have no common order, so uses may have become unlawful"),)
    )


def _judge_terms(old: Terms, new: Terms) -> LicenceDiff:
    terms = compare_terms(old.known, new.known)
    if terms.lost and is_permissive(new.known) and not is_permissive(old.known):
        # Notices, credit and peace weigh less than any restriction: nobody calls gemma to apache-2.0 a tightening.
        return LicenceDiff(loosened=(_change(old, new, "restrictions gave way to a permissive licence", terms),))
    if terms.gained:
        meaning = "asks for more and for less, so uses may have become unlawful" if terms.lost else "asks for more"
        return LicenceDiff(tightened=(_change(old, new, meaning, terms),))
    if terms.lost:
        return LicenceDiff(loosened=(_change(old, new, "asks for less", terms),))
    return LicenceDiff()


def _judge_texts(old: Terms, new: Terms) -> LicenceDiff:
    # A text that comes or goes beside the same name changes no terms: the name says which they are.
    if old.text is None or new.text is None or _compact(old.text) == _compact(new.text):
        if old.names or (old.text is None) == (new.text is None):
            return LicenceDiff()
        meaning = "a licence is stated for the first time" if new.text else "no licence is stated any more"
        change = _change(old, new, meaning)
        return LicenceDiff(loosened=(change,)) if new.text else LicenceDiff(tightened=(change,))
    change = LicenceChange(
        location=Location(file=new.text.file),
        old=_digest(old.text),
        new=_digest(new.text),
        meaning=f"the text of {new} changed" if new.names else "the text of the licence changed",
        words=first_difference(old.text.text, new.text.text),
    )
    return LicenceDiff(tightened=(change,))


def _change(old: Terms, new: Terms, meaning: str, terms: TermsChange | None = None) -> LicenceChange:
    in_card = bool(old.names or new.names)
    text = new.text or old.text
    location = Location(file=CARD, pointer="license") if in_card or text is None else Location(file=text.file)
    return LicenceChange(location=location, old=str(old), new=str(new), meaning=meaning, terms=terms or TermsChange())


def _is_refined(old: Terms, new: Terms) -> bool:
    return len(old.names) == len(new.names) == 1 and is_refinement(old.names[0], new.names[0])


def _same_text(old: Terms, new: Terms) -> bool:
    return old.text is not None and new.text is not None and _compact(old.text) == _compact(new.text)


def _compact(licence: LicenceText) -> str:
    # Without blanks, so that a word parted at the end of a line is the word.
    return licence.text.replace(" ", "")


def _digest(licence: LicenceText) -> str:
    return "text " + hashlib.sha256(_compact(licence).encode()).hexdigest()[:12]


def first_difference(old: str, new: str) -> str:
    """Return the first words in which two texts differ, with a few before them, as two lines."""
    before, after = old.split(), new.split()
    at = next((i for i, (a, b) in enumerate(zip_longest(before, after)) if a != b), 0)
    start = max(0, at - _SHOWN // 2)
    shown = (" ".join(words[start : start + 2 * _SHOWN]) for words in (before, after))
    return "\n".join(f"{sign} ... {text} ..." for sign, text in zip("-+", shown, strict=True))
