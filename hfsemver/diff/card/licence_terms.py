"""What a release says about its licence: by its id in the card, by its name, and by its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.diff.card.licence_order import SAY_NOTHING, is_refinement, licence_table, spelling
from hfsemver.diff.card.licence_texts import Reading, belongs_beside, read_text
from hfsemver.releases.formats.licence import is_licence, is_of_a_part

if TYPE_CHECKING:
    from hfsemver.diff.card.licence_order import KnownLicence
    from hfsemver.releases.formats.licence import LicenceText
    from hfsemver.releases.release import Release

# The same file of the same repository, whatever the branch and the way of looking at it.
_LINK = re.compile(r"^https?://(?:www\.)?(?:huggingface\.co|hf\.co)/.+/(?:blob|resolve|raw)/[^/]+/", re.IGNORECASE)
_PAGE = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a release says about its licence.

    ``known`` are licences with known terms, ``own`` names of terms that only their text gives. Where the card names none
    (``named``), a text that is one known licence stands for its name. ``alone`` is a text for all of the release, without
    another licence file beside it. ``link`` leads to a text that is not read: a page outside, or another file of the release.
    """

    known: tuple[KnownLicence, ...]
    own: tuple[str, ...]
    named: bool
    text: LicenceText | None
    reading: Reading
    alone: bool
    link: str = ""

    @property
    def bare(self) -> bool:
        """Whether no terms are stated at all."""
        return not (self.named or self.text)

    @property
    def names(self) -> tuple[str, ...]:
        """All licences, by id where one is known."""
        return (*(licence.id for licence in self.known), *self.own)

    @property
    def identity(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What makes two statements the same, whatever their spelling and order."""
        return tuple(sorted(k.id for k in self.known)), tuple(sorted({spelling(name) or name for name in self.own}))

    @property
    def added(self) -> tuple[KnownLicence, ...]:
        """The licences whose text stands here and that nothing names: whoever takes the release has to keep to them too."""
        table = licence_table()
        return tuple(
            table.licences[name]
            for name in sorted(self.reading.ids)
            if not any(name == k or is_refinement(name, k) or belongs_beside(name, k) for k in self.names)
        )

    @property
    def only(self) -> KnownLicence | None:
        """The one licence that the whole text is, where it is one."""
        return licence_table().licences[min(self.reading.ids)] if self.reading.is_one else None

    def __str__(self) -> str:
        return ", ".join(self.names) or (self.text.file if self.text else "none")


def read_terms(release: Release) -> Terms:
    """Gather id, name, link and text.

    ``other`` stands for its ``license_name``, else for the file that its link names.
    """
    card, table = release.card, licence_table()
    text = release.licence
    reading = Reading() if text is None else read_text(text.text, text.expressions)
    known: dict[str, KnownLicence] = {}
    own: list[str] = []
    for written in card.texts("license") if card else ():
        name = written
        if card and table.resolve(name) in SAY_NOTHING:
            name = card.text("license_name") or _LINK.sub("", card.text("license_link") or "")
        found = table.find(name)
        if found is None and text is not None and name.removeprefix("./") == text.file and reading.is_one:
            found = table.licences[min(reading.ids)]  # what the link leads to is read here
        if found:
            known[found.id] = found
        elif name and table.resolve(name) not in SAY_NOTHING:
            own.append(name)
    named = bool(known or own)
    if not named and reading.is_one:
        known = {name: table.licences[name] for name in reading.ids}
    return Terms(
        known=tuple(known.values()),
        own=tuple(own),
        named=named,
        text=text,
        reading=reading,
        alone=text is not None and not is_of_a_part(text.file) and sum(map(is_licence, release.files)) == 1,
        link=_unread_link(release),
    )


def _unread_link(release: Release) -> str:
    link = (release.card.text("license_link") if release.card else None) or ""
    is_file = link in release.files and not is_licence(link)
    # A page of the Hub may be one of another repository.
    return link if is_file or _PAGE.match(link) else ""
