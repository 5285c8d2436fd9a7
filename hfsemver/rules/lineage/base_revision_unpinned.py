"""An adapter is loaded onto whatever the main branch of its base holds.

Why: the adapter was fitted to one set of values, and the library loads the base by itself, at its newest commit.
Fix: write the commit of the base as revision into adapter_config.json.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.diff.card.pedigree import READS
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

CARD = {"README.md": "---\nlicense: mit\nbase_model: acme/one\n---\n"}


def _adapter(revision: str | None) -> dict[str, object]:
    return {**CARD, "adapter_config.json": {"base_model_name_or_path": "acme/one", "revision": revision}}


UNPINNED = Example(baseline=CARD, current=_adapter(None), findings=1)
BRANCH = Example(baseline=_adapter("0123abc"), current=_adapter("main"), findings=1)
PINNED = Example(baseline=CARD, current=_adapter("0123abc"))
NO_ADAPTER = Example(baseline={"README.md": "---\nlicense: mit\n---\n"}, current=CARD)
KNOWN = Example(baseline=_adapter(None), current=_adapter(None))


@state_rule(
    level=Level.WARN,
    cost=Cost.HEADER,
    promise="provenance",
    since="0.2.0",
    reads=READS,
    examples=(UNPINNED, BRANCH, PINNED, NO_ADAPTER, KNOWN),
)
def base_revision_unpinned(state: ReleaseState) -> Notes:
    for fault in state.unpinned_bases:
        said = clipped(fault.said, 120)
        yield Note(
            location=Location(file=fault.file, pointer=fault.pointer),
            message=f"PEFT loads {said} {fault.problem}",
            current=f"{said} {fault.problem}",
            witness=f"AutoPeftModel.from_pretrained(repo) downloads {said}@main",
        )
