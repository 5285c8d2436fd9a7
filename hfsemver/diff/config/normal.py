"""A ``config.json`` as its dotted keys, free of spelling, and what every key that it leaves out would be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hfsemver.diff.config import labels as config_labels
from hfsemver.diff.config import quantization as config_quantization
from hfsemver.diff.config import rope as config_rope
from hfsemver.diff.config.change import ABSENT
from hfsemver.diff.config.defaults import GENERIC, UNKNOWN, TypeDefaults
from hfsemver.diff.config.derived import derive
from hfsemver.diff.config.text import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hfsemver.diff.config.change import Absent
    from hfsemver.diff.config.rope import Rope
    from hfsemver.releases.formats.strict_json import JsonValue

    DefaultsOf = Callable[[str], TypeDefaults]

PACKING: Final = "quantization_config."


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One configuration inside the file: the top, or a nested part, with the defaults of its class."""

    defaults: TypeDefaults
    rope: Rope | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalConfig:
    """The keys that a file spells out, by dotted path, and its nested configurations by path (the top is empty).

    ``writer`` is the version of transformers that wrote the file, empty where it does not say.
    """

    leaves: Mapping[str, JsonValue]
    nodes: Mapping[str, Node] = field(default_factory=dict)
    writer: str = ""
    defaults_of: DefaultsOf = field(default=lambda _: UNKNOWN)

    def effective(self, path: str) -> JsonValue | Absent:
        """Return what is written, else what would be filled in, ``ABSENT`` where that is not known."""
        written = self.leaves.get(path, ABSENT)
        return self._implied(path) if written is ABSENT else written

    def _implied(self, path: str) -> JsonValue | Absent:
        prefix, rest = self._owner(path)
        if path == "model_type":
            return ABSENT  # the type of the file itself is never filled in
        if rest.rpartition(".")[2] == "dtype":
            return self._dtype(prefix, rest)
        if rest.startswith(PACKING):
            return self._packing(prefix, rest.removeprefix(PACKING))
        defaults, inner, rest = self._class_of(prefix, rest)
        formula = defaults.derived.get(rest)
        if formula:
            return derive(formula, lambda key: self._plain_value(defaults, inner, key))
        return _default(defaults, rest)

    def _class_of(self, prefix: str, rest: str) -> tuple[TypeDefaults, str, str]:
        """Follow a path into nested configurations that are left out; return the class, its path and what is left."""
        defaults = self.nodes[prefix].defaults
        head, _, tail = rest.partition(".")
        while tail and head in defaults.parts:
            defaults, prefix, rest = self.defaults_of(defaults.parts[head]), join(prefix, head), tail
            head, _, tail = rest.partition(".")
        return defaults, prefix, rest

    def _plain_value(self, defaults: TypeDefaults, prefix: str, key: str) -> JsonValue | Absent:
        """Return what a formula may look at: nothing that is itself worked out, so that no two wait for each other."""
        written = self.leaves.get(join(prefix, key), ABSENT)
        return _default(defaults, key) if written is ABSENT else written

    def rope(self, prefix: str) -> Rope:
        """Return the rope of a nested configuration, also of one that is left out; empty where there is none."""
        if prefix in self.nodes:
            return self.nodes[prefix].rope or {}
        defaults, _, rest = self._class_of(*self._owner(f"{prefix}.rope"))
        return class_rope(defaults) if rest == "rope" else {}

    def is_computed(self, path: str) -> bool:
        """Whether the class works a key out, or reads it to work out others, in a way that is not known here."""
        prefix, rest = self._owner(path)
        defaults = self.nodes[prefix].defaults
        head = rest.partition(".")[0]
        if head in defaults.consumed:
            return True
        return head in defaults.derived and (not defaults.derived[head] or isinstance(self.leaves.get(path), list))

    def _owner(self, path: str) -> tuple[str, str]:
        """Return the nested configuration that a path lies in, and the path inside it."""
        prefix = path
        while prefix:
            prefix = prefix.rpartition(".")[0]
            if prefix in self.nodes:
                break
        return prefix, path[len(prefix) + 1 :] if prefix else path

    def _packing(self, prefix: str, key: str) -> JsonValue | Absent:
        """Return the default of a key of a quantisation scheme, ``ABSENT`` where nothing is quantised."""
        section = join(prefix, PACKING)
        if not any(path.startswith(section) for path in self.leaves):
            return ABSENT
        return config_quantization.implied(key, self.leaves.get(f"{section}quant_method", ABSENT))

    def _dtype(self, prefix: str, rest: str) -> JsonValue | Absent:
        """Return the dtype of the nearest configuration around a part; for the top, that of its text part."""
        if not prefix and rest == "dtype":
            return self.leaves.get(join(TEXT, "dtype"), ABSENT)
        outer = prefix
        while outer:
            outer = outer.rpartition(".")[0]
            if outer in self.nodes and join(outer, "dtype") in self.leaves:
                return self.leaves[join(outer, "dtype")]
        return self.leaves.get("dtype", ABSENT)


def rope_section(defaults: TypeDefaults) -> dict[str, JsonValue]:
    """Return the rope that a class fills in, as ``rope_parameters``."""
    section = defaults.values.get("rope_parameters")
    if isinstance(section, dict):
        return section
    return {key: defaults.values[key] for key in ("rope_theta", "partial_rotary_factor") if key in defaults.values}


def class_rope(defaults: TypeDefaults) -> Rope:
    """Return the rope that a class fills in, in its one shape."""
    return config_rope.rope({}, rope_section(defaults)) or {}


def _default(defaults: TypeDefaults, rest: str) -> JsonValue | Absent:
    if rest == "model_type":
        return ABSENT if defaults.model_type is None else defaults.model_type
    if rest.startswith("rope_parameters."):
        return config_rope.leaves(class_rope(defaults)).get(rest, ABSENT)
    if rest in config_labels.KEYS:
        return config_labels.labels({}, defaults.values).get(rest, GENERIC.get(rest, ABSENT))
    if rest in defaults.values:
        return defaults.values[rest]
    head, _, tail = rest.partition(".")
    inner = defaults.values.get(head)
    while tail and isinstance(inner, dict):
        if tail in inner:
            return inner[tail]
        head, _, tail = tail.partition(".")
        inner = inner.get(head)
    return GENERIC.get(rest, ABSENT)


def join(prefix: str, key: str) -> str:
    """Return the dotted path of a key."""
    return f"{prefix}.{key}" if prefix else key
