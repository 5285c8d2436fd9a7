"""Write the table of configuration defaults from the installed transformers.

    python tests/tools/make_config_defaults.py hfsemver/diff/config/defaults.json

Formulas of derived keys are not guessed: one is written only when it gives what the class gives for several sizes.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import logging
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import transformers
from transformers import AutoConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from hfsemver.diff.config.change import ABSENT, Absent, same
from hfsemver.diff.config.defaults import GENERIC
from hfsemver.diff.config.derived import FORMULAS, derive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hfsemver.releases.formats.strict_json import JsonValue

DROPPED = {
    "_name_or_path", "_sliding_window_pattern", "transformers_version", "model_type", "id2label", "label2id", "dtype", "architectures", "problem_type",
}  # fmt: skip
MAX_TEXT = 240
# Spellings that a class understands by code and not by its attribute map.
SPELLINGS = {"bloom": {"n_embed": "hidden_size"}, "lfm2": {"block_ff_dim": "intermediate_size"}}
POPPED = re.compile(r"""kwargs\.pop\(\s*["'](\w+)["']""")
Entry = dict[str, "JsonValue"]


def shape(name: str) -> type:
    return cast("type", CONFIG_MAPPING[name])


def as_json(config: object) -> dict[str, JsonValue]:
    """Return all keys of a configuration as JSON would hold them."""
    to_dict = cast("Callable[[], dict[str, object]]", config.to_dict)  # type: ignore[attr-defined] # transformers' own
    text = json.dumps(to_dict(), default=str)
    return cast("dict[str, JsonValue]", json.loads(text, parse_constant=lambda name: {"__float__": name}))


def sizes(config: Mapping[str, JsonValue]) -> list[dict[str, JsonValue]]:
    """Return other sizes for a class, to tell a formula from a coincidence."""
    trials: list[dict[str, JsonValue]] = []
    layers = [key for key in ("num_hidden_layers", "n_layer", "num_layers", "n_layers") if key in config]
    heads = [key for key in ("num_attention_heads", "n_head", "num_heads", "n_heads") if key in config]
    hidden = [key for key in ("hidden_size", "n_embd", "d_model") if key in config]
    trials += [{key: count} for key in layers[:1] for count in (9, 14)]
    trials += [{heads[0]: 6, hidden[0]: 768}, {heads[0]: 4, hidden[0]: 512}] if heads and hidden else []
    trials += [{"multi_query": False}, {"multi_query": True}]
    trials += [{"use_sliding_window": True, "sliding_window": 128, "max_window_layers": 2}]
    trials += [{key: 5} for key in ("sliding_window_pattern", "full_attention_interval", "global_attn_every_n_layers")]
    return trials


def formulas(name: str, default: Mapping[str, JsonValue], keys: list[str]) -> tuple[dict[str, str], list[str]]:
    """Find the formula of each derived key that holds for every size that the class accepts.

    Also returns the keys without one that are the same for every size.
    """
    runs: list[Mapping[str, JsonValue]] = [default]
    for trial in sizes(default):
        with contextlib.suppress(Exception):  # a class may refuse a size; the others decide
            runs.append({**trial, **as_json(shape(name)(**trial))})
    found = dict.fromkeys(keys, "")
    for key in keys:
        for formula in FORMULAS:
            if all(_holds(formula, key, run) for run in runs):
                found[key] = formula
                break
    steady = [key for key in keys if not found[key] and all(same(run.get(key, ABSENT), default[key]) for run in runs)]
    return found, steady


def _holds(formula: str, key: str, run: Mapping[str, JsonValue]) -> bool:
    def get(name: str) -> JsonValue | Absent:
        return ABSENT if name == key or name.startswith("_") else run.get(name, ABSENT)

    derived = derive(formula, get)
    return derived is not ABSENT and same(derived, run.get(key, ABSENT))


def consumed(kind: type, name: str) -> list[str]:
    """Return the keys that a class takes out of its arguments and does not keep."""
    own = [parent for parent in kind.__mro__ if "transformers.models" in parent.__module__]
    found = {key for parent in own for key in POPPED.findall(inspect.getsource(parent))}
    return sorted(found - DROPPED - {"torch_dtype", "num_labels", *SPELLINGS.get(name, {})})


def fixed(kind: type) -> list[str]:
    """Return the nested configurations whose class is set by the outer one, whatever model type they name."""
    specs = cast("Mapping[str, object]", getattr(kind, "sub_configs_defaults", {}))
    return sorted(key for key, spec in specs.items() if getattr(spec, "config_class", AutoConfig) is not AutoConfig)


def own_labels(names: JsonValue) -> tuple[str, JsonValue]:
    """Return the labels of a class, as their number where it only counts them."""
    found = cast("dict[str, JsonValue]", names)
    if found == {str(index): f"LABEL_{index}" for index in range(len(found))}:
        return "num_labels", len(found)
    return "id2label", found


class Table:
    """The table while it grows; equal pairs of key and value are stored once."""

    def __init__(self) -> None:
        self.pairs: dict[str, int] = {}
        self.types: dict[str, Entry] = {}

    def index(self, key: str, value: JsonValue) -> int:
        """Return the number of a pair of key and value."""
        text = json.dumps([key, value], sort_keys=True)
        return self.pairs.setdefault(text, len(self.pairs))

    @staticmethod
    def is_generic(key: str, value: JsonValue) -> bool:
        """Tell a default that every class has; without an entry a key is null."""
        return same(GENERIC[key], value) if key in GENERIC else value is None

    def add(self, name: str, config: object, values: dict[str, JsonValue]) -> None:
        """Add a class under a name; nested configurations are added under their own."""
        kind = type(config)
        known = values.get("model_type")
        fields = cast("Mapping[str, object]", kind.default_config_fields())  # type: ignore[attr-defined] # transformers' own
        parts: dict[str, JsonValue] = {}
        kept: list[int] = []
        computed: list[str] = []
        for key, value in sorted(values.items()):
            part = vars(config).get(key)
            if isinstance(value, dict) and "model_type" in value and hasattr(part, "to_dict"):
                parts[key] = self.part(f"{name}/{key}", part, value)
                continue
            if key == "id2label" and value not in (None, {"0": "LABEL_0", "1": "LABEL_1"}):
                kept.append(self.index(*own_labels(value)))
            if key in DROPPED or self.is_generic(key, value):
                continue
            if known == name and key not in fields and key != "rope_parameters":
                computed.append(key)
            elif len(json.dumps(value)) <= MAX_TEXT or key == "rope_parameters":
                kept.append(self.index(key, value))
        derived, steady = formulas(name, values, computed)
        kept += [self.index(key, values[key]) for key in steady if len(json.dumps(values[key])) <= MAX_TEXT]
        aliases = {old: new for old, new in getattr(kind, "attribute_map", {}).items() if old != new}
        aliases |= SPELLINGS.get(name, {})
        entry: Entry = {"values": cast("JsonValue", sorted(kept))}
        entry |= {"parts": parts} if parts else {}
        entry |= {"aliases": cast("JsonValue", aliases)} if aliases else {}
        entry |= {"derived": cast("JsonValue", derived)} if derived else {}
        entry |= {"fixed": cast("JsonValue", stay)} if (stay := [key for key in fixed(kind) if key in parts]) else {}
        entry |= {"consumed": cast("JsonValue", eaten)} if (eaten := consumed(kind, name)) else {}
        self.types[name] = entry

    def part(self, name: str, config: object, values: dict[str, JsonValue]) -> str:
        """Add a nested configuration; its own model type serves when it is known and adds nothing else."""
        known = str(values["model_type"])
        with contextlib.suppress(Exception):  # a class that cannot be made without arguments keeps its own entry
            if known in CONFIG_MAPPING and same(
                {**as_json(shape(known)()), "transformers_version": None}, {**values, "transformers_version": None}
            ):
                return known
        self.add(name, config, values)
        self.types[name]["model_type"] = known
        return name


def main(target: Path) -> None:
    logging.disable(logging.CRITICAL)
    table = Table()
    for name in sorted(CONFIG_MAPPING):
        kind = shape(name)
        if inspect.isabstract(kind):
            continue
        with contextlib.suppress(Exception):  # a few composite classes cannot be made without their parts
            config = kind()
            table.add(name, config, as_json(config))
    pairs = [json.loads(text) for text in table.pairs]
    document = {"transformers": transformers.__version__, "pairs": pairs, "types": table.types}
    target.write_text(json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
