"""One changed key of a configuration file, and the way two values are compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import clipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.releases.formats.strict_json import JsonValue

_SHOWN = 80
_NAMED = 8
_ROOM = 240


class Absent(Enum):
    """The type of ``ABSENT``: a key that is not there, unlike one that holds ``null``."""

    ABSENT = "absent"

    def __str__(self) -> str:
        return self.value


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """One key of a JSON file, by dotted path; an absent side is ``ABSENT``, an empty path the file itself."""

    file: str
    key: str
    old: JsonValue | Absent
    new: JsonValue | Absent

    def __str__(self) -> str:
        if not self.key:
            return f"{self.file} {'removed' if self.new is ABSENT else 'added'}"
        return f"{clipped(self.key)} {shown(self.old)} -> {shown(self.new)}"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChanges:
    """Changes of one file that are told as one."""

    file: str
    changes: tuple[KeyChange, ...]

    @property
    def pointer(self) -> str:
        """The key of a single change, else the object that holds them all."""
        if len(self.changes) == 1:
            return self.changes[0].key
        heads = {change.key.rpartition(".")[0] for change in self.changes}
        return heads.pop() if len(heads) == 1 else ""

    @property
    def baseline(self) -> str:
        """All old values in one line."""
        return self._side([(change.key, change.old) for change in self.changes])

    @property
    def current(self) -> str:
        """All new values in one line."""
        return self._side([(change.key, change.new) for change in self.changes])

    def __str__(self) -> str:
        more = len(self.changes) - _NAMED
        return ", ".join(map(str, self.changes[:_NAMED])) + (f" and {more} more" if more > 0 else "")

    def _side(self, values: list[tuple[str, JsonValue | Absent]]) -> str:
        if len(values) == 1:
            return shown(values[0][1])
        return clipped(", ".join(f"{clipped(key)} {shown(value)}" for key, value in values), _ROOM)


def by_file(changes: Iterable[KeyChange]) -> Iterator[FileChanges]:
    """Group changes by file, in the order of the files."""
    found: dict[str, list[KeyChange]] = {}
    for change in changes:
        found.setdefault(change.file, []).append(change)
    for file in sorted(found):
        yield FileChanges(file=file, changes=tuple(found[file]))
