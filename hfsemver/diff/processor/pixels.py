"""How many pixels a picture may have: once two settings of their own, now the two edges of its size, which are areas here.

https://github.com/huggingface/transformers/blob/v5.0.0/src/transformers/models/qwen2_vl/image_processing_qwen2_vl.py
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hfsemver.diff.processor.reading import Processor
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

_FAMILY: Final = "Qwen2VL"
_EDGES: Final = {"min_pixels": "shortest_edge", "max_pixels": "longest_edge"}
# The class has had these ever since, and version 4 took them whatever edges a size gave.
_OF_THE_CLASS: Final = {"shortest_edge": 56 * 56, "longest_edge": 28 * 28 * 1280}


def same_spelling(old: Processor, new: Processor) -> tuple[Processor, Processor]:
    """Give the bounds of both sides as a size, unless both spell them apart and differ: then each setting is told by itself."""
    if not (_is_apart(old) or _is_apart(new)):
        return old, new
    before, after = _as_size(old), _as_size(new)
    is_told_apart = _is_apart(old) and _is_apart(new) and before.settings["size"] != after.settings["size"]
    return (old, new) if is_told_apart else (before, after)


def lost_spelling(old: Processor, new: Processor) -> bool:
    """Whether version 4 was told the bounds and is no more: it passes over the edges and takes those of the class."""
    edges = _as_size(old).settings.get("size") if _is_apart(old) and not _is_apart(new) else None
    return edges is not None and edges == _as_size(new).settings.get("size") != _OF_THE_CLASS


def _is_apart(processor: Processor) -> bool:
    return processor.family == _FAMILY and any(processor.settings.get(key) is not None for key in _EDGES)


def _as_size(processor: Processor) -> Processor:
    if processor.family != _FAMILY:
        return processor
    settings = processor.settings
    written = settings.get("size")
    size: dict[str, JsonValue] = {**_OF_THE_CLASS, **(written if isinstance(written, dict) else {})}
    # The settings of their own count before a size that holds them, and that before its edges.
    for source in ({**size}, settings):
        for key, edge in _EDGES.items():
            size.pop(key, None)
            if source.get(key) is not None:
                size[edge] = source[key]
    kept: JsonObject = {key: value for key, value in settings.items() if key not in _EDGES}
    return replace(processor, settings={**kept, "size": size})
