"""Rotary position embeddings, in the one shape that every spelling of them has in common.

transformers 4 spreads them over ``rope_theta``, ``rope_scaling`` and a few names of single architectures; transformers
5 gathers them in ``rope_parameters``, nested by layer type where layers differ.
https://github.com/huggingface/transformers/blob/main/src/transformers/modeling_rope_utils.py
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.diff.config.change import ABSENT, same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.diff.config.change import Absent
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

_SECTIONS: Final = ("rope_parameters", "rope_scaling")
_THETA: Final = ("rotary_emb_base", "rope_theta", "global_rope_theta")
_LOCAL_THETA: Final = ("rope_local_base_freq", "local_rope_theta")
_SHARE: Final = ("rotary_pct", "partial_rotary_factor")
ORIGINAL: Final = "original_max_position_embeddings"
_ASSUMED: Final = f"assumed {ORIGINAL}"
KEYS: Final = frozenset({*_SECTIONS, *_THETA, *_LOCAL_THETA, *_SHARE, ORIGINAL})

_RENAMED: Final = MappingProxyType({"mrope": "default", "su": "longrope"})
_ANCHORED: Final = frozenset({"llama3", "yarn", "longrope"})
# What the formulas of a type take for a parameter that is left out.
_IMPLIED: Final[Mapping[str, Mapping[str, JsonValue]]] = MappingProxyType(
    {
        "yarn": {"beta_fast": 32, "beta_slow": 1, "truncate": True},
    }
)

Rope = dict[str, dict[str, "JsonValue"]]
"""Parameters by layer type; the type is empty where all layers share them."""


def _first(config: JsonObject, names: tuple[str, ...]) -> JsonValue:
    return next((config[name] for name in names if config.get(name) is not None), None)


def _section(config: JsonObject) -> JsonObject:
    for name in _SECTIONS:
        value = config.get(name)
        if isinstance(value, dict) and value:
            return value
    return {}


def _filled_in(default: JsonObject, theta: JsonValue) -> JsonObject:
    """Return what a class takes for a section that is left out; bases written beside it come before its own."""
    if _is_nested(default):
        return default if theta is None else {}
    return {key: value for key, value in default.items() if key not in ("rope_theta", "partial_rotary_factor")}


def _is_nested(section: JsonObject) -> bool:
    return any(isinstance(value, dict) for value in section.values())


def rope(config: JsonObject, default: JsonObject) -> Rope | None:
    """Return what a configuration says, with the defaults of its class; ``None`` where neither says anything.

    ``default`` is the ``rope_parameters`` of the class, empty for a class that is not known.
    """
    if not default and not any(config.get(name) is not None for name in KEYS):
        return None
    theta, local = _first(config, _THETA), _first(config, _LOCAL_THETA)
    section = _section(config)
    if not section and local is None:
        section = _filled_in(default, theta)
    if not _is_nested(section) and (local is not None or set(default) == {"full_attention", "sliding_attention"}):
        section = {
            "full_attention": {"rope_theta": theta, **section} if theta is not None else {**section},
            "sliding_attention": {"rope_theta": local} if local is not None else {},
        }
    shared: dict[str, JsonValue] = {"rope_theta": theta, "partial_rotary_factor": _first(config, _SHARE)}
    if not _is_nested(section):
        return {"": _resolve(section, shared, {} if _is_nested(default) else default, config)}
    layers: Rope = {}
    for layer, value in section.items():
        if isinstance(value, dict):
            own = default.get(layer) if _is_nested(default) else default
            layers[layer] = _resolve(value, shared, own if isinstance(own, dict) else {}, config)
        elif value is None:
            layers[layer] = {"rope_type": "none"}
    return layers


def _resolve(section: JsonObject, shared: JsonObject, default: JsonObject, config: JsonObject) -> dict[str, JsonValue]:
    """Return the parameters of one layer type; what has no effect is left out."""
    found: dict[str, JsonValue] = {key: value for key, value in section.items() if key != "type" and value is not None}
    written = found.get("rope_type", section.get("type"))
    kind: JsonValue = _RENAMED.get(written, written) if isinstance(written, str) else "default"
    if kind == "default" and default.get("rope_type") == "axial":
        kind = "axial"  # the class knows no other
    found["rope_type"] = kind
    for source in (shared, default):
        for key in shared:
            if found.get(key) is None and source.get(key) is not None:
                found[key] = source[key]
    if kind in _ANCHORED:
        anchor = found.get(ORIGINAL) if config.get(ORIGINAL) is None else config[ORIGINAL]
        found[_ASSUMED if anchor is None else ORIGINAL] = (
            config.get("max_position_embeddings") if anchor is None else anchor
        )
    silent: dict[str, JsonValue] = {"rope_type": "default", "partial_rotary_factor": 1}
    silent |= _IMPLIED.get(str(kind), {})
    return {key: value for key, value in found.items() if key not in silent or silent[key] != value}


def differences(old: Rope, new: Rope) -> Iterator[tuple[str, JsonValue | Absent, JsonValue | Absent]]:
    """Yield each parameter that differs, by dotted path, with both sides.

    Parameters that all layers share are spread over the layer types of the other side. Layers that go by names of their
    own are compared as one: what the flat side says has to be said by one of them.
    """
    if _is_flat(old) != _is_flat(new):
        flat, nested = (old, new) if _is_flat(old) else (new, old)
        said = [(key, value) for parameters in nested.values() for key, value in parameters.items()]
        if not {"full_attention", "sliding_attention"} & {*nested} and all(item in said for item in flat[""].items()):
            return
    one, other = leaves(_spread(old, new)), leaves(_spread(new, old))
    for path in sorted({*one, *other}):
        if _ASSUMED in path:
            continue
        assumed = path.replace(ORIGINAL, _ASSUMED)
        before, after = one.get(path, one.get(assumed, ABSENT)), other.get(path, other.get(assumed, ABSENT))
        if not same(before, after):
            yield path, before, after


def _is_flat(layers: Rope) -> bool:
    return set(layers) == {""}


def _spread(rope_of_one: Rope, other: Rope) -> Rope:
    if _is_flat(rope_of_one) and other and not _is_flat(other):
        return dict.fromkeys(other, rope_of_one[""])
    return rope_of_one


def leaves(layers: Rope) -> dict[str, JsonValue]:
    """Return the parameters by dotted path, what is only assumed under a name of its own."""
    return {
        ".".join(part for part in ("rope_parameters", layer, key) if part): value
        for layer, parameters in layers.items()
        for key, value in parameters.items()
    }
