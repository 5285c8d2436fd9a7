"""A base model is named in a file and not in the card, or what is named is no repository on the Hub.

Why: nobody finds the base, its licence and its advisories, and duties that come with it stay hidden.
Fix: write the id of the base model under base_model in the card, and into adapter_config.json where there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.card.pedigree import READS
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

CARD = {"README.md": "---\nlicense: mit\nbase_model: acme/one\n---\n"}
NO_BASE = {"README.md": "---\nlicense: mit\n---\n"}


def _adapter(base: str) -> dict[str, object]:
    return {"adapter_config.json": {"peft_type": "LORA", "base_model_name_or_path": base, "revision": "0123abc"}}


HIDDEN = Example(baseline=NO_BASE, current={**NO_BASE, **_adapter("acme/one")}, findings=1)
PATH = Example(baseline=NO_BASE, current={**NO_BASE, **_adapter("/home/me/one")}, findings=1)
PLACEHOLDER = Example(
    baseline=NO_BASE, current={"README.md": "---\nlicense: mit\nbase_model: ../one\n---\n"}, findings=1
)
DECLARED = Example(baseline=NO_BASE, current={**CARD, **_adapter("/home/me/one")})
NOT_DERIVED = Example(baseline=NO_BASE, current={**NO_BASE, "config.json": {"_name_or_path": "acme/one"}})


@state_rule(
    cost=Cost.HEADER,
    promise="provenance",
    since="0.2.0",
    reads=READS,
    examples=(HIDDEN, PATH, PLACEHOLDER, DECLARED, NOT_DERIVED),
)
def base_model_undeclared(state: ReleaseState) -> Notes:
    """Yield one note for each name."""
    for fault in state.undeclared_bases:
        said = clipped(fault.said, 120)
        yield Note(
            location=Location(file=fault.file, pointer=fault.pointer),
            message=f"{fault.file} names {said}, {fault.problem}",
            current=f"{said} {fault.problem}",
            witness=f"model_info(repo).card_data.base_model is not {said}",
        )
