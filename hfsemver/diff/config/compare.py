"""The keys of one configuration file that really changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.diff.config import labels as config_labels
from hfsemver.diff.config import rope as config_rope
from hfsemver.diff.config.change import ABSENT, KeyChange, same
from hfsemver.diff.config.defaults import UNKNOWN, TypeDefaults, type_defaults
from hfsemver.diff.config.derived import DEPTH
from hfsemver.diff.config.group import Group, group_of, group_of_change
from hfsemver.diff.config.lift import same_layout
from hfsemver.diff.config.reading import normalise
from hfsemver.diff.config.text import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.diff.config.change import Absent
    from hfsemver.diff.config.normal import NormalConfig
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

Grouped = tuple[Group, KeyChange]

# A short way of writing the key on the right: gone without a trace once the right one says the same.
_SHORTHAND: Final = {
    "sliding_window_pattern": "layer_types",
    "full_attention_interval": "layer_types",
    "global_attn_every_n_layers": "layer_types",
}


def normal_pair(old: JsonObject, new: JsonObject) -> tuple[NormalConfig, NormalConfig]:
    """Read both sides in one layout and with the defaults of their classes."""
    hints = old.get("model_type"), new.get("model_type")
    one, other = (hint if isinstance(hint, str) else None for hint in hints)
    old, new = same_layout(old, new, _text_keys)
    return normalise(old, type_defaults, one or other), normalise(new, type_defaults, other or one)


def _text_keys(nested: JsonObject) -> frozenset[str]:
    part, kind = nested.get(TEXT), nested.get("model_type")
    inner = part.get("model_type") if isinstance(part, dict) else None
    name = inner if isinstance(inner, str) else type_defaults(str(kind)).parts.get(TEXT, "")
    known = type_defaults(name)
    return frozenset({*known.values, *known.derived, *known.aliases})


def plainly_equal(old: JsonObject, new: JsonObject) -> bool:
    """Whether both sides spell out the same, so that no default matters."""

    def unknown(_: str) -> TypeDefaults:
        return UNKNOWN

    before, after = normalise(old, unknown), normalise(new, unknown)
    return (
        before.leaves.keys() == after.leaves.keys()
        and all(same(value, after.leaves[key]) for key, value in before.leaves.items())
        and {path: node.rope for path, node in before.nodes.items()}
        == {path: node.rope for path, node in after.nodes.items()}
    )


def changes(before: NormalConfig, after: NormalConfig, file: str) -> Iterator[Grouped]:
    """Yield every changed key of a file with its group, sorted by key; labels one by one."""
    found = {**_leaf_changes(before, after), **_rope_changes(before, after)}
    for path, (old, new) in sorted(_folded(found, before, after).items()):
        change = KeyChange(file=file, key=path, old=old, new=new)
        if isinstance(old if new is ABSENT else new, dict) and path in {*before.nodes, *after.nodes}:
            yield _part_group(change, path), change
        elif path.endswith(("id2label", "label2id")):
            count = path.rpartition(".")[0] + ".num_labels" if "." in path else "num_labels"
            for label in config_labels.each_label(change, before.effective(count), after.effective(count)):
                yield Group.LABELS, label
        else:
            yield Group.GEOMETRY if _follows_depth(change, found) else group_of_change(change), change


def _follows_depth(change: KeyChange, found: Mapping[str, Sides]) -> bool:
    """Whether a list with one entry a layer is longer or shorter because there are more or fewer layers."""
    if not isinstance(change.old, list) or not isinstance(change.new, list):
        return False
    prefix = change.key.rpartition(".")[0]
    depths = (found.get(f"{prefix}.{key}" if prefix else key) for key in DEPTH)
    return (len(change.old), len(change.new)) in depths


Sides = tuple["JsonValue | Absent", "JsonValue | Absent"]


def _leaf_changes(before: NormalConfig, after: NormalConfig) -> dict[str, Sides]:
    found: dict[str, Sides] = {}
    for path in {*before.leaves, *after.leaves}:
        old, new = before.effective(path), after.effective(path)
        if path.endswith("architectures"):
            old, new = _sorted(old), _sorted(new)
        elif path.endswith("sliding_window") and not same(old, new):
            old, new = _window(before, path, old), _window(after, path, new)
        if not same(old, new):
            found[path] = before.leaves.get(path, old), after.leaves.get(path, new)
    for path in [path for path in found if _is_shorthand(path, before, after) or _is_worked_out(path, before, after)]:
        del found[path]
    return found


def _is_worked_out(path: str, before: NormalConfig, after: NormalConfig) -> bool:
    """Whether a key of one side is only the library's own working, written out or taken back.

    The test: the file was written by another version of the library, and the class of that side works the key out.
    """
    if path in before.leaves and path in after.leaves:
        return False
    side = before if path in before.leaves else after
    return before.writer != after.writer and side.is_computed(path)


def _window(config: NormalConfig, path: str, width: JsonValue | Absent) -> JsonValue | Absent:
    """Return the width of the attention window, none where the window is switched off."""
    switch = path.removesuffix("sliding_window") + "use_sliding_window"
    return None if config.effective(switch) is False else width


def _sorted(value: JsonValue | Absent) -> JsonValue | Absent:
    if value == []:
        return ABSENT
    return sorted(value, key=str) if isinstance(value, list) else value


def _is_shorthand(path: str, before: NormalConfig, after: NormalConfig) -> bool:
    prefix, _, name = path.rpartition(".")
    if name not in _SHORTHAND or (path in before.leaves and path in after.leaves):
        return False
    meant = f"{prefix}.{_SHORTHAND[name]}" if prefix else _SHORTHAND[name]
    old, new = before.effective(meant), after.effective(meant)
    return old not in (ABSENT, None) and new not in (ABSENT, None) and same(old, new)


def _rope_changes(before: NormalConfig, after: NormalConfig) -> dict[str, Sides]:
    found: dict[str, Sides] = {}
    for prefix in {*before.nodes, *after.nodes}:
        for key, old, new in config_rope.differences(before.rope(prefix), after.rope(prefix)):
            found[f"{prefix}.{key}" if prefix else key] = old, new
    return found


def _folded(found: dict[str, Sides], before: NormalConfig, after: NormalConfig) -> dict[str, Sides]:
    """Make one change of a whole object that one side does not have at all."""
    folds: dict[str, list[str]] = {}
    for path in found:
        top = _lone_object(path, before, after)
        folds.setdefault(path if top is None else top, []).append(path)
    out: dict[str, Sides] = {}
    for top, paths in folds.items():
        if paths == [top]:
            out[top] = found[top]
            continue
        gone = all(found[path][1] is ABSENT for path in paths)
        value: JsonValue = {
            path[len(top) + 1 :]: _value(found[path][0] if gone else found[path][1]) for path in sorted(paths)
        }
        out[top] = (value, ABSENT) if gone else (ABSENT, value)
    return out


def _value(value: JsonValue | Absent) -> JsonValue:
    return None if value is ABSENT else value


def _lone_object(path: str, before: NormalConfig, after: NormalConfig) -> str | None:
    """Return the outermost object around a key of which the other side holds nothing and implies nothing."""
    parts = path.split(".")
    for length in range(1, len(parts)):
        top = ".".join(parts[:length])
        for side in (before, after):
            holds = top in side.nodes or any(leaf.startswith(f"{top}.") for leaf in side.leaves)
            if not holds and "rope_parameters" not in parts[:length] and side.effective(path) is ABSENT:
                return top
    return None


def _part_group(change: KeyChange, path: str) -> Group:
    """Return the group of a nested configuration that came or went as a whole."""
    value = change.old if change.new is ABSENT else change.new
    names = value if isinstance(value, dict) else {}
    if any(group_of(f"{path}.{name}") in (Group.GEOMETRY, Group.ARCHITECTURE) for name in names):
        return Group.ARCHITECTURE
    return Group.OTHER
