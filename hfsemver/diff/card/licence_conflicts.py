"""Terms of a base, or of data, that the licence of a release drops, though they go on in whatever is made of them.

Only what is certain counts: a licence of the base that is known here or to a Hub, and one of the release whose terms are known.
A licence that asks for the same in other words, or for more, drops nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.card.ancestry import ADAPTER, ADAPTER_FILE, CARD, read_ancestry
from hfsemver.diff.card.base_licences import base_licences
from hfsemver.diff.card.licence_order import licence_table
from hfsemver.diff.card.licence_terms import read_terms
from hfsemver.diff.card.origins import licences_of_bases, licences_of_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hfsemver.diff.card.licence_order import KnownLicence
    from hfsemver.diff.card.licence_terms import Terms
    from hfsemver.releases.hub.hub import Hub
    from hfsemver.releases.release import Release

    Binding = Callable[[KnownLicence], frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceConflict:
    """The licence of a release, that of its bases or data, and the terms of theirs that it drops, in words."""

    location: Location
    own: str
    bases: tuple[str, ...]
    licence: str
    dropped: tuple[str, ...]


def licence_conflicts(release: Release, hub: Hub | None = None) -> tuple[LicenceConflict, ...]:
    """Return one conflict for each licence of a base, sorted by its id.

    Raises ``EvidenceMissing`` where a text that nothing here reads may hold what the named licence lacks, and where a ``hub``
    that is asked for licences does not answer.
    """
    ancestry = read_ancestry(release)
    bases = dict(licences_of_bases((*ancestry.written, ancestry.adapter), hub))
    adapter = ancestry.relation == "adapter" or any(
        path == ADAPTER or ADAPTER_FILE.fullmatch(path) for path in release.files
    )
    return _certain(release, bases, lambda licence: base_licences().binding(licence, adapter=adapter))


def data_conflicts(release: Release, hub: Hub) -> tuple[LicenceConflict, ...]:
    """Return one conflict for each licence of data that the card names, sorted by its id; raises as for bases."""
    data = dict(licences_of_data(release.card.texts("datasets") if release.card else (), hub))
    return _certain(release, data, base_licences().binding_on_training)


def _certain(release: Release, origins: dict[str, KnownLicence], binding: Binding) -> tuple[LicenceConflict, ...]:
    if not origins:
        return ()
    told = read_terms(release)
    if told.own or not told.known:
        return ()
    found = tuple(_conflicts(told, origins, binding))
    if found and told.link:
        raise EvidenceMissing(CARD, f"whether {clipped(told.link, 80)} gives the terms of the base is not known")
    if found and told.text and not told.reading.whole:
        raise EvidenceMissing(told.text.file, "may give the terms of the base beside its own")
    return found


def _conflicts(told: Terms, bases: dict[str, KnownLicence], binding: Binding) -> Iterator[LicenceConflict]:
    kept = frozenset[str]().union(*(licence.reach for licence in (*told.known, *told.added)))
    for licence in sorted(set(bases.values()), key=lambda known: known.id):
        dropped = binding(licence) - kept
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
