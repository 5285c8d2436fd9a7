"""The release is a merge of other models and says nowhere how it was made.

Why: nobody can make it again, or review what went into it in which share.
Fix: put mergekit_config.yml into the release, or the recipe into the card.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.card.pedigree import READS
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

BASES = "license: mit\nbase_model: [acme/one, acme/two]\n"
MERGE = f"---\n{BASES}base_model_relation: merge\n---\n"
BEFORE = {"README.md": f"---\n{BASES}---\n"}
MISSING = Example(baseline=BEFORE, current={"README.md": MERGE}, findings=1)
TAGGED = Example(baseline=BEFORE, current={"README.md": f"---\n{BASES}tags: [mergekit]\n---\n"}, findings=1)
RECIPE = "\n    merge_method: slerp\n    slices: []\n"
IN_CARD = Example(baseline=BEFORE, current={"README.md": MERGE + RECIPE})
IN_FILE = Example(baseline=BEFORE, current={"README.md": MERGE, "mergekit_config.yml": "merge_method: slerp\n"})


@state_rule(
    cost=Cost.HEADER,
    promise="provenance",
    since="0.2.0",
    reads=READS,
    examples=(MISSING, TAGGED, IN_CARD, IN_FILE),
)
def derivation_recipe_missing(state: ReleaseState) -> Notes:
    for fault in state.missing_recipes:
        said = clipped(fault.said, 160)
        yield Note(
            location=Location(file=fault.file, pointer=fault.pointer),
            message=f"the card says that this is {said}, {fault.problem}",
            current=f"{said} {fault.problem}",
            witness='hf_hub_download(repo, "mergekit_config.yml") -> 404',
        )
