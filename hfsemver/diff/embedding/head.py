"""The modules behind the network of an embedding model, and the measure by which its vectors are compared."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.diff.config.change import ABSENT, KeyChange, same
from hfsemver.releases.formats.modules import FILE, Module

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue
    from hfsemver.releases.release import Release

SETTINGS: Final = "config_sentence_transformers.json"
_SIMILARITY: Final = "similarity_fn_name"
# What the library makes of a plain network that names no modules.
# https://github.com/huggingface/sentence-transformers/blob/main/sentence_transformers/sentence_transformer/model.py
_BUILT: Final = (Module(kind="Transformer", folder=""), Module(kind="Pooling", folder=""))
_MODES: Final = MappingProxyType({
    "pooling_mode_cls_token": "cls", "pooling_mode_max_tokens": "max", "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens", "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
})  # fmt: skip
_WIDTHS: Final = ("embedding_dimension", "word_embedding_dimension", "sentence_embedding_dimension")
# What a module does where its file does not say, which newer versions write out.
_IMPLIED: Final[Mapping[str, Mapping[str, JsonValue]]] = MappingProxyType({
    "Pooling": {"mode": "mean", "include_prompt": True},
    "Dense": {"bias": True, "activation_function": "Tanh", "use_residual": False},
})  # fmt: skip
_ANYWHERE: Final[Mapping[str, JsonValue]] = MappingProxyType({
    "module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding",
})  # fmt: skip
# Settings of the network itself lie in files that other rules read.
_NETWORKS: Final = frozenset({"Transformer", "CLIPModel", "StaticEmbedding"})


def compare_heads(baseline: Release, current: Release) -> Iterator[KeyChange]:
    """Yield what changed behind the network. A head that comes where there was none takes no vector from anybody.

    Raises ``FormatError`` for a malformed file, ``EvidenceMissing`` for one whose bytes are not here.
    """
    if baseline.modules is not None:
        old, new = baseline.modules, _BUILT if current.modules is None else current.modules
        kinds = [tuple(module.kind for module in side) for side in (old, new)]
        if kinds[0] != kinds[1]:
            yield KeyChange(file=FILE, key="", old=", ".join(kinds[0]), new=", ".join(kinds[1]))
        for before, after in zip(old, new, strict=False):
            if before.kind == after.kind and before.kind not in _NETWORKS:
                yield from _changes(baseline, current, before, after)
    was, now = (_similarity(side) for side in (baseline, current))
    if (SETTINGS in baseline.files or baseline.modules is not None) and was != now:
        yield KeyChange(file=SETTINGS, key=_SIMILARITY, old=was, new=now)


def _changes(baseline: Release, current: Release, before: Module, after: Module) -> Iterator[KeyChange]:
    implied = {**_ANYWHERE, **_IMPLIED.get(before.kind, {})}
    old, new = _settings(baseline, before), _settings(current, after) if after.folder or not before.folder else {}
    for key in sorted({*old, *new}):
        one, other = (side.get(key, implied.get(key, ABSENT)) for side in (old, new))
        # A width that is written on one side alone is that of the network.
        if not same(one, other) and not (key == _WIDTHS[0] and ABSENT in (one, other)):
            yield KeyChange(file=after.config if after.folder else before.config, key=key, old=one, new=other)


def _settings(release: Release, module: Module) -> JsonObject:
    """Return the settings of a module under one spelling; empty where it has none."""
    config = (release.json(module.config) if module.folder else None) or {}
    found: dict[str, JsonValue] = {
        key: value for key, value in config.items() if key not in _MODES and key not in _WIDTHS
    }
    width = next((config[key] for key in _WIDTHS if config.get(key) is not None), None)
    if width is not None:
        found[_WIDTHS[0]] = width
    if module.kind == "Pooling":
        found["mode"] = _mode(config, found.pop("pooling_mode", None))
    if isinstance(function := found.get("activation_function"), str):
        found["activation_function"] = function.rpartition(".")[2]
    return found


def _mode(config: JsonObject, written: JsonValue) -> JsonValue:
    if written is None:
        switched = [mode for key, mode in _MODES.items() if config.get(key) is True]
        # Until version 6 the mean was on unless it was switched off.
        return " + ".join(sorted(switched)) if switched or "pooling_mode_mean_tokens" in config else "mean"
    return " + ".join(sorted(map(str, written))) if isinstance(written, list) else written


def _similarity(release: Release) -> str:
    value = (release.json(SETTINGS) or {}).get(_SIMILARITY)
    return value if isinstance(value, str) else "cosine"
