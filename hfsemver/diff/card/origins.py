"""What a Hub says of the licences of what a release was made from: its bases, those of its bases, and its data.

Each model is asked about once, and a name that nobody knows ends its line. What is known comes first; a Hub that does not answer,
and more repositories than are asked for, are missing evidence at the end.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.card.ancestry import CARD
from hfsemver.diff.card.base_ids import address, base_id
from hfsemver.diff.card.base_licences import base_licences
from hfsemver.diff.card.licence_order import licence_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.core.card import CardData
    from hfsemver.diff.card.licence_order import KnownLicence
    from hfsemver.releases.hub.hub import Hub

    Origins = Iterator[tuple[str, KnownLicence]]

DATA: Final = "datasets/"
"""What some write before the name of a data set, as its page has it."""
MOST: Final = 24
"""Repositories that one release is followed to; more make no pedigree, and every one of them is a request."""


def licences_of_bases(written: Iterable[str], hub: Hub | None) -> Origins:
    """Yield each base whose licence is known, as it is written, with that licence; the nearest come first.

    Without a ``hub``, and where it does not answer, they are the bases themselves, by the table of well-known ones. Raises
    ``EvidenceMissing`` behind them where it did not answer, and where there are more than ``MOST``.
    """
    waiting, seen = deque(filter(None, written)), set[str]()
    silence: EvidenceMissing | None = None
    while waiting:
        base = waiting.popleft()
        name, id_ = base_id(base), address(base)
        if name is None or id_ is None or name in seen:
            continue
        if len(seen) == MOST:
            raise silence or _too_many("bases")
        seen.add(name)
        try:
            told = hub.model(id_) if hub is not None else None
        except EvidenceMissing as error:
            told, silence = None, silence or error
        licence = (_licence(told.card) if told else None) or base_licences().find(name)
        if licence:
            yield base, licence
        if told:
            waiting.extend(told.card.texts("base_model"))
    if silence is not None:
        raise silence


def licences_of_data(written: Iterable[str], hub: Hub) -> Origins:
    """Yield each data set whose licence the Hub knows, as it is written. Raises ``EvidenceMissing`` as for bases."""
    for place, data in enumerate(dict.fromkeys(written)):
        if place == MOST:
            raise _too_many("data sets")
        id_ = address(data.removeprefix(DATA))
        told = hub.dataset(id_) if id_ is not None else None
        licence = _licence(told.card) if told else None
        if licence:
            yield data, licence


def _too_many(what: str) -> EvidenceMissing:
    return EvidenceMissing(
        CARD, f"the licences of more than {MOST} {what} were not asked for", hint="look at them by hand"
    )


def _licence(card: CardData) -> KnownLicence | None:
    """Return the one licence that a card names, ``None`` for none, several and those whose terms no id tells."""
    written = card.texts("license")
    return licence_table().find(written[0]) if len(written) == 1 else None
