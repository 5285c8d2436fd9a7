"""Terms of a base, or of data, that the licence of a release drops, though they go on in whatever is made of them.

Only what is certain counts: a licence of the base that is known here or to a Hub, and one of the release whose terms are known.
A licence that asks for the same in other words, or for more, drops nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.card.ancestry import ADAPTER, ADAPTER_FILE, CARD, read_ancestry
from hfsemver.diff.card.base_ids import address
from hfsemver.diff.card.base_licences import base_licences
from hfsemver.diff.card.licence_order import licence_table
from hfsemver.diff.card.licence_terms import read_terms
from hfsemver.diff.card.origins import DATA, licences_of_bases, licences_of_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hfsemver.diff.card.licence_order import KnownLicence
    from hfsemver.diff.card.licence_terms import Terms
    from hfsemver.diff.card.origins import Origins
    from hfsemver.releases.hub.hub import Hub
    from hfsemver.releases.release import Release

    Binding = Callable[[KnownLicence], frozenset[str]]

_HUB: Final = "https://huggingface.co"


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceConflict:
    """The licence of a release, that of its bases or data, and the terms of theirs that it drops, in words.

    ``page`` is where the first of the bases says so.
    """

    location: Location
    own: str
    bases: tuple[str, ...]
    licence: str
    dropped: tuple[str, ...]
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceConflicts:
    """Every conflict that is certain; ``missing`` is why there may be more, if any may."""

    found: tuple[LicenceConflict, ...] = ()
    missing: EvidenceMissing | None = None


def licence_conflicts(release: Release, hub: Hub | None = None) -> LicenceConflicts:
    """Return one conflict for each licence of a base, sorted by its id; there may be more where a ``hub`` does not answer.

    Raises ``EvidenceMissing`` where a text that nothing here reads may hold what the named licence lacks.
    """
    ancestry = read_ancestry(release)
    bases = licences_of_bases((*ancestry.written, ancestry.adapter), hub)
    adapter = ancestry.relation == "adapter" or any(
        path == ADAPTER or ADAPTER_FILE.fullmatch(path) for path in release.files
    )
    site = _HUB if hub is None else hub.endpoint
    return _certain(release, bases, lambda licence: base_licences().binding(licence, adapter=adapter), site)


def data_conflicts(release: Release, hub: Hub) -> LicenceConflicts:
    """Return one conflict for each licence of data that the card names, sorted by its id; raises as for bases."""
    data = licences_of_data(release.card.texts("datasets") if release.card else (), hub)
    return _certain(release, data, base_licences().binding_on_training, f"{hub.endpoint}/datasets")


def _certain(release: Release, origins: Origins, binding: Binding, site: str) -> LicenceConflicts:
    known: dict[str, KnownLicence] = {}
    missing = None
    try:
        known.update(origins)
    except EvidenceMissing as silence:
        missing = silence
    if not known and missing is None:
        return LicenceConflicts()
    told = read_terms(release)
    if told.own or not told.known:
        return LicenceConflicts()
    found = tuple(_conflicts(told, known, binding, site))
    if found and told.link:
        raise EvidenceMissing(CARD, f"whether {clipped(told.link, 80)} gives the terms of the base is not known")
    if found and told.text and not told.reading.whole:
        raise EvidenceMissing(told.text.file, "may give the terms of the base beside its own")
    return LicenceConflicts(found=found, missing=missing)


def _conflicts(told: Terms, bases: dict[str, KnownLicence], binding: Binding, site: str) -> Iterator[LicenceConflict]:
    kept = frozenset[str]().union(*(licence.reach for licence in (*told.known, *told.added)))
    for licence in sorted(set(bases.values()), key=lambda known: known.id):
        dropped = binding(licence) - kept
        if dropped:
            names = sorted(base for base, known in bases.items() if known == licence)
            yield LicenceConflict(
                location=Location(file=CARD, pointer="license") if told.named else Location(file=_file(told)),
                own=str(told),
                bases=tuple(clipped(base, 80) for base in names),
                licence=licence.id,
                dropped=tuple(text for term, text in licence_table().words.items() if term in dropped),
                page=clipped(f"{site}/{address(names[0].removeprefix(DATA))}", 200),
            )


def _file(told: Terms) -> str:
    return told.text.file if told.text else CARD
