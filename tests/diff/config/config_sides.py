"""Two configurations and everything that was found to differ between them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hfsemver.diff.release import compare
from tests.builders import release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.diff.config.config import ConfigDiff
    from hfsemver.diff.config.generation import GenerationDiff
    from hfsemver.releases.release import Release

GROUPS: Final = (
    "architecture", "geometry", "context_reduced", "context_extended", "rope", "labels", "quantization", "tied",
    "dtype", "other",
)  # fmt: skip


def compare_configs(old: Release | None, new: Release) -> ConfigDiff:
    """Compare configurations as the rules see them: a dtype of one side stands where its meaning puts it."""
    diff = compare(baseline=old, current=new)
    return replace(diff.config, other=diff.plain_values, one_sided_dtype=())


def compare_generation(old: Release | None, new: Release) -> GenerationDiff:
    """Compare stop tokens and defaults of generation."""
    return compare(baseline=old, current=new).generation


def config_diff(old: Mapping[str, object], new: Mapping[str, object]) -> ConfigDiff:
    """Compare two releases that hold nothing but ``config.json``."""
    return compare_configs(release({"config.json": old}), release({"config.json": new}))


def grouped(diff: ConfigDiff) -> dict[str, list[str]]:
    """Return the changed keys by group, empty groups left out."""
    return {name: [change.key for change in getattr(diff, name)] for name in GROUPS if getattr(diff, name)}


def told(old: Mapping[str, object], new: Mapping[str, object]) -> dict[str, list[str]]:
    """Return the changed keys of two ``config.json`` by group."""
    return grouped(config_diff(old, new))


def everything(old: Release, new: Release) -> dict[str, list[str]]:
    """Return the changed keys by group, stop tokens and defaults of generation among them."""
    found = grouped(compare_configs(old, new))
    generation = compare_generation(old, new)
    if generation.stops_before != generation.stops_after:
        found["stops"] = [str(stop) for stop in (*generation.stops_removed, *generation.stops_added)]
    if generation.defaults:
        found["defaults"] = [change.key for change in generation.defaults]
    return found
