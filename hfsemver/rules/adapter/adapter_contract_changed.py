"""An adapter has another method, a higher rank or other modules than before.

Why: servers set aside a highest rank and know a method by its name, and stacks and routers of adapters assume the modules.
Fix: train with the old method, rank and modules, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.config.change import shown
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

FILE = "adapter_config.json"
LORA = {"peft_type": "LORA", "r": 8, "lora_alpha": 16, "target_modules": ["q_proj", "v_proj"], "task_type": "CAUSAL_LM"}


def _pair(changed: dict[str, object], findings: int = 0, also: tuple[str, ...] = ()) -> Example:
    return Example(baseline={FILE: LORA}, current={FILE: {**LORA, **changed}}, findings=findings, also=also)


RANK = _pair({"r": 64}, 1)
WIDER = Example(
    baseline={FILE: LORA, "adapter_model.safetensors": {"q_proj.lora_A.weight": "F32[8,64]", "q_proj.lora_B.weight": "F32[64,8]"}},
    current={FILE: {**LORA, "r": 16},
             "adapter_model.safetensors": {"q_proj.lora_A.weight": "F32[16,64]", "q_proj.lora_B.weight": "F32[64,16]"}},
    findings=1,
)  # fmt: skip
PATTERN = _pair({"rank_pattern": {"q_proj": 32}}, 1)
MODULES = _pair({"target_modules": ["q_proj"]}, 1)
DORA = _pair({"use_dora": True}, 1)
METHOD = _pair({"peft_type": "IA3"}, 1)
SMALLER = _pair({"r": 4})
SCALE = _pair({"lora_alpha": 32}, also=("config-value-changed",))
SAVED_AGAIN = _pair({
    "target_modules": ["v_proj", "q_proj"], "lora_dropout": 0.1, "bias": "none", "use_dora": False, "rank_pattern": {},
    "modules_to_save": None, "peft_version": "0.21.2", "qalora_group_size": 16, "inference_mode": True, "eva_config": None,
})  # fmt: skip


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="interface",
    since="0.2.0",
    examples=(RANK, WIDER, PATTERN, MODULES, DORA, METHOD, SMALLER, SCALE, SAVED_AGAIN),
    mirror="none: the way back is another contract too, and a smaller rank fits where the larger one did",
)
def adapter_contract_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each key."""
    for change in diff.adapters.contract:
        yield Note(
            location=Location(file=change.file, pointer=change.key),
            message=str(change),
            baseline=shown(change.old),
            current=shown(change.new),
            witness=f"PeftConfig.from_pretrained(repo).{change.key}: {shown(change.old)} -> {shown(change.new)}",
        )
