"""One name for a tensor that the transformers library itself spells in several ways."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from hfsemver.diff.weights.tensors import TensorPair

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.weights.reading import WeightReading
    from hfsemver.diff.weights.tensors import RawTensors
    from hfsemver.releases.release import Release

    Aliases = tuple[tuple[re.Pattern[str], str], ...]

_PARTS: Final = ("text_config", "vision_config", "audio_config")
"""Parts of a network that transformers moved under another prefix; a lone text network kept its names."""


def joined(raw: RawTensors, reading: WeightReading) -> RawTensors:
    """Count a tensor that left and one that came as the same, where both have one name in today's spelling and one shape.

    Two tensors that share a spelling cannot be told apart by it, and stay as they are. What the values became is another
    question.
    """
    if not (raw.added and raw.removed):
        return raw
    aliases = _aliases(several_parts=any(_has_parts(side) for side in (reading.baseline, reading.current)))
    olds, news = _by_spelling(raw.removed, aliases), _by_spelling(raw.added, aliases)
    found = [TensorPair(old=olds[name], new=news[name]) for name in sorted(olds.keys() & news.keys())]
    pairs = tuple(pair for pair in found if pair.old.dtype and pair.new.dtype and pair.old.shape == pair.new.shape)
    went, came = {pair.old.name for pair in pairs}, {pair.new.name for pair in pairs}
    return replace(
        raw,
        removed=tuple(t for t in raw.removed if t.name not in went),
        added=tuple(t for t in raw.added if t.name not in came),
        common=(*raw.common, *pairs),
    )


def _by_spelling(tensors: Iterable[TensorInfo], aliases: Aliases) -> Mapping[str, TensorInfo]:
    spelled = [(_spell(tensor.name, aliases), tensor) for tensor in tensors]
    often = Counter(name for name, _ in spelled)
    return {name: tensor for name, tensor in spelled if often[name] == 1}


def _spell(name: str, aliases: Aliases) -> str:
    """Return the name that the library uses today: a prefix and a suffix may both be of another time."""
    for pattern, replacement in aliases:
        name = pattern.sub(replacement, name)
    return name


def _has_parts(release: Release) -> bool:
    config = release.config or {}
    return any(isinstance(config.get(part), dict) for part in _PARTS)


@cache
def _aliases(*, several_parts: bool) -> Aliases:
    table = json.loads((files("hfsemver.diff.weights") / "aliases.json").read_text("utf-8"))
    rows = table["everywhere"] + (table["in a network of several parts"] if several_parts else [])
    return tuple((re.compile(pattern), replacement) for pattern, replacement, _ in rows)
