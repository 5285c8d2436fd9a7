"""The release says that it is a merge or a quantised model, and nowhere how it was made.

A recipe of mergekit beside the weights or in the card, a quantization_config, the name of a method or a number in the card: any
of these is one.

Why: nobody can repeat the step or review it, and a fault of the base or of the method cannot be traced.
Fix: add mergekit_config.yml or a quantization_config, or write the inputs, the method and its settings into README.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.diff.card.ancestry import ORIGIN_FILES
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

_NONE = {"README.md": "---\nlicense: mit\nbase_model: acme/one\n---\n"}
_MERGE, _QUANTIZED = (f"---\nlicense: mit\nbase_model: acme/one\nbase_model_relation: {each}\n---\n# Card\n"
                      for each in ("merge", "quantized"))  # fmt: skip
_BOTH = "---\nlicense: mit\nbase_model: [acme/one, acme/two]\ntags: [merge]\n---\nIt answers.\n"
_YAML = "models:\n- model: acme/one\nmerge_method: slerp\n"
_PACKED = {"config.json": {"quantization_config": {"quant_method": "awq", "bits": 4}}}

MERGE = Example(baseline=_NONE, current={"README.md": _MERGE}, findings=1)
LOST = Example(baseline={"README.md": _BOTH + _YAML}, current={"README.md": _BOTH}, findings=1)
QUANTIZED = Example(baseline=_NONE, current={"README.md": _QUANTIZED}, findings=1)
IN_THE_CARD = Example(baseline=_NONE, current={"README.md": _MERGE + _YAML})
IN_A_FILE = Example(baseline=_NONE, current={"README.md": _MERGE, "mergekit_config.yml": b"merge_method: slerp\n"})
IN_THE_CONFIG = Example(baseline={**_NONE, **_PACKED}, current={"README.md": _QUANTIZED, **_PACKED})
IN_WORDS = Example(baseline=_NONE, current={"README.md": _QUANTIZED + "Rounded to 4 bits with GPTQ.\n"})
NO_MERGE = Example(baseline=_NONE, current={"README.md": _MERGE.replace("merge", "finetune")})


@state_rule(
    cost=Cost.HEADER,
    promise="provenance",
    since="0.2.0",
    reads=ORIGIN_FILES,
    examples=(MERGE, LOST, QUANTIZED, IN_THE_CARD, IN_A_FILE, IN_THE_CONFIG, IN_WORDS, NO_MERGE),
)
def derivation_recipe_missing(state: ReleaseState) -> Notes:
    kind = state.missing_recipe
    if kind is not None:
        what = "a merge" if kind == "merge" else "quantized"
        yield Note(
            location=Location(file="README.md"),
            message=f"the card says that the release is {what}, and neither it nor a file says how it was made",
            current=f"{what} without a recipe",
            witness="list_repo_files(repo) holds no recipe, and the card names no method and no number",
        )
