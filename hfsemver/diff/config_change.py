"""One changed key of a configuration file, and the way two values are compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import clipped

if TYPE_CHECKING:
    from hfsemver.releases.formats.strict_json import JsonValue

_SHOWN = 80


class Absent(Enum):
    """The type of ``ABSENT``: a key that is not there, unlike one that holds ``null``."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """One key of a JSON file, by dotted path; an absent side is ``ABSENT``, an empty path the file itself."""

    file: str
    key: str
    old: JsonValue | Absent
    new: JsonValue | Absent

    def __str__(self) -> str:
        return f"{clipped(self.key)} {shown(self.old)} -> {shown(self.new)}" if self.key else f"{self.file} removed"


def shown(value: JsonValue | Absent) -> str:
    """Return a value as one short line of JSON, ``-`` for an absent one."""
    if value is ABSENT:
        return "-"
    return clipped(json.dumps(value, ensure_ascii=False, sort_keys=True), _SHOWN)


def same(old: JsonValue | Absent, new: JsonValue | Absent) -> bool:
    """Whether two values mean the same: ``1`` and ``1.0`` do, ``1`` and ``true`` do not, ``null`` is like absent."""
    if old is ABSENT or new is ABSENT:
        return (old is ABSENT or old is None) and (new is ABSENT or new is None)
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same, old, new))
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return all(same(old.get(key, ABSENT), new.get(key, ABSENT)) for key in {*old, *new})
    return old == new
