"""One entry of the list of everything that differs between two releases, whatever a version promises about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfsemver.core.location import Location


class ChangeKind(StrEnum):
    """What changed; ``UNKNOWN`` is what could not be compared, and therefore no change that is known of."""

    FILE = "file"
    CARD = "card"
    TEMPLATE = "template"
    TENSORS = "tensors"
    VALUES = "values"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is different at one place, in a few words, and both sides of it where they say more.

    ``Change(kind=ChangeKind.FILE, location=Location(file="vocab.txt"), current="231.5 kB", words="added")``
    """

    kind: ChangeKind
    location: Location
    words: str
    baseline: str = ""
    current: str = ""
