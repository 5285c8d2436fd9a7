"""What the configuration of two releases says differently, whatever the spelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.rule_id import RuleId
from hfsemver.diff.config import context as config_context
from hfsemver.diff.config import generation_defaults
from hfsemver.diff.config import pipeline as config_pipeline
from hfsemver.diff.config import quantization as config_quantization
from hfsemver.diff.config import sentence as config_sentence
from hfsemver.diff.config.change import ABSENT, Absent, KeyChange
from hfsemver.diff.config.claims import EXPLAINED, names_kind, retyped
from hfsemver.diff.config.compare import Grouped, changes
from hfsemver.diff.config.group import Group
from hfsemver.diff.config.text import TEXT_PARTS, text_key
from hfsemver.releases.formats.strict_json import MAX_SIZE

if TYPE_CHECKING:
    from hfsemver.diff.config.generation import GenerationDiff
    from hfsemver.diff.config.normal import NormalConfig
    from hfsemver.diff.config.sides import ConfigSides
    from hfsemver.releases.release import Release

__all__ = ["ABSENT", "Absent", "ConfigDiff", "KeyChange", "compare_configs"]

CONFIG: Final = "config.json"
_FILES: Final = (
    CONFIG, "generation_config.json", "tokenizer_config.json", config_sentence.FILE, config_quantization.GPTQ_FILE, config_quantization.MODELOPT_FILE,
)  # fmt: skip
_CODE: Final = ("auto_map", "custom_pipelines")
_LONE_FILES: Final = (config_sentence.FILE, config_quantization.GPTQ_FILE, config_quantization.MODELOPT_FILE)


@dataclass(frozen=True, kw_only=True)
class ConfigDiff:
    """Changed keys, each in exactly one group, sorted by file and key.

    ``one_sided_dtype`` holds a dtype that one side declares and the other does not: what that means depends on how the
    weights are stored. ``context_before`` and ``context_after`` are the longest inputs in tokens, ``None`` where nothing bounds them or
    no key changed.
    """

    architecture: tuple[KeyChange, ...] = ()
    geometry: tuple[KeyChange, ...] = ()
    context_reduced: tuple[KeyChange, ...] = ()
    context_extended: tuple[KeyChange, ...] = ()
    rope: tuple[KeyChange, ...] = ()
    labels: tuple[KeyChange, ...] = ()
    quantization: tuple[KeyChange, ...] = ()
    tied: tuple[KeyChange, ...] = ()
    dtype: tuple[KeyChange, ...] = ()
    one_sided_dtype: tuple[KeyChange, ...] = ()
    other: tuple[KeyChange, ...] = ()
    context_before: int | None = None
    context_after: int | None = None


def compare_configs(
    sides: ConfigSides | None, generation: GenerationDiff, left_out: frozenset[str] = frozenset()
) -> ConfigDiff:
    """Compare ``config.json``, the files beside it that say the same kind of thing, and the parts of a pipeline.

    A file that appears breaks nobody and is no change; ``config.json`` that disappears is one change of architecture.
    Stop tokens and sampling defaults that took effect are told by ``generation``, also where ``config.json`` holds
    them. ``left_out`` names the rules that the policy does not count, and which therefore explain nothing.
    """
    if sides is None:
        return ConfigDiff()
    baseline, current = sides.baseline, sides.current
    grouped = list(config_pipeline.changes(baseline, current))
    old, new = baseline.config, current.config
    context: tuple[int | None, int | None] = (None, None)
    if old is not None and new is None:
        gone = KeyChange(file=CONFIG, key="", old=old.get("model_type", None), new=ABSENT)
        grouped.append((Group.ARCHITECTURE, gone))
    elif old is not None and new is not None and not sides.files.untouched(_FILES, MAX_SIZE):
        found, context = _compare_files(sides, generation)
        grouped += found
    elif old is new is None and not sides.files.untouched(_LONE_FILES, MAX_SIZE):
        found, context = _compare_lone(sides)
        grouped += found
    return _shared_out(grouped, context, left_out)


def _compare_files(
    sides: ConfigSides, generation: GenerationDiff
) -> tuple[list[Grouped], tuple[int | None, int | None]]:
    baseline, current = sides.baseline, sides.current
    before, after = sides.normal
    found: list[Grouped] = []
    if not sides.are_plainly_equal:
        shadows = _shadows(baseline, current, before, after)
        for group, change in changes(before, after, CONFIG):
            if _is_told(change.key, generation, shadows) or config_sentence.is_idle(
                change.key, baseline, before, after
            ):
                continue
            if change.key.startswith(_CODE) and change.old is ABSENT:
                continue  # the rules about code say what that needs
            found.append((group, change))
    found += [(Group.CONTEXT, change) for change in config_context.file_changes(baseline, current, before, after)]
    found += [(Group.QUANTIZATION, change) for change in config_quantization.file_changes(baseline, current)]
    found += [(Group.OTHER, change) for change in config_sentence.changes(baseline, current)]
    context = config_context.context(baseline, before), config_context.context(current, after)
    return found, context


def _compare_lone(sides: ConfigSides) -> tuple[list[Grouped], tuple[int | None, int | None]]:
    """Compare what says the same kind of thing where neither release has a ``config.json``."""
    baseline, current = sides.baseline, sides.current
    before, after = sides.normal
    bounds = config_context.file_changes(baseline, current, before, after)
    found = [(Group.CONTEXT, change) for change in bounds if change.file == config_sentence.FILE]
    context = config_context.context(baseline, before), config_context.context(current, after)
    found += [(Group.QUANTIZATION, change) for change in config_quantization.lone_changes(baseline, current)]
    found += [(Group.QUANTIZATION, change) for change in config_quantization.file_changes(baseline, current)]
    found += [(Group.OTHER, change) for change in config_sentence.changes(baseline, current)]
    return found, context


def _is_told(path: str, generation: GenerationDiff, shadows: frozenset[str]) -> bool:
    """Whether a changed key of ``config.json`` steers generation and is therefore told there, if it took effect.

    ``shadows`` are the keys that something before ``config.json`` decides on both sides: those stay plain values.
    """
    prefix, _, name = path.rpartition(".")
    if name == generation_defaults.EOS and prefix in TEXT_PARTS:
        return generation.stops_before != generation.stops_after or not {path, name} & shadows
    if prefix or name not in generation_defaults.LEGACY:
        return False
    return name not in shadows or name in {change.key for change in generation.defaults}


def _shadows(baseline: Release, current: Release, before: NormalConfig, after: NormalConfig) -> frozenset[str]:
    """Return the keys that ``generation_config.json`` sets on both sides, and nested stops behind those at the top."""
    old, new = baseline.generation_config or {}, current.generation_config or {}
    set_twice = {key for key in old if old[key] is not None and new.get(key) is not None}
    eos = generation_defaults.EOS
    if all(config.effective(eos) not in (ABSENT, None) for config in (before, after)):
        set_twice |= {text_key(part, eos) for part in TEXT_PARTS if part}
    return frozenset(set_twice)


def _shared_out(grouped: list[Grouped], context: tuple[int | None, int | None], left_out: frozenset[str]) -> ConfigDiff:
    """Put each change into its field.

    A bound that leaves the longest input as it was is a plain value, and what another implementation explains is told with it.
    """
    old, new = context
    bound = "other"
    if old is not None and new is not None and old != new:
        bound = "context_reduced" if new < old else "context_extended"
    is_explained = retyped(() if RuleId.ARCHITECTURE_CHANGED in left_out else (change for _, change in grouped))
    fields: dict[str, list[KeyChange]] = {}
    for group, change in grouped:
        name = bound if group is Group.CONTEXT else group.value
        fields.setdefault("architecture" if name in EXPLAINED and is_explained(change) else name, []).append(change)
    ordered = {
        name: tuple(sorted(found, key=lambda change: (change.file, not names_kind(change), change.key)))
        for name, found in fields.items()
    }
    return ConfigDiff(**ordered, context_before=old, context_after=new)
