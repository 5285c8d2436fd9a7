"""Adapters by their contract and by their tensors: real ones, and edits of them."""

from __future__ import annotations

import json
import tarfile
from typing import Any

import pytest

from hfsemver.diff.release import compare
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.rules.catalogue import evidence_rules
from hfsemver.rules.engine import inspect
from tests.builders import release
from tests.histories import DATA

CONFIG = "adapter_config.json"
ARCHIVES = tuple(sorted((DATA / "weights").glob("*lora.tar.xz")))
LORA: dict[str, Any] = {"peft_type": "LORA", "r": 8, "target_modules": ["q_proj", "v_proj"]}


def keys(old: dict[str, Any], new: dict[str, Any], **more: Any) -> tuple[list[str], list[str]]:
    """Return the changed keys of the contract, and the others."""
    diff = compare(release({CONFIG: old, **more}), release({CONFIG: new, **more})).adapters
    return [change.key for change in diff.contract], [change.key for change in diff.other]


@pytest.mark.parametrize(
    ("changed", "contract", "other"),
    [
        ({"target_modules": "all-linear"}, ["target_modules"], []),
        ({"modules_to_save": ["classifier"]}, ["modules_to_save"], []),
        ({"modules_to_save": []}, [], []),
        ({"r": 9}, ["r"], []),
        ({"r": 7}, [], []),
        ({"r": 4, "rank_pattern": {"x": 8}}, [], []),
        ({"lora_alpha": 8}, [], []),
        ({"lora_alpha": 9}, [], ["lora_alpha"]),
        ({"init_lora_weights": "gaussian"}, [], []),
        ({"init_lora_weights": "pissa"}, [], ["init_lora_weights"]),
        ({"some_new_key": 1}, [], ["some_new_key"]),
        ({"some_new_key": None}, [], []),
        ({"use_rslora": True, "task_type": "SEQ_CLS"}, ["task_type", "use_rslora"], []),
    ],
)
def test_a_key_is_of_the_contract_or_told_as_a_value_or_nothing(
    changed: dict[str, Any], contract: list[str], other: list[str]
) -> None:
    """What a newer library writes out with its default is nothing."""
    assert (contract, other) == keys(LORA, {**LORA, **changed})


def test_a_list_of_modules_that_means_the_same_tensors_is_nothing() -> None:
    """PEFT shortens long lists to endings."""
    tensors = {"adapter_model.safetensors": {"base_model.model.a.q_proj.lora_A.weight": "F32[8,4]"}}
    spelled = {**LORA, "target_modules": ["a.q_proj"]}

    assert keys(LORA, spelled, **tensors) == ([], [])
    assert keys(LORA, spelled) == (["target_modules"], [])


def test_an_adapter_in_a_folder_is_compared_too() -> None:
    """Training leaves one in each checkpoint, and a repository may hold several on purpose."""
    old, new = ({f"math/{CONFIG}": {**LORA, "r": rank}} for rank in (8, 16))
    diff = compare(release(old), release(new)).adapters

    assert [(change.file, change.key) for change in diff.contract] == [(f"math/{CONFIG}", "r")]


@pytest.mark.data
@pytest.mark.skipif(not ARCHIVES, reason="the real adapters are not here")
@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name)
def test_real_adapters_keep_to_their_configuration(archive: Any) -> None:
    """None of them contradicts itself, and each edit of one is told."""
    content: dict[str, dict[str, bytes]] = {}
    with tarfile.open(archive) as packed:
        for member in packed:
            folder, _, name = member.name.rpartition("/")
            data = packed.extractfile(member) if member.isfile() else None
            if data is not None and name in (CONFIG, "adapter_model.safetensors"):
                content.setdefault(folder, {})[name] = data.read()
    whole = [files for files in content.values() if len(files) == 2]
    rules = [rule for rule in evidence_rules() if rule.id == "adapter-base-mismatch"]

    assert len(whole) >= 3
    for files in whole:
        assert inspect(compare(None, Release(MemorySource(files))), rules) == ((), ())
        config = json.loads(files[CONFIG])
        for changed in ({"r": config["r"] + 1}, {"target_modules": ["no_such_module"]}):
            broken = {**files, CONFIG: json.dumps({**config, **changed}).encode()}
            assert inspect(compare(None, Release(MemorySource(broken))), rules)[0]
