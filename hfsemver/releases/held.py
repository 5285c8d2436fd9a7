"""Large files of settings, remembered only as long as somebody is working with them.

A vocabulary takes a hundred megabytes once it is read, and there is one in each of two releases.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hfsemver.releases.formats.json_members import Members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.formats.strict_json import JsonObject


@dataclass(slots=True)
class Held:
    """What is remembered of one release while there are ``holders``; ``members`` are those of all that are held together."""

    holders: int = 0
    content: dict[str, JsonObject] = field(default_factory=dict)
    members: Members | None = None


@contextmanager
def holding(*releases: Held) -> Iterator[None]:
    """Remember large files of settings until the end of the block: several readers parse each of them once.

    What two releases have in common, a vocabulary most of all, is parsed once for both.
    """
    shared = next((one.members for one in releases if one.members), None) or Members()
    for held in releases:
        held.holders += 1
        held.members = held.members or shared
    try:
        yield
    finally:
        for held in releases:
            held.holders -= 1
            if not held.holders:
                held.content.clear()
                held.members = None
