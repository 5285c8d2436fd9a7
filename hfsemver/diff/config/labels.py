"""The classes a classifier answers with, from whichever of their keys are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.diff.config.change import ABSENT, KeyChange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.config.change import Absent
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

KEYS: Final = frozenset({"id2label", "label2id", "num_labels", "_num_labels"})
COUNT: Final = "num_labels"
DEFAULT_COUNT: Final = 2
_LONGEST_ID: Final = 18


def labels(config: JsonObject, default: JsonObject) -> dict[str, JsonValue]:
    """Return what differs from two classes named ``LABEL_0`` and ``LABEL_1``, under one key for each fact.

    ``num_labels`` is how many classes there are, ``id2label`` their names unless they are only numbered,
    ``label2id`` is left out where it is simply the way back.
    ``default`` holds the same keys as a class fills them in that has labels of its own.
    """
    names = _names(config)
    count = _count(config) if names is None else len(names)
    if names is None and count is None:
        names = _names(default)
        count = _count(default) if names is None else len(names)
    count = DEFAULT_COUNT if count is None else count
    found: dict[str, JsonValue] = {}
    if count != DEFAULT_COUNT:
        found["num_labels"] = count
    if names is not None and any(name != _numbered(label_id, count) for label_id, name in names.items()):
        found["id2label"] = names
    back = _ids(config.get("label2id"))
    if back and not _is_way_back(back, names, count):
        found["label2id"] = {**back}
    return found


def _names(config: JsonObject) -> dict[str, JsonValue] | None:
    written = config.get("id2label")
    if isinstance(written, dict) and written:
        return {_plain(key): value for key, value in written.items()}
    back = _ids(config.get("label2id"))
    return {label_id: name for name, label_id in back.items()} if back else None


def _count(config: JsonObject) -> int | None:
    count = config.get("num_labels")
    return count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None


def _numbered(label_id: str, count: int) -> str | None:
    """Return the name that an id has where classes are only numbered, ``None`` for one that there is not."""
    return f"LABEL_{label_id}" if label_id.isdecimal() and int(label_id) < count else None


def _is_way_back(back: dict[str, str], names: dict[str, JsonValue] | None, count: int) -> bool:
    if names is None:
        return len(back) == count and all(name == _numbered(label_id, count) for name, label_id in back.items())
    return back == {str(name): label_id for label_id, name in names.items()}


def _ids(value: JsonValue) -> dict[str, str]:
    return {name: _plain(label_id) for name, label_id in value.items()} if isinstance(value, dict) else {}


def _plain(key: JsonValue) -> str:
    """Write an id the same way whether it was ``7``, ``7.0``, ``"7"`` or ``"07"``."""
    if isinstance(key, float) and key.is_integer():
        return str(int(key))
    text = str(key)
    return str(int(text)) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID else text


def each_label(change: KeyChange, old_count: JsonValue | Absent, new_count: JsonValue | Absent) -> Iterator[KeyChange]:
    """Split a change of a label mapping into one change for each id or name, numbers in order.

    The counts are the effective ``num_labels`` of both sides: they tell the names of classes that are only numbered.
    """
    numbered = change.key.endswith("id2label")
    old, new = _side(change.old), _side(change.new)
    for key in sorted({*old, *new}, key=_in_order):
        one = old.get(key, _implied(key, old_count) if numbered and change.old is ABSENT else ABSENT)
        other = new.get(key, _implied(key, new_count) if numbered and change.new is ABSENT else ABSENT)
        if one != other:
            yield KeyChange(file=change.file, key=f"{change.key}.{key}", old=one, new=other)


def _implied(label_id: str, count: JsonValue | Absent) -> JsonValue | Absent:
    name = _numbered(label_id, count if isinstance(count, int) else DEFAULT_COUNT)
    return ABSENT if name is None else name


def _side(value: JsonValue | Absent) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _in_order(key: str) -> tuple[int, int, str]:
    return (0, int(key), "") if key.isascii() and key.isdigit() and len(key) <= _LONGEST_ID else (1, 0, key)
