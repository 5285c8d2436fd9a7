"""A ``config.json`` taken apart into its keys, each under one spelling."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.diff.config import labels as config_labels
from hfsemver.diff.config import quantization as config_quantization
from hfsemver.diff.config import rope as config_rope
from hfsemver.diff.config.defaults import UNKNOWN
from hfsemver.diff.config.normal import PACKING, Node, NormalConfig, join, rope_section

if TYPE_CHECKING:
    from hfsemver.diff.config.defaults import TypeDefaults
    from hfsemver.diff.config.normal import DefaultsOf
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

FIXED: Final = "="
"""Marks the hint of a part whose class does not depend on the type it names."""

IGNORED: Final = frozenset({
    "_attn_implementation", "_attn_implementation_autoset", "_attn_implementation_internal", "_commit_hash",
    "_diffusers_version", "_experts_implementation", "_flash_attn_2_enabled", "_from_model_config", "_name_or_path",
    "_sliding_window_pattern", "name_or_path", "transformers_version", "transformers_weights", "unsloth_fixed", "unsloth_version",
})  # fmt: skip
"""Who wrote the file, from where, and how it was to be run there: no promise to anybody."""

_SPELLINGS: Final = MappingProxyType({"torch_dtype": "dtype", "_pad_token_id": "pad_token_id"})

# A value that a class replaces as it reads it: the first Gemma releases meant the other function by this name.
_MEANT: Final = MappingProxyType({("gemma", "hidden_act", "gelu"): "gelu_pytorch_tanh"})

# Names of layer kinds before and after transformers 5.
_LAYER_KINDS: Final = MappingProxyType({"attention": "full_attention", "mamba": "linear_attention"})


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

    def class_of(self, named: str, hint: str) -> TypeDefaults:
        """Return the class of a configuration by the type it names, or by the place where it stands."""
        part = hint.removeprefix(FIXED)
        if named and part == hint:
            return self.defaults_of(named)
        defaults = self.defaults_of(part)
        # What a class fills in for a part that is left out does not hold for one that is written.
        own = self.defaults_of(defaults.model_type or "") if "/" in part else UNKNOWN
        return defaults if own is UNKNOWN else own


def _walk(config: JsonObject, prefix: str, hint: str, walk: _Walk) -> None:
    kind = config.get("model_type")
    named = kind if isinstance(kind, str) else ""
    defaults = walk.class_of(named, hint)
    config = _respelled(config, defaults)
    if hint.startswith(FIXED) and defaults.model_type:
        config = {**config, "model_type": defaults.model_type}
    walk.nodes[prefix] = Node(defaults=defaults, rope=config_rope.rope(config, rope_section(defaults)))
    for key, value in config_labels.labels(config, defaults.values).items():
        walk.leaves[join(prefix, key)] = value
    packed = config_quantization.quantization(config)
    for key, value in (packed or {}).items():
        if key in config and value == config[key]:
            continue  # said twice
        _put(join(prefix, f"{PACKING}{key}"), value, walk.leaves)
    skipped = IGNORED | config_labels.KEYS | config_rope.KEYS | {*config_quantization.SECTIONS}
    if not any(config_rope.ORIGINAL in parameters for parameters in (walk.nodes[prefix].rope or {}).values()):
        skipped -= {config_rope.ORIGINAL}
    for key, value in config.items():
        if key in skipped:
            continue
        path = join(prefix, key)
        if isinstance(value, dict) and _is_part(key, value, defaults):
            part = defaults.parts.get(key, "")
            _walk(value, path, FIXED + part if key in defaults.fixed else part, walk)
        elif value is not None or (key not in defaults.parts and key != "dtype"):
            _put(path, _plain(key, value, named), walk.leaves)


def _is_part(key: str, value: JsonObject, defaults: TypeDefaults) -> bool:
    """Whether an object is a configuration of its own, with defaults and spellings."""
    if key in defaults.parts or "model_type" in value:
        return True
    return key.endswith("_config") and key not in defaults.derived


def _respelled(config: JsonObject, defaults: TypeDefaults) -> JsonObject:
    """Return the keys under the names that their class uses."""
    found: dict[str, JsonValue] = {}
    for key, value in config.items():
        name = _SPELLINGS.get(key) or defaults.aliases.get(key, key)
        # Null under the newer name says nothing, whichever of the two comes last.
        if (name == key or config.get(name) is None) and (value is not None or name not in found):
            found[name] = value
    return found


def _plain(key: str, value: JsonValue, kind: str) -> JsonValue:
    if key == "dtype" and isinstance(value, str):
        return value.removeprefix("torch.")
    if isinstance(value, str):
        return _MEANT.get((kind, key, value), value)
    if key == "eos_token_id" and isinstance(value, list) and len(value) == 1:
        return value[0]
    if key.endswith("layer_types") and isinstance(value, list):
        return [_LAYER_KINDS.get(kind, kind) if isinstance(kind, str) else kind for kind in value]
    return value


def _put(path: str, value: JsonValue, leaves: dict[str, JsonValue]) -> None:
    """Put a value that is no configuration under its path, objects taken apart."""
    if isinstance(value, dict) and value and set(value) != {"__float__"}:
        for key, inner in value.items():
            _put(join(path, key), inner, leaves)
    else:
        leaves[path] = value
