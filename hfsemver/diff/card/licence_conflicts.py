"""Terms of a base that the licence of a release drops, though they go on in whatever is made of the base.

Only what is certain counts: a base whose licence is known here, and a licence of the release whose terms are known as well.
A licence that asks for the same in other words, or for more, drops nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.card.ancestry import ADAPTER, ADAPTER_FILE, CARD, read_ancestry
from hfsemver.diff.card.base_ids import base_id
from hfsemver.diff.card.base_licences import base_licences
from hfsemver.diff.card.licence_order import licence_table
from hfsemver.diff.card.licence_terms import read_terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.card.ancestry import Ancestry
    from hfsemver.diff.card.licence_order import KnownLicence
    from hfsemver.diff.card.licence_terms import Terms
    from hfsemver.releases.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceConflict:
    """The licence of a release, that of its bases, and the terms of theirs that it drops, in words."""

    location: Location
    own: str
    bases: tuple[str, ...]
    licence: str
    dropped: tuple[str, ...]


def licence_conflicts(release: Release) -> tuple[LicenceConflict, ...]:
    """Return one conflict for each licence of a base, sorted by its id.

    Raises ``EvidenceMissing`` where a text that nothing here reads may hold what the named licence lacks.
    """
    ancestry = read_ancestry(release)
    bases = dict(_known_bases(ancestry))
    if not bases:
        return ()
    told = read_terms(release)
    if told.own or not told.known:
        return ()
    adapter = ancestry.relation == "adapter" or any(
        path == ADAPTER or ADAPTER_FILE.fullmatch(path) for path in release.files
    )
    found = tuple(_conflicts(told, bases, adapter=adapter))
    if found and told.link:
        raise EvidenceMissing(CARD, f"whether {clipped(told.link, 80)} gives the terms of the base is not known")
    if found and told.text and not told.reading.whole:
        raise EvidenceMissing(told.text.file, "may give the terms of the base beside its own")
    return found


def _known_bases(ancestry: Ancestry) -> Iterator[tuple[str, KnownLicence]]:
    """Yield the bases whose licence is known, as they were written."""
    for written in dict.fromkeys((*ancestry.written, ancestry.adapter)):
        name = base_id(written)
        licence = base_licences().find(name) if name else None
        if licence:
            yield written, licence


def _conflicts(told: Terms, bases: dict[str, KnownLicence], *, adapter: bool) -> Iterator[LicenceConflict]:
    kept = frozenset[str]().union(*(licence.reach for licence in (*told.known, *told.added)))
    for licence in sorted(set(bases.values()), key=lambda known: known.id):
        dropped = base_licences().binding(licence, adapter=adapter) - kept
        if dropped:
            yield LicenceConflict(
                location=Location(file=CARD, pointer="license") if told.named else Location(file=_file(told)),
                own=str(told),
                bases=tuple(sorted(clipped(base, 80) for base, known in bases.items() if known == licence)),
                licence=licence.id,
                dropped=tuple(text for term, text in licence_table().words.items() if term in dropped),
            )


def _file(told: Terms) -> str:
    return told.text.file if told.text else CARD
