"""The card declares a relation to the base that the files of the release contradict.

A whole model that is called an adapter, an adapter that is called a fine-tuned model of its base, weights in 32 bits that are
called quantised; and, where a Hub is asked, a fine-tuned model whose matrices have nothing in common with those of its base.

Why: the pedigree is false, so that tools look for another kind of files, and users judge the model by what it is not.
Fix: correct base_model_relation in README.md: adapter, finetune, merge or quantized.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.diff.card.ancestry import ORIGIN_FILES
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

_ADAPTER, _FINETUNE, _QUANTIZED, _NONE = (
    {"README.md": f"---\nlicense: mit\nbase_model: acme/one\n{more}---\n"}
    for more in (*(f"base_model_relation: {each}\n" for each in ("adapter", "finetune", "quantized")), "")
)
_MODEL = {
    "config.json": {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "num_hidden_layers": 4},
    **{f"model.layers.{n}.mlp.up_proj.weight": "F32[4,4]" for n in range(4)},
}
_LORA = {
    "adapter_config.json": {"base_model_name_or_path": "acme/one", "revision": "0123abc"},
    "adapter_model.safetensors": {"base_model.model.q_proj.lora_A.weight": "F32[2,4]"},
}

WHOLE = Example(baseline={**_NONE, **_MODEL}, current={**_ADAPTER, **_MODEL}, findings=1)
LONE = Example(baseline={**_NONE, **_LORA}, current={**_FINETUNE, **_LORA}, findings=1)
PLAIN = Example(baseline={**_NONE, **_MODEL}, current={**_QUANTIZED, **_MODEL}, findings=1)
TRUE_ADAPTER = Example(baseline={**_NONE, **_LORA}, current={**_ADAPTER, **_LORA})
TRUE_MODEL = Example(baseline={**_NONE, **_MODEL}, current={**_FINETUNE, **_MODEL})
KNOWN = Example(baseline={**_ADAPTER, **_MODEL}, current={**_ADAPTER, **_MODEL, "notes.md": "# Notes\n"})


@state_rule(
    cost=Cost.HEADER,
    promise="provenance",
    since="0.2.0",
    reads=ORIGIN_FILES,
    examples=(WHOLE, LONE, PLAIN, TRUE_ADAPTER, TRUE_MODEL, KNOWN),
)
def base_relation_contradicted(state: ReleaseState) -> Notes:
    found = state.contradicted_relation
    if found is not None:
        yield Note(
            location=Location(file="README.md", pointer="base_model_relation"),
            message=f"base_model_relation is {found.relation}, but {found.shown}",
            current=f"no {found.relation}",
            witness=found.shown,
        )
