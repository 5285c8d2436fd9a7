"""The card says how the release was made of its base, and the files of the release deny it.

Why: the Hub shows the release under that heading, and tools load it in that way.
Fix: write the relation that it is: finetune, adapter, merge or quantized.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.diff.card.pedigree import READS
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState


def _card(relation: str) -> dict[str, object]:
    return {"README.md": f"---\nlicense: mit\nbase_model: acme/one\nbase_model_relation: {relation}\n---\n"}


WEIGHTS = {"config.json": {"model_type": "llama"}, "q": "F32[4,4]"}
TUNED = {**_card("finetune"), **WEIGHTS}
RELATION = ("base-model-changed",)
QUANTIZED = Example(baseline=TUNED, current={**_card("quantized"), **WEIGHTS}, findings=1, also=RELATION)
NO_ADAPTER = Example(baseline=TUNED, current={**_card("adapter"), **WEIGHTS}, findings=1, also=RELATION)
PACKED = {
    "config.json": {"model_type": "llama", "quantization_config": {"quant_method": "awq", "bits": 4}},
    "q": "I32[4,4]",
}
REALLY = Example(baseline={**_card("quantized"), **PACKED}, current={**_card("quantized"), **PACKED, "notes.md": "x"})
AS_SAID = Example(baseline=TUNED, current={**TUNED, "notes.md": "x"})


@state_rule(
    cost=Cost.HEADER,
    promise="provenance",
    since="0.2.0",
    reads=READS,
    examples=(QUANTIZED, NO_ADAPTER, REALLY, AS_SAID),
)
def base_relation_contradicted(state: ReleaseState) -> Notes:
    for fault in state.contradicted_relations:
        yield Note(
            location=Location(file=fault.file, pointer=fault.pointer),
            message=f"the card says {fault.said}, {fault.problem}",
            current=f"{fault.said} {fault.problem}",
            witness=f"base_model_relation: {fault.said} {fault.problem}",
        )
