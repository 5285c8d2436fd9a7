"""Tensors of an adapter contradict its own configuration, or do not fit to the base that it names.

The base is looked at by its headers, at the revision that ``adapter_config.json`` pins, where a Hub is asked.

Why: loaders drop what they cannot place and go on, so that requests are answered as if there were no adapter.
Fix: save the adapter again with the library that trained it, configuration and weights together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.diff.adapter.files import READS
from hfsemver.rules.hub_example import ExampleHub
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

CONFIG = {"adapter_config.json": {"peft_type": "LORA", "r": 4, "target_modules": ["q_proj"]}}
Q, K = "base_model.model.layers.0.q_proj", "base_model.model.layers.0.k_proj"
FACTORS = {f"{Q}.lora_A.weight": "F32[4,64]", f"{Q}.lora_B.weight": "F32[64,4]"}
FILE = "adapter_model.safetensors"
SOUND = {**CONFIG, FILE: FACTORS}
RANK = Example(
    baseline=SOUND, current={**SOUND, "adapter_config.json": {**CONFIG["adapter_config.json"], "r": 2}}, findings=1
)
STRAY = Example(
    baseline=SOUND,
    current={**CONFIG, FILE: {**FACTORS, f"{K}.lora_A.weight": "F32[4,64]", f"{K}.lora_B.weight": "F32[64,4]"}},
    findings=1,
    also=("tensor-added",),
)
HALF = Example(
    baseline=SOUND, current={**CONFIG, FILE: {f"{Q}.lora_A.weight": "F32[4,64]"}}, findings=1, also=("tensor-removed",)
)
PATTERNED = Example(
    baseline=SOUND,
    current={**SOUND, "adapter_config.json": {**CONFIG["adapter_config.json"], "r": 2, "rank_pattern": {"q_proj": 4}}},
)
_BASE = {"base_model_name_or_path": "acme/base", "revision": "v1.0"}
_NAMED = {**SOUND, "adapter_config.json": {**CONFIG["adapter_config.json"], **_BASE}}


def _on(module: str, size: int, findings: int) -> Example:
    hub = ExampleHub(weights={"acme/base": {f"{module}.weight": ("BF16", (size, size))}})
    return Example(baseline=SOUND, current=_NAMED, hub=hub, findings=findings)


NARROWER, FEWER_LAYERS, FITTING = (
    _on("layers.0.q_proj", 32, 1),
    _on("layers.1.q_proj", 64, 1),
    _on("layers.0.q_proj", 64, 0),
)
OTHER_METHOD = Example(
    baseline={"adapter_config.json": {"peft_type": "IA3"}, FILE: FACTORS},
    current={"adapter_config.json": {"peft_type": "IA3", "peft_version": "1"}, FILE: FACTORS},
)


@state_rule(
    cost=Cost.HEADER,
    promise="load",
    since="0.2.0",
    reads=READS,
    examples=(RANK, STRAY, HALF, PATTERNED, NARROWER, FEWER_LAYERS, FITTING, OTHER_METHOD),
)
def adapter_base_mismatch(state: ReleaseState) -> Notes:
    """Yield one note for each problem of each adapter; what it denies itself first, whoever answers for its base."""
    for found in (*state.adapter_mismatches, *state.adapter_misfits.found):
        more = f" and {found.count - 1} more" if found.count > 1 else ""
        yield Note(
            location=Location(file=found.file, pointer=found.tensor),
            message=f"{found.tensor}{more}: {found.problem}",
            current=found.problem,
            witness=f'set_peft_model_state_dict(model, load_file("{found.file}")) does not place {found.tensor}',
        )
    if state.adapter_misfits.missing:
        raise state.adapter_misfits.missing
