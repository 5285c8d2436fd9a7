"""The classes a classifier answers with, from whichever of their keys are written."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.diff.config_change import ABSENT, KeyChange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.diff.config_change import Absent
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

KEYS: Final = frozenset({"id2label", "label2id", "num_labels", "_num_labels"})
MOST_LABELS: Final = 1_000_000
"""Above this a count without names stays a count: it comes from an untrusted file."""

DEFAULT: Final[Mapping[str, JsonValue]] = MappingProxyType({"0": "LABEL_0", "1": "LABEL_1"})
"""What a configuration means that names no labels."""


def labels(config: JsonObject, default: JsonObject) -> dict[str, JsonValue]:
    """Return ``id2label``, and ``label2id`` where it is not simply the way back; nothing for the default labels.

    ``default`` holds the same keys as a class fills them in that has labels of its own.
    """
    written = _names(config)
    names = _names(default) if written is None else written
    found: dict[str, JsonValue] = {}
    count = config.get("num_labels")
    if written is None and isinstance(count, int) and count > MOST_LABELS:
        return {"num_labels": count}
    effective = dict(DEFAULT) if names is None else names
    if effective != DEFAULT:
        found["id2label"] = effective
    back = _ids(config.get("label2id"))
    if back and back != {str(name): label_id for label_id, name in effective.items()}:
        found["label2id"] = {
            name: int(label_id) if label_id.isdecimal() else label_id for name, label_id in back.items()
        }
    return found


def _names(config: JsonObject) -> dict[str, JsonValue] | None:
    written = config.get("id2label")
    if isinstance(written, dict) and written:
        return {_plain(key): value for key, value in written.items()}
    back = _ids(config.get("label2id"))
    if back:
        return {label_id: name for name, label_id in back.items()}
    count = config.get("num_labels")
    if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= MOST_LABELS:
        return {str(index): f"LABEL_{index}" for index in range(count)}
    return None


def _ids(value: JsonValue) -> dict[str, str]:
    return {name: _plain(label_id) for name, label_id in value.items()} if isinstance(value, dict) else {}


def _plain(key: JsonValue) -> str:
    """Write an id the same way whether it was ``7``, ``7.0``, ``"7"`` or ``"07"``."""
    if isinstance(key, float) and key.is_integer():
        return str(int(key))
    text = str(key)
    return str(int(text)) if text.isascii() and text.isdigit() and len(text) < 20 else text  # noqa: PLR2004 -- no id has 20 digits


def each_label(change: KeyChange) -> Iterator[KeyChange]:
    """Split a change of a label mapping into one change for each id or name, numbers in order."""
    implied: Mapping[str, JsonValue] = DEFAULT if change.key.endswith("id2label") else {}
    old, new = _side(change.old, implied), _side(change.new, implied)
    for key in sorted({*old, *new}, key=_in_order):
        one: JsonValue | Absent = old.get(key, ABSENT)
        other: JsonValue | Absent = new.get(key, ABSENT)
        if one != other:
            yield KeyChange(file=change.file, key=f"{change.key}.{key}", old=one, new=other)


def _side(value: JsonValue | Absent, implied: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    return value if isinstance(value, dict) else implied


def _in_order(key: str) -> tuple[int, int, str]:
    return (0, int(key), "") if key.isascii() and key.isdigit() else (1, 0, key)
