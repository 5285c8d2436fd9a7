"""Which weight formats, variants and quantisations came, went or took another name. Names alone; nothing is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.releases.weight_formats import WeightFormat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.release import Release

__all__ = ["FormatsDiff", "WeightFormat", "compare_formats"]

# Names of GGUF quantisations as the Hub recognises them (GGUFQuantizationType in @huggingface/gguf).
_QUANT = re.compile(r"(?<![A-Z0-9])(?:UD-)?(?:I?Q\d+_[A-Z0-9_]+|TQ\d_0|MXFP4(?:_MOE)?|NVFP4|BF16|F16|F32)(?=[-.]|$)")

_Key = Callable[[WeightFormat], Hashable]


@dataclass(frozen=True, kw_only=True)
class FormatsDiff:
    """Weight sets of both releases, each in one group.

    ``renamed`` pairs a set that vanished with the one that took its place under another name. Resharding renames
    nothing.
    """

    removed: tuple[WeightFormat, ...] = ()
    added: tuple[WeightFormat, ...] = ()
    renamed: tuple[tuple[WeightFormat, WeightFormat], ...] = ()
    kept: tuple[tuple[WeightFormat, WeightFormat], ...] = ()


def compare_formats(baseline: Release | None, current: Release) -> FormatsDiff:
    """Compare the weight sets of two releases; in a first release no set is added."""
    if baseline is None:
        return FormatsDiff()
    old, new = baseline.weight_formats, current.weight_formats
    removed = {name: item for name, item in old.items() if name not in new}
    added = {name: item for name, item in new.items() if name not in old}
    renamed = _pair(removed, added, baseline, current)
    return FormatsDiff(
        removed=tuple(removed.values()),
        added=tuple(added.values()),
        renamed=tuple(sorted(renamed, key=lambda pair: pair[0].name)),
        kept=tuple((old[name], item) for name, item in new.items() if name in old),
    )


def _pair(
    removed: dict[str, WeightFormat], added: dict[str, WeightFormat], baseline: Release, current: Release
) -> list[tuple[WeightFormat, WeightFormat]]:
    """Move what was renamed out of ``removed`` and ``added``.

    Signs are tried from the surest to the weakest, and count only where they are unique.
    """
    signs: tuple[tuple[_Key, _Key], ...] = (
        (lambda item: _content(item, baseline), lambda item: _content(item, current)),
        (_by_quant, _by_quant),
        (_by_folder, _by_folder),
        (_by_base_name, _by_base_name),
    )
    pairs: list[tuple[WeightFormat, WeightFormat]] = []
    for old_key, new_key in signs:
        gone, came = _unique(removed, old_key), _unique(added, new_key)
        pairs.extend((removed.pop(gone[key].name), added.pop(came[key].name)) for key in gone.keys() & came.keys())
    return pairs


def _unique(items: Mapping[str, WeightFormat], key: _Key) -> dict[Hashable, WeightFormat]:
    """Return the items whose key no other one has; a key of ``None`` says nothing."""
    groups: dict[Hashable, list[WeightFormat]] = {}
    for item in items.values():
        groups.setdefault(key(item), []).append(item)
    groups.pop(None, None)
    return {found: group[0] for found, group in groups.items() if len(group) == 1}


def _content(item: WeightFormat, release: Release) -> Hashable:
    """The digests of all files, ``None`` when one is not known without reading."""
    digests = [release.files[path].digest for path in item.files]
    return (item.kind, tuple(sorted(map(str, digests)))) if all(digests) else None


def _by_quant(item: WeightFormat) -> Hashable:
    match = _QUANT.search(item.name.upper()) if item.kind == "gguf" else None
    return (item.folder, match[0]) if match else None


def _by_folder(item: WeightFormat) -> Hashable:
    # Quantisations of different names are different offers, so a lone pair of them is no renaming.
    return (item.kind, item.folder) if _by_quant(item) is None else None


def _by_base_name(item: WeightFormat) -> Hashable:
    return (item.kind, item.name.rpartition("/")[2])
