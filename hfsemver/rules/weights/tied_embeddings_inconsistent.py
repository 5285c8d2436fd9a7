"""The flag that ties the output projection to the embeddings contradicts what is stored.

Why: a projection that is not stored is filled with random values, and one that is stored beside the flag is used by some
loaders and not by others: garbage, with no error.
Fix: store the projection, or set tie_word_embeddings to what the weights are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.diff.weights.ties import TieProblem
from hfsemver.rules.loading import load_call
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}
TABLE = {"model.embed_tokens.weight": "F32[8,4]"}
HEAD = {"lm_head.weight": "F32[8,4]"}


def _side(*, tied: bool, **tensors: str) -> dict[str, object]:
    return {**TABLE, **tensors, "config.json": {**LLAMA, "tie_word_embeddings": tied}}


UNTIED = _side(tied=False, **HEAD)
COPY = {"lm_head.weight": "F32[8,4] of=model.embed_tokens.weight"}
RANDOM = Example(baseline=UNTIED, current=_side(tied=False), findings=1, also=("tied-embeddings-changed",))
OTHER = Example(baseline=UNTIED, current=_side(tied=True, **HEAD), findings=1, also=("tied-embeddings-changed",))
SAME = Example(baseline=_side(tied=True, **COPY), current=_side(tied=True))
OTHER_NAME = Example(
    baseline=_side(tied=False, **{"transformer.output_layer.weight": "F32[8,4]"}),
    current=_side(tied=False, **{"transformer.output_layer.weight": "F32[8,4]"}),
)
KNOWN = Example(baseline=_side(tied=False), current=_side(tied=False))


@state_rule(
    cost=Cost.VALUES,
    promise="load",
    since="0.2.0",
    examples=(RANDOM, OTHER, SAME, OTHER_NAME, KNOWN),
)
def tied_embeddings_inconsistent(state: ReleaseState) -> Notes:
    """Yield one note for each set of weights."""
    found = state.ties
    for fault in found.faults:
        said = "" if fault.written else ", as its class fills it in,"
        beside = fault.head or fault.embeddings
        first, second = f'w["{fault.head}"]', f'w["{fault.embeddings}"]'
        yield Note(
            location=Location(file=fault.file, pointer=beside),
            message=f"tie_word_embeddings{said} {fault.problem}, beside {fault.embeddings}",
            current=fault.problem,
            witness=f"w = {load_call(fault.file)}; {first}.equal({second})  # False"
            if fault.problem is TieProblem.OTHER_HEAD
            else "AutoModelForCausalLM.from_pretrained(repo): newly initialized: lm_head.weight",
        )
    if found.missing is not None:
        raise found.missing
