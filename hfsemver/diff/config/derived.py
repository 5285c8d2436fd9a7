"""Keys that a configuration class works out from other keys when they are left out."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.diff.config.change import ABSENT, Absent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.formats.strict_json import JsonValue

Lookup = Callable[[str], "JsonValue | Absent"]
"""The effective value of a key of the same configuration."""

Formula = Callable[[Lookup], "JsonValue | Absent"]

DEPTH: Final = ("num_hidden_layers", "n_layer", "num_layers", "n_layers")
"""Names under which the number of layers goes."""

_FULL, _SLIDING = "full_attention", "sliding_attention"
MAX_LAYERS = 4096
"""Above this number of layers nothing is worked out: the number comes from an untrusted file."""


def _number(get: Lookup, *keys: str) -> int | None:
    """Return the first of the keys that holds a positive whole number."""
    for key in keys:
        value = get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return None


def _heads(get: Lookup) -> JsonValue | Absent:
    return _number(get, "num_attention_heads", "n_head", "num_heads", "n_heads") or ABSENT


def _head_dim(get: Lookup) -> JsonValue | Absent:
    hidden = _number(get, "hidden_size", "n_embd", "d_model")
    heads = _number(get, "num_attention_heads", "n_head", "num_heads", "n_heads")
    return hidden // heads if hidden and heads else ABSENT


def _multi_query(get: Lookup) -> JsonValue | Absent:
    return 1 if get("multi_query") is True else _heads(get)


def _times_hidden(factor: int) -> Formula:
    def formula(get: Lookup) -> JsonValue | Absent:
        hidden = _number(get, "hidden_size", "n_embd", "d_model")
        return factor * hidden if hidden else ABSENT

    return formula


def _copy(key: str) -> Formula:
    def formula(get: Lookup) -> JsonValue | Absent:
        return get(key)

    return formula


def _layers(get: Lookup) -> int:
    layers = _number(get, *DEPTH) or 0
    return layers if layers <= MAX_LAYERS else 0


def _all_full(get: Lookup) -> JsonValue | Absent:
    layers = _layers(get)
    return [_FULL] * layers if layers else ABSENT


def _all_sliding_if_windowed(get: Lookup) -> JsonValue | Absent:
    layers = _layers(get)
    kind = _SLIDING if _number(get, "sliding_window") else _FULL
    return [kind] * layers if layers else ABSENT


def _after_max_window_layers(get: Lookup) -> JsonValue | Absent:
    """Work out the layers of the Qwen2 family: full below ``max_window_layers``, then windowed."""
    layers = _layers(get)
    windowed = get("use_sliding_window") is True and _number(get, "sliding_window") is not None
    first = get("max_window_layers")
    if not layers or not isinstance(first, int):
        return ABSENT
    return [_SLIDING if windowed and index >= first else _FULL for index in range(layers)]


def _every(*, keys: tuple[str, ...], step: int, offset: int, rare: str, frequent: str) -> Formula:
    """Make a formula for layers of which every ``step``-th, counted from ``offset``, is of the rare kind."""

    def formula(get: Lookup) -> JsonValue | Absent:
        layers = _layers(get)
        stride = _number(get, *keys) or step
        return [frequent if (index + offset) % stride else rare for index in range(layers)] if layers else ABSENT

    return formula


_PATTERN = ("sliding_window_pattern",)

FORMULAS: Final[Mapping[str, Formula]] = MappingProxyType(
    {
        "heads": _heads,
        "multi-query": _multi_query,
        "head_dim": _head_dim,
        "hidden": _times_hidden(1),
        "2*hidden": _times_hidden(2),
        "4*hidden": _times_hidden(4),
        "num_layers": _copy("num_layers"),
        "num_experts": _copy("num_experts"),
        "num_local_experts": _copy("num_local_experts"),
        "full": _all_full,
        "windowed": _all_sliding_if_windowed,
        "max_window_layers": _after_max_window_layers,
        "alternating": _every(keys=(), step=2, offset=1, rare=_FULL, frequent=_SLIDING),
        "every-4th-full": _every(keys=_PATTERN, step=4, offset=1, rare=_FULL, frequent=_SLIDING),
        "every-5th-full": _every(keys=_PATTERN, step=5, offset=1, rare=_FULL, frequent=_SLIDING),
        "every-6th-full": _every(keys=_PATTERN, step=6, offset=1, rare=_FULL, frequent=_SLIDING),
        "first-of-3-full": _every(
            keys=("global_attn_every_n_layers",), step=3, offset=0, rare=_FULL, frequent=_SLIDING
        ),
        "every-4th-full-else-linear": _every(
            keys=("full_attention_interval",), step=4, offset=1, rare=_FULL, frequent="linear_attention"
        ),
    }
)


def derive(formula: str, get: Lookup) -> JsonValue | Absent:
    """Return what the configuration class would fill in, ``ABSENT`` where it cannot be worked out."""
    return FORMULAS[formula](get)
