"""The settings of the processors of a release, whichever file they stand in, each value under one spelling.

transformers 4 writes one ``preprocessor_config.json``; transformers 5 nests each processor in ``processor_config.json``:
https://github.com/huggingface/transformers/blob/main/src/transformers/processing_utils.py
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue
    from hfsemver.releases.release import Release

IMAGE, AUDIO, VIDEO, WHOLE = "image_processor", "feature_extractor", "video_processor", "processor"
_OLD: Final = "preprocessor_config.json"
_VIDEO: Final = "video_preprocessor_config.json"
_NEW: Final = "processor_config.json"
NAMES: Final = (_OLD, _VIDEO, _NEW)
_TYPES: Final = ("image_processor_type", "feature_extractor_type", "video_processor_type")
_SOUNDS: Final = frozenset({"sampling_rate", "hop_length", "n_fft", "num_mel_bins", "chunk_length", "feature_size"})
_SUFFIX: Final = re.compile(r"(?:ImageProcessor(?:Fast|Pil)?|FeatureExtractor|VideoProcessor)$")
_RESAMPLING: Final = ("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming")
_SIZES: Final = frozenset({"size", "crop_size", "max_image_size", "pad_size", "patch_size", "image_size"})


# An old file gives one number for both edges, or for the shorter one.
_ONE_NUMBER: Final = ({"height", "width"}, {"shortest_edge"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """One processor: the file that its settings stand in, the key above them, its class without what versions add, and they."""

    file: str
    parent: str
    family: str
    settings: JsonObject

    def path(self, key: str) -> str:
        """Return the key path of a setting in the file."""
        return f"{self.parent}.{key}" if self.parent else key


def processor_folders(release: Release) -> tuple[str, ...]:
    """Return the folders that hold settings of a processor, each empty or ending in a slash, sorted."""
    found = {path.removesuffix(path.rpartition("/")[2]) for path in release.files if path.rpartition("/")[2] in NAMES}
    return tuple(sorted(found))


def read_processors(release: Release, folder: str) -> Mapping[str, Processor]:
    """Return the processors of a folder by kind. What an old file says counts before what a new one nests."""
    found: dict[str, Processor] = {}
    new = release.json(folder + _NEW) or {}
    nested = {key: value for key in (IMAGE, AUDIO, VIDEO) if isinstance(value := new.get(key), dict)}
    for key, value in nested.items():
        found[key] = _processor(folder + _NEW, key, value)
    rest = {key: value for key, value in new.items() if key not in nested}
    if rest:
        found[WHOLE] = _processor(folder + _NEW, "", rest)
    for name, kind in ((_OLD, ""), (_VIDEO, VIDEO)):
        content = release.json(folder + name)
        if content is not None:
            found[kind or (AUDIO if _is_sound(content) else IMAGE)] = _processor(folder + name, "", content)
    return found


def _is_sound(content: JsonObject) -> bool:
    return not _SOUNDS.isdisjoint(content) and "image_processor_type" not in content


def _processor(file: str, parent: str, content: JsonObject) -> Processor:
    named = next((value for key in _TYPES if isinstance(value := content.get(key), str)), "")
    return Processor(
        file=file,
        parent=parent,
        family=_SUFFIX.sub("", named),
        settings={key: plain(key, value) for key, value in content.items()},
    )


def plain(key: str, value: JsonValue) -> JsonValue:
    """Return a value under one spelling: no key that is off in a size, a filter by its number, one mean for three equal ones."""
    if isinstance(value, dict):
        kept: dict[str, JsonValue] = {name: item for name, item in value.items() if item is not None}
        numbers = [item for item in kept.values() if isinstance(item, int)]
        one_number = len(numbers) == len(kept) and len(set(numbers)) == 1
        return numbers[0] if key in _SIZES and one_number and set(kept) in _ONE_NUMBER else kept
    if key == "resample" and isinstance(value, str) and value.lower() in _RESAMPLING:
        return _RESAMPLING.index(value.lower())
    if isinstance(value, list) and key.endswith(("mean", "std")) and value and all(item == value[0] for item in value):
        return value[0]
    return value


def possible(family: str, key: str) -> Sequence[JsonValue] | None:
    """Return what a class may take for a setting that is left out, ``None`` where that is not known."""
    values = _table().get(family, {}).get(key)
    return None if values is None else [plain(key, value) for value in values]


@cache
def _table() -> Mapping[str, Mapping[str, list[JsonValue]]]:
    table: Mapping[str, Mapping[str, list[JsonValue]]] = json.loads(
        (files("hfsemver.diff.processor") / "defaults.json").read_text("utf-8")
    )
    return table
