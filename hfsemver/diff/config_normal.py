"""A ``config.json`` as its dotted keys, free of spelling, and what every key that it leaves out would be."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.diff import config_labels, config_quantization, config_rope
from hfsemver.diff.config_change import ABSENT
from hfsemver.diff.config_defaults import GENERIC, UNKNOWN, TypeDefaults
from hfsemver.diff.config_derived import derive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hfsemver.diff.config_change import Absent
    from hfsemver.diff.config_rope import Rope
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

    DefaultsOf = Callable[[str], TypeDefaults]

IGNORED: Final = frozenset({
    "_attn_implementation", "_attn_implementation_autoset", "_attn_implementation_internal", "_commit_hash",
    "_diffusers_version", "_experts_implementation", "_flash_attn_2_enabled", "_from_model_config", "_name_or_path",
    "_sliding_window_pattern", "name_or_path", "transformers_version", "transformers_weights",
})  # fmt: skip
"""Who wrote the file, from where, and how it was to be run there: no promise to anybody."""

_SPELLINGS: Final = MappingProxyType({"torch_dtype": "dtype", "_pad_token_id": "pad_token_id"})

# A value that a class replaces as it reads it: the first Gemma releases meant the other function by this name.
_MEANT: Final = MappingProxyType({("gemma", "hidden_act", "gelu"): "gelu_pytorch_tanh"})

# Names of layer kinds before and after transformers 5.
_LAYER_KINDS: Final = MappingProxyType({"attention": "full_attention", "mamba": "linear_attention"})


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
        node = self.nodes[prefix]
        if rest.split(".")[-1] == "dtype":
            return self._dtype(prefix, rest)
        if rest in node.defaults.derived:
            return derive(node.defaults.derived[rest], lambda key: self._plain_value(node, prefix, key))
        defaults = node.defaults
        head, _, tail = rest.partition(".")
        while tail and head in defaults.parts:
            defaults = self.defaults_of(defaults.parts[head])
            rest = tail
            head, _, tail = rest.partition(".")
        return _default(defaults, rest)

    def _plain_value(self, node: Node, prefix: str, key: str) -> JsonValue | Absent:
        """Return what a formula may look at: nothing that is itself worked out, so that no two wait for each other."""
        written = self.leaves.get(_join(prefix, key), ABSENT)
        return _default(node.defaults, key) if written is ABSENT else written

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

    def _dtype(self, prefix: str, rest: str) -> JsonValue | Absent:
        """Return the dtype of the nearest configuration around a part; for the top, that of its text part."""
        if not prefix and rest == "dtype":
            return self.leaves.get("text_config.dtype", ABSENT)
        outer = prefix
        while outer:
            outer = outer.rpartition(".")[0]
            if outer in self.nodes and _join(outer, "dtype") in self.leaves:
                return self.leaves[_join(outer, "dtype")]
        return self.leaves.get("dtype", ABSENT)


def _default(defaults: TypeDefaults, rest: str) -> JsonValue | Absent:
    if rest == "model_type":
        return ABSENT if defaults.model_type is None else defaults.model_type
    if rest.startswith("rope_parameters.") and "rope_parameters" in defaults.values:
        section = defaults.values["rope_parameters"]
        layers = config_rope.rope({}, section if isinstance(section, dict) else {})
        return config_rope.leaves(layers or {}).get(rest, ABSENT)
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


def _join(prefix: str, key: str) -> str:
    return f"{prefix}.{key}" if prefix else key


def normalise(config: JsonObject, defaults_of: DefaultsOf, hint: str | None = None) -> NormalConfig:
    """Read a configuration; ``hint`` is its model type where it does not say itself."""
    leaves: dict[str, JsonValue] = {}
    nodes: dict[str, Node] = {}
    _walk(config, "", hint or "", _Walk(leaves=leaves, nodes=nodes, defaults_of=defaults_of))
    return NormalConfig(
        leaves=MappingProxyType(leaves),
        nodes=MappingProxyType(nodes),
        writer=str(config.get("transformers_version") or ""),
        defaults_of=defaults_of,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    leaves: dict[str, JsonValue]
    nodes: dict[str, Node]
    defaults_of: DefaultsOf


def _walk(config: JsonObject, prefix: str, hint: str, walk: _Walk) -> None:
    kind = config.get("model_type")
    is_fixed, hint = hint.startswith("="), hint.removeprefix("=")
    defaults = walk.defaults_of(kind if isinstance(kind, str) and kind and not is_fixed else hint)
    config = _respelled(config, defaults)
    if is_fixed and defaults.model_type:
        config = {**config, "model_type": defaults.model_type}
    default_rope = defaults.values.get("rope_parameters")
    layers = config_rope.rope(config, default_rope if isinstance(default_rope, dict) else {})
    walk.nodes[prefix] = Node(defaults=defaults, rope=layers)
    for key, value in config_labels.labels(config).items():
        walk.leaves[_join(prefix, key)] = value
    packed = config_quantization.quantization(config)
    for key, value in (packed or {}).items():
        if key in config and value == config[key]:
            continue  # said twice
        _put(_join(prefix, f"quantization_config.{key}"), value, walk.leaves)
    skipped = IGNORED | config_labels.KEYS | config_rope.KEYS | {*config_quantization.SECTIONS}
    for key, value in config.items():
        if key in skipped:
            continue
        path = _join(prefix, key)
        if isinstance(value, dict) and _is_part(key, value, defaults):
            _walk(
                value,
                path,
                f"={part}" if (part := defaults.parts.get(key, "")) and key in defaults.fixed else part,
                walk,
            )
        elif value is not None or (key not in defaults.parts and key != "dtype"):
            _put(path, _plain(key, value, str(kind)), walk.leaves)


def _respelled(config: JsonObject, defaults: TypeDefaults) -> JsonObject:
    """Return the keys under the names that their class uses."""
    found: dict[str, JsonValue] = {}
    for key, value in config.items():
        name = _SPELLINGS.get(key) or defaults.aliases.get(key, key)
        if name == key or config.get(name) is None:
            found[name] = value
    return found


def _plain(key: str, value: JsonValue, kind: str) -> JsonValue:
    if key == "dtype" and isinstance(value, str):
        return value.removeprefix("torch.")
    if isinstance(value, str):
        return _MEANT.get((kind, key, value), value)
    if key.endswith("layer_types") and isinstance(value, list):
        return [_LAYER_KINDS.get(kind, kind) if isinstance(kind, str) else kind for kind in value]
    return value


def _put(path: str, value: JsonValue, leaves: dict[str, JsonValue]) -> None:
    """Put a value that is no configuration under its path, objects taken apart."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            _put(_join(path, key), inner, leaves)
    else:
        leaves[path] = value
