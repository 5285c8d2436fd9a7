"""What one release says of its origin, against the files that it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.card.bases import ADAPTER, CARD, read_statement
from hfsemver.releases.formats.card import MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.release import Release

READS: Final = re.compile(
    r"README\.md|(?:adapter_|quantize_|hf_quant_)?config\.json|mergekit_config\.ya?ml|.*\.(?:safetensors|gguf|bin|onnx)"
)
"""The files that say where a release comes from, or show it."""
_RECIPE: Final = re.compile(r"(?:.*/)?merge(?:kit)?[^/]*\.ya?ml", re.IGNORECASE)
_RECIPE_TEXT: Final = (b"merge_method", b"slices:", b"sources:", b"task_arithmetic", b"mergekit-moe", b"weight:")
_MERGE_TAGS: Final = frozenset({"merge", "mergekit"})
_FLOATS: Final = frozenset({"F64", "F32", "F16", "BF16"})


class OriginProblem(StrEnum):
    """What is wrong with what a release says of its origin."""

    UNDECLARED = "and the card names no base model"
    NO_ID = "which is no repository on the Hub"
    UNPINNED = "at whatever its main branch holds"
    NO_ADAPTER = "and there is no adapter"
    ONLY_ADAPTER = "and there is only an adapter"
    NOT_QUANTIZED = "and every tensor is a plain float"
    NO_RECIPE = "and says nowhere how"


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginFault:
    """One such problem, where it is said, and what is said there."""

    problem: OriginProblem
    file: str
    pointer: str
    said: str


def undeclared_bases(release: Release) -> Iterator[OriginFault]:
    """Yield bases that files name and the card does not, and names that lead nowhere."""
    stated = read_statement(release)
    if not stated.ids:
        if stated.written:
            for name in stated.written:
                yield OriginFault(problem=OriginProblem.NO_ID, file=CARD, pointer="base_model", said=name)
        elif stated.adapter_id:
            yield OriginFault(
                problem=OriginProblem.UNDECLARED, file=ADAPTER, pointer="base_model_name_or_path", said=stated.adapter
            )
        elif stated.adapter:
            yield OriginFault(
                problem=OriginProblem.NO_ID, file=ADAPTER, pointer="base_model_name_or_path", said=stated.adapter
            )
        recipe = next((path for path in release.files if _RECIPE.fullmatch(path)), None)
        if recipe is not None and not stated.written:
            yield OriginFault(problem=OriginProblem.UNDECLARED, file=recipe, pointer="", said="a recipe of a merge")


def unpinned_bases(release: Release) -> Iterator[OriginFault]:
    """Yield the base that PEFT loads by itself, at its main branch unless a revision is named."""
    stated = read_statement(release)
    if stated.adapter_id and not stated.revision:
        yield OriginFault(problem=OriginProblem.UNPINNED, file=ADAPTER, pointer="revision", said=stated.adapter)


def contradicted_relations(release: Release) -> Iterator[OriginFault]:
    """Yield a relation to the base that the files of the release deny, whatever the base is."""
    relation = read_statement(release).relation
    has_adapter = any(path == ADAPTER or path.endswith(f"/{ADAPTER}") for path in release.files)
    networks = [name for name in release.weight_formats if "adapter_model" not in name]
    problem = None
    if relation == "adapter" and not has_adapter and networks and "config.json" in release.files:
        problem = OriginProblem.NO_ADAPTER
    elif relation in ("finetune", "merge") and has_adapter and release.weight_formats and not networks:
        problem = OriginProblem.ONLY_ADAPTER
    elif relation == "quantized" and networks and _is_plain(release):
        problem = OriginProblem.NOT_QUANTIZED
    if problem is not None:
        yield OriginFault(problem=problem, file=CARD, pointer="base_model_relation", said=relation)


def missing_recipes(release: Release) -> Iterator[OriginFault]:
    """Yield a merge whose recipe is in no file and in no line of the card."""
    card, stated = release.card, read_statement(release)
    tags = {tag.casefold() for tag in card.texts("tags")} if card is not None else set()
    is_merge = stated.relation == "merge" or (not stated.relation and bool(tags & _MERGE_TAGS) and len(stated.ids) > 1)
    if not is_merge or any(_RECIPE.fullmatch(path) for path in release.files):
        return
    text = (release.read(CARD, MAX_SIZE) or b"").lower()
    if not any(word in text for word in _RECIPE_TEXT):
        said = f"a merge of {', '.join(sorted(stated.written)) or 'other models'}"
        yield OriginFault(problem=OriginProblem.NO_RECIPE, file=CARD, pointer="base_model_relation", said=said)


def _is_plain(release: Release) -> bool:
    """Whether all weights are seen to be floats that nothing says how to unpack."""
    config = release.config or {}
    if any(key in config for key in ("quantization_config", "quantization", "compression_config")):
        return False
    if {"quantize_config.json", "hf_quant_config.json"} & release.files.keys():
        return False
    if not all(name.endswith(".safetensors") for found in release.weight_formats.values() for name in found.files):
        return False
    try:
        sets = release.weights.sets.values()
    except EvidenceMissing:
        return False
    tensors = [tensor for weight_set in sets for tensor in weight_set.tensors.values()]
    whole = all(not weight_set.missing for weight_set in sets)
    return bool(tensors) and whole and all(tensor.dtype in _FLOATS for tensor in tensors)
