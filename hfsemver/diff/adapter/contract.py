"""What servers, mergers and routers of adapters rely on: method, rank and targets, whatever else training wrote down.

The defaults are those of PEFT, which newer versions write out:
https://github.com/huggingface/peft/blob/main/src/peft/tuners/lora/config.py
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.diff.adapter.files import CONFIG, adapter_folders, adapter_tensors
from hfsemver.diff.config.change import ABSENT, KeyChange, same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue
    from hfsemver.releases.release import Release

RANK: Final = "r"
_RANKS: Final = (RANK, "rank_pattern")
_DEFAULTS: Final[Mapping[str, JsonValue]] = MappingProxyType({
    RANK: 8, "lora_alpha": 8, "bias": "none", "init_lora_weights": True, "qalora_group_size": 16,
})  # fmt: skip
# What decides which modules are touched. Equal tensors say that nothing of it is felt, however it is spelled: PEFT itself
# shortens a long list to endings that mean the same.
_TARGETS: Final = frozenset({
    "target_modules", "exclude_modules", "layers_to_transform", "layers_pattern", "modules_to_save", "target_parameters",
})  # fmt: skip
_CONTRACT: Final = frozenset({
    *_TARGETS, "peft_type", "task_type", "use_dora", "use_rslora", "fan_in_fan_out", "bias", "lora_bias", "layer_replication",
    "trainable_token_indices", "use_qalora", "qalora_group_size", "use_bdlora", "alora_invocation_tokens", "num_virtual_tokens",
    "token_dim", "num_transformer_submodules", "num_attention_heads", "num_layers", "feedforward_modules",
})  # fmt: skip
# How training was set up, who wrote the file, and what other rules read.
_SILENT: Final = frozenset({
    "lora_dropout", "loftq_config", "eva_config", "corda_config", "lora_ga_config", "velora_config", "monteclora_config",
    "kasa_config", "arrow_config", "runtime_config", "megatron_config", "megatron_core", "ensure_weight_tying", "inference_mode",
    "auto_mapping", "peft_version", "revision", "base_model_name_or_path",
})  # fmt: skip
_STARTS: Final = (True, False, "gaussian", "orthogonal")
"""Ways of filling an adapter before training that leave the base alone."""


@dataclass(frozen=True, kw_only=True)
class AdapterDiff:
    """Changed keys of every adapter: those of the ``contract``, and ``other`` ones that are felt but break nothing."""

    contract: tuple[KeyChange, ...] = ()
    other: tuple[KeyChange, ...] = ()

    @property
    def folders(self) -> frozenset[str]:
        """The folders of adapters with another contract, which explains other shapes and other tensors there."""
        return frozenset(change.file.removesuffix(CONFIG) for change in self.contract)


def compare_adapters(files: FilesDiff) -> AdapterDiff:
    """Compare the adapters in the same folders. Raises ``FormatError`` and ``EvidenceMissing`` for their configurations."""
    if files.baseline is None or files.current is None:
        return AdapterDiff()
    contract: list[KeyChange] = []
    other: list[KeyChange] = []
    after = adapter_folders(files.current)
    for folder in adapter_folders(files.baseline):
        path = folder + CONFIG
        if folder not in after or files.same(path) is True:
            continue
        old, new = (side.json(path) or {} for side in (files.baseline, files.current))
        for change in _changes(path, old, new):
            if change.key in _TARGETS and _same_modules(files.baseline, files.current, folder):
                continue
            (contract if change.key in _CONTRACT or change.key in _RANKS else other).append(change)
    return AdapterDiff(contract=tuple(contract), other=tuple(other))


def _changes(path: str, old: JsonObject, new: JsonObject) -> Iterator[KeyChange]:
    before, after = highest_rank(old), highest_rank(new)
    # A server sets aside room for a rank: a smaller one fits, and its tensors are told by their shapes.
    if before is not None and after is not None and after > before:
        yield KeyChange(file=path, key=RANK, old=before, new=after)
    for key in sorted({*old, *new} - _SILENT - {*_RANKS}):
        one, other = (_value(side, key) for side in (old, new))
        if not same(one, other) and not (key == "init_lora_weights" and one in _STARTS and other in _STARTS):
            yield KeyChange(file=path, key=key, old=old.get(key, ABSENT), new=new.get(key, ABSENT))


def highest_rank(config: JsonObject) -> int | None:
    """Return the largest rank of a low-rank adapter, ``None`` for another method."""
    if config.get("peft_type") not in (None, "LORA"):
        return None
    pattern = config.get("rank_pattern")
    ranks = [config.get(RANK), *(pattern.values() if isinstance(pattern, dict) else ())]
    found = [rank for rank in ranks if isinstance(rank, int) and not isinstance(rank, bool)]
    return max(found, default=None)


def _value(config: JsonObject, key: str) -> JsonValue:
    """Return what counts: the default where nothing is said, nothing for what is off, a list of names without its order."""
    value = config.get(key)
    if value is None:
        value = _DEFAULTS.get(key)
    if isinstance(value, list) and key in _TARGETS:
        names: list[JsonValue] = [*sorted(map(str, value))]
        return names or None
    return None if value is False or value in ([], {}) else value


def _same_modules(baseline: Release, current: Release, folder: str) -> bool:
    before, after = adapter_tensors(baseline, folder), adapter_tensors(current, folder)
    return before is not None and after is not None and before.keys() == after.keys()
