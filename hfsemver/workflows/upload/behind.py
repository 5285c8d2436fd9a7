"""Files of a folder that differ from those on the Hub only by what a release wrote there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.access import PATH as ACCESS
from hfsemver.core.errors import FormatError
from hfsemver.core.surface import PATH as SURFACE
from hfsemver.core.version import Version
from hfsemver.publish.card import with_version
from hfsemver.releases.formats.card import read_card
from hfsemver.releases.signing.bundle import SIGNATURE
from hfsemver.workflows.bump.contents import LIMIT
from hfsemver.workflows.bump.request import CARD, CHANGELOG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.card import CardData
    from hfsemver.releases.release import Release

GIT_ATTRIBUTES: Final = ".gitattributes"
"""What goes into the store of large files. A Hub adds a line for each such file that none of its lines names."""
_OWN: Final = (SURFACE, ACCESS, SIGNATURE)
"""What each release writes anew, so that a copy in a folder is of no use to it."""
_GROWING: Final = (CHANGELOG, GIT_ATTRIBUTES)


def behind(folder: Release, hub: Release) -> frozenset[str]:
    """Return the files that a folder has in the state before a release: an older version in the card, fewer entries in the changelog."""
    return frozenset(_behind(folder, hub))


def _behind(folder: Release, hub: Release) -> Iterator[str]:
    yield from (path for path in _OWN if path in folder.files and path in hub.files)
    if CARD in folder.files and CARD in hub.files and _is_former_card(folder.read(CARD, LIMIT), hub.read(CARD, LIMIT)):
        yield CARD
    for path in _GROWING:
        if path in folder.files and path in hub.files:
            here, there = ((side.read(path, LIMIT) or b"").splitlines() for side in (folder, hub))
            rest = iter(there)
            if all(line in rest for line in here):
                yield path


def _is_former_card(here: bytes | None, there: bytes | None) -> bool:
    try:
        declared, released = (Version.of(card.text("version") if card else None) for card in map(_card, (here, there)))
        if released is None or (declared is not None and declared > released):
            return False
        return here != there and with_version(here, str(released)) == there
    except FormatError:
        return False  # told by the rules about cards


def _card(data: bytes | None) -> CardData | None:
    return read_card(data or b"", CARD)
