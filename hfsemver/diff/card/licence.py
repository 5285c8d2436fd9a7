"""Whether the licence of a release became stricter or looser: by its id in the card, by its name, and by its text.

What is certain is compared term by term. Terms that only a text gives have no place in any order, so any change among
them may forbid what was allowed, and counts as tighter; the exceptions, each with its reason, stand where they are made.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.card.licence_order import TermsChange, compare_terms, is_permissive, is_refinement
from hfsemver.diff.card.licence_terms import read_terms
from hfsemver.diff.card.licence_texts import says_nothing
from hfsemver.diff.files.subjects import Subject, Unjudged

if TYPE_CHECKING:
    from hfsemver.diff.card.licence_order import KnownLicence
    from hfsemver.diff.card.licence_terms import Terms
    from hfsemver.releases.formats.licence import LicenceText
    from hfsemver.releases.release import Release

CARD = "README.md"
_SHOWN = 12


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
    """At most one change in all: a new id claims the new text that comes with it.

    ``unjudged`` is a text that may or may not say what the id says.
    """

    tightened: tuple[LicenceChange, ...] = ()
    loosened: tuple[LicenceChange, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()


def compare_licences(baseline: Release | None, current: Release) -> LicenceDiff:
    """Compare what both releases say about their licence."""
    # Most releases say what the one before said; which licence the text is matters only where they do not.
    if baseline is None or _statement(baseline) == _statement(current):
        return LicenceDiff()
    return _judge(read_terms(baseline), read_terms(current))


def _statement(release: Release) -> tuple[object, ...]:
    """Return all that terms are read from."""
    card = release.card
    fields = () if card is None else tuple(card.texts(key) for key in ("license", "license_name", "license_link"))
    return (*fields, release.licence)


def _judge(old: Terms, new: Terms) -> LicenceDiff:
    if not (old.named or new.named):
        return _judge_unnamed(old, new)
    if _is_same_name(old, new):
        return _judge_texts(old, new)
    # The card begins or ends to name the terms that the file goes on to give, or gives them another name.
    if old.text and _same_text(old, new) and (not old.named or not new.named or not (old.known or new.known)):
        return LicenceDiff()
    if old.bare:
        # Without a licence nobody may do anything, so that any licence gives permission.
        return LicenceDiff(loosened=(_change(old, new, "a licence is stated for the first time"),))
    if new.bare:
        return LicenceDiff(tightened=(_change(old, new, "no licence is stated any more, so nothing permits the use"),))
    beside = () if _same_text(old, new) else _contradicting(new)
    now = (*new.known, *beside)
    if old.known and now and not old.own and not new.own:
        return _judge_terms(old, new, old.known, now)
    if now and not new.own and is_permissive(now):
        # Nearly all terms of a publisher's own restrict some use; these restrict none.
        return LicenceDiff(loosened=(_change(old, new, "terms of its own gave way to a permissive licence"),))
    return LicenceDiff(
        tightened=(_change(old, new, "the terms have no common order, so uses may have become unlawful"),)
    )


def _judge_unnamed(old: Terms, new: Terms) -> LicenceDiff:
    """The text is all that is said."""
    if _same_text(old, new):
        return LicenceDiff()
    if old.text and new.text:
        return _judge_replaced(old, old.text, new, new.text)
    if new.text:
        return LicenceDiff(loosened=(_change(old, new, "a licence is stated for the first time"),))
    return LicenceDiff(tightened=(_change(old, new, "no licence is stated any more"),))


def _judge_terms(
    old: Terms, new: Terms, before: tuple[KnownLicence, ...], now: tuple[KnownLicence, ...]
) -> LicenceDiff:
    terms = compare_terms(before, now)
    if terms.lost and is_permissive(now) and not is_permissive(before):
        # Notices, credit and peace weigh less than any restriction: nobody calls gemma to apache-2.0 a tightening.
        return LicenceDiff(loosened=(_change(old, new, "restrictions gave way to a permissive licence", terms),))
    if terms.gained:
        meaning = "asks for more and for less, so uses may have become unlawful" if terms.lost else "asks for more"
        return LicenceDiff(tightened=(_change(old, new, meaning, terms),))
    if terms.lost:
        return LicenceDiff(loosened=(_change(old, new, "asks for less", terms),))
    return LicenceDiff()


def _judge_texts(old: Terms, new: Terms) -> LicenceDiff:
    """The names are the same, or say the same."""
    if _same_text(old, new):
        return LicenceDiff()
    if old.text and new.text:
        return _judge_replaced(old, old.text, new, new.text)
    if not new.own:
        return _judge_beside(old, new)
    # A name of its own is given its text, or loses it.
    return LicenceDiff() if old.text is None else _judge_unsaid(old, old.text, new)


def _judge_unsaid(old: Terms, text: LicenceText, new: Terms) -> LicenceDiff:
    """The only text of terms that no table knows is gone while their name stays: nothing permits what it permitted.

    Where another text is named that cannot be read here, it may say the same.
    """
    if old.known and old.reading.whole and not old.added:
        # The text of a known licence beside it, which its id goes on to name.
        return LicenceDiff()
    if new.link:
        words = f"{text.file} is gone, and whether {clipped(new.link, 80)} says what it said is not known"
        return LicenceDiff(unjudged=(Unjudged(subject=Subject.TERMS, words=words),))
    meaning = f"the text of {new} is gone, so nothing says any more what is permitted"
    change = LicenceChange(location=Location(file=text.file), old=_digest(text), new="", meaning=meaning)
    return LicenceDiff(tightened=(change,))


def _judge_replaced(old: Terms, text: LicenceText, new: Terms, now: LicenceText) -> LicenceDiff:
    """Another text under the same name: a change of terms, unless it is certain what both texts are."""
    if not new.own:
        before, after = old.reading.terms, new.reading.terms
        if old.only and new.only and old.only != new.only:
            return _judge_terms(old, new, (*old.known, old.only), (*new.known, new.only))
        if old.only and new.only and (before == after or not (before and after)):
            # The same words under another heading, for another holder, or for the name of the licence alone.
            return LicenceDiff()
        if new.known and new.reading.whole and not old.reading.ids and says_nothing(text.words.split()):
            # A stopgap ("the text follows") permitted nothing, so that nothing goes with it.
            return _judge_beside(old, new)
    if old.identity != new.identity and new.named:
        # A more exact id claims the text that comes with it.
        return LicenceDiff()
    name = str(new) if new.named else "the licence"
    return LicenceDiff(tightened=(_text_change(text, now, name),))


def _judge_beside(old: Terms, new: Terms) -> LicenceDiff:
    """A text comes or goes beside the id of a known licence.

    The id says what the terms are, and the text says it again: right only where it does. A release with both binds to
    both. When the text goes, what it asked for beside the id goes with it, and nobody loses by that; but a text that
    nothing here knows may have permitted more, so that nobody is told that it went well.
    """
    told = new if new.text else old
    if told.reading.whole and not _asks_more(told):
        return LicenceDiff()
    other = _contradicting(told)
    if not other:
        return LicenceDiff(unjudged=(Unjudged(subject=Subject.TERMS, words=_doubt(old, new, told)),))
    both, name = (*told.known, *other), other[0].id
    if told is old:
        terms = compare_terms(both, told.known)
        return LicenceDiff(loosened=(_change(old, new, f"the text of {name} stands beside {new} no more", terms),))
    terms = compare_terms(told.known, both)
    return LicenceDiff(
        tightened=(_change(old, new, f"the text beside {new} is that of {name}, which asks for more", terms),)
    )


def _contradicting(told: Terms) -> tuple[KnownLicence, ...]:
    """The other licence that the text certainly is, where it asks for more than the licences that are named."""
    certain = told.alone and told.reading.is_one and not told.own
    return told.added if certain and _asks_more(told) else ()


def _asks_more(told: Terms) -> bool:
    # Beside a restriction it matters little whether notices, credit and peace are asked for as well.
    little = is_permissive(told.added) and not is_permissive(told.known)
    return not little and bool(compare_terms(told.known, (*told.known, *told.added)).gained)


def _doubt(old: Terms, new: Terms, told: Terms) -> str:
    file = told.text.file if told.text else CARD
    became = "is gone" if new.text is None else "changed" if old.text else "is new"
    texts = ", ".join(sorted(told.reading.ids))
    if not texts:
        why = "nothing here knows its text"
    elif not told.reading.whole:
        why = f"it says more than the text of {texts}"
    else:
        why = f"it is the text of {texts}, which may be one of several or for a part"
    return f"{file} {became} beside {told}, and {why}"


def _text_change(old: LicenceText, new: LicenceText, name: str) -> LicenceChange:
    return LicenceChange(
        location=Location(file=new.file),
        old=_digest(old),
        new=_digest(new),
        meaning=f"the text of {name} changed",
        words=first_difference(old.words, new.words),
    )


def _change(old: Terms, new: Terms, meaning: str, terms: TermsChange | None = None) -> LicenceChange:
    text = new.text or old.text
    if text is None or ((old.named or new.named) and not _is_same_name(old, new)):
        location, sides = Location(file=CARD, pointer="license"), (str(old), str(new))
    else:
        location, sides = Location(file=text.file), (_said(old), _said(new))
    return LicenceChange(location=location, old=sides[0], new=sides[1], meaning=meaning, terms=terms or TermsChange())


def _said(told: Terms) -> str:
    """What the card and the file say together."""
    added = (licence.id for licence in told.added) if told.reading.whole else ()
    return ", ".join((str(told), *added))


def _is_same_name(old: Terms, new: Terms) -> bool:
    """Whether both sides name the same licences, one of them more exactly than the other at most."""
    refined = len(old.names) == len(new.names) == 1 and is_refinement(old.names[0], new.names[0])
    return old.identity == new.identity or refined


def _same_text(old: Terms, new: Terms) -> bool:
    if old.text is None or new.text is None:
        return old.text is new.text
    return _compact(old.text) == _compact(new.text)


def _compact(licence: LicenceText) -> str:
    # Without blanks, so that a word parted at the end of a line is the word.
    return licence.words.replace(" ", "")


def _digest(licence: LicenceText) -> str:
    return "text " + hashlib.sha256(_compact(licence).encode()).hexdigest()[:12]


def first_difference(old: str, new: str) -> str:
    """Return the first words in which two texts differ, with a few before them, as two lines."""
    before, after = old.split(), new.split()
    at = next((i for i, (a, b) in enumerate(zip_longest(before, after)) if a != b), 0)
    start = max(0, at - _SHOWN // 2)
    shown = (" ".join(words[start : start + 2 * _SHOWN]) for words in (before, after))
    return "\n".join(f"{sign} ... {text} ..." for sign, text in zip("-+", shown, strict=True))
