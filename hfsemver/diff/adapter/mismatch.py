"""Tensors of an adapter that its own configuration denies, so that loaders drop them or refuse.

Only the names that PEFT writes are judged: https://huggingface.co/docs/peft/developer_guides/checkpoint
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.diff.adapter.contract import RANK
from hfsemver.diff.adapter.files import CONFIG, adapter_folders, adapter_tensors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.releases.formats.strict_json import JsonObject
    from hfsemver.releases.release import Release

PREFIX: Final = "base_model.model."
FACTOR: Final = re.compile(r"(?P<module>.+)\.lora_(?P<side>A|B)\.weight")
"""The names that PEFT gives to both factors of a module, which stands behind the prefix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """What is wrong with tensors of one adapter: the first of them, how many, and why."""

    file: str
    tensor: str
    count: int
    problem: str


def find_mismatches(release: Release) -> tuple[Mismatch, ...]:
    """Compare the factors of every low-rank adapter with its configuration; other methods are not looked at."""
    return tuple(
        mismatch
        for folder in adapter_folders(release)
        if (tensors := adapter_tensors(release, folder)) is not None
        for mismatch in _in_folder(release.json(folder + CONFIG) or {}, tensors)
    )


def _in_folder(config: JsonObject, tensors: Mapping[str, TensorInfo]) -> Iterator[Mismatch]:
    if config.get("peft_type") != "LORA":
        return
    factors = {name: match for name in sorted(tensors) if (match := FACTOR.fullmatch(name))}
    problems: dict[str, list[str]] = {}
    for name, match in factors.items():
        problem = (
            _lone(match, factors) or _rank(config, tensors[name], match["side"]) or _stray(config, match["module"])
        )
        if problem:
            problems.setdefault(problem, []).append(name)
    for problem, names in problems.items():
        yield Mismatch(file=tensors[names[0]].file, tensor=names[0], count=len(names), problem=problem)


def _lone(match: re.Match[str], factors: Mapping[str, object]) -> str:
    other = "B" if match["side"] == "A" else "A"
    return "" if f"{match['module']}.lora_{other}.weight" in factors else f"lora_{match['side']} without lora_{other}"


def _rank(config: JsonObject, tensor: TensorInfo, side: str) -> str:
    """Say where a factor has a rank that the configuration gives to no module. Patterns are never run."""
    pattern = config.get("rank_pattern")
    ranks = {config.get(RANK), *(pattern.values() if isinstance(pattern, dict) else ())}
    allowed = sorted(rank for rank in ranks if isinstance(rank, int))
    axis = 0 if side == "A" else 1
    if not allowed or len(tensor.shape) <= axis or tensor.shape[axis] in allowed:
        return ""
    return f"rank {tensor.shape[axis]}, and {CONFIG} says {' or '.join(map(str, allowed))}"


def _stray(config: JsonObject, module: str) -> str:
    """Say where a module is none of those that the configuration lists by the ends of their names."""
    targets = config.get("target_modules")
    if not isinstance(targets, list) or config.get("target_parameters") or not module.startswith(PREFIX):
        return ""
    name = module.removeprefix(PREFIX)
    ends = [target for target in targets if isinstance(target, str)]
    if any(name == end or name.endswith(f".{end}") for end in ends):
        return ""
    return "a module that target_modules does not name"
