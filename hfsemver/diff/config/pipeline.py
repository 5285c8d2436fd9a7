"""The parts of a diffusers pipeline: what ``model_index.json`` names, and the configuration of each part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.diff.config.change import ABSENT, KeyChange, same
from hfsemver.diff.config.compare import Grouped, normal_pair
from hfsemver.diff.config.compare import changes as key_changes
from hfsemver.diff.config.group import Group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.config.change import Absent
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue
    from hfsemver.releases.release import Release

INDEX: Final = "model_index.json"
_PART_FILES: Final = ("config.json", "scheduler_config.json")
_IGNORED: Final = frozenset({"_diffusers_version", "_name_or_path", "_commit_hash"})


def changes(baseline: Release, current: Release) -> Iterator[Grouped]:
    """Yield what changed in the index and, for every part that both sides name, in its own configuration."""
    old, new = baseline.model_index, current.model_index
    if old is None:
        return
    if new is None:
        yield Group.ARCHITECTURE, KeyChange(file=INDEX, key="", old=old.get("_class_name"), new=ABSENT)
        return
    for key in sorted({*old, *new} - _IGNORED):
        one, other = _part(old.get(key, ABSENT)), _part(new.get(key, ABSENT))
        if not same(one, other):
            kind = isinstance(one, list) or isinstance(other, list) or key == "_class_name"
            group = Group.ARCHITECTURE if kind else Group.OTHER
            yield group, KeyChange(file=INDEX, key=key, old=one, new=other)
    for part in sorted({*old} & {*new}):
        if isinstance(_part(old[part]), list) and isinstance(_part(new[part]), list):
            yield from _part_changes(baseline, current, part)


def _part(value: JsonValue | Absent) -> JsonValue | Absent:
    """Return the library and class of a part; ``[null, null]`` is a part left out."""
    return ABSENT if isinstance(value, list) and not any(value) else value


def _part_changes(baseline: Release, current: Release, part: str) -> Iterator[Grouped]:
    for name in _PART_FILES:
        file = f"{part}/{name}"
        old, new = baseline.json(file), current.json(file)
        if old is not None and new is None:
            yield Group.ARCHITECTURE, KeyChange(file=file, key="", old=_kind(old), new=ABSENT)
        elif old is not None and new is not None:
            for group, change in key_changes(*normal_pair(old, new), file):
                yield (Group.OTHER if group is Group.CONTEXT else group), change


def _kind(config: JsonObject) -> JsonValue:
    return config.get("_class_name", config.get("model_type"))
