"""The card sends its readers to a newer model that is none: no id on the Hub, or the base of this very model.

Whether another model that is named is there, and leads to no circle, only a Hub knows: where none is asked, that is a skip.

Why: the Hub puts a banner with that link on top of the page, and readers leave for an older model or for nothing.
Fix: name the repository of the successor under new_version in README.md, or take the field out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.diff.card.successor import SUCCESSOR_FILES
from hfsemver.rules.hub_example import ExampleHub, card_of
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState


def _card(more: str = "") -> dict[str, str]:
    return {"README.md": f"---\nlicense: mit\nbase_model: acme/one\n{more}---\nIt answers.\n"}


ADAPTER = {"adapter_config.json": {"base_model_name_or_path": "acme/base", "revision": "0123abc"}}
BASE = Example(baseline=_card(), current=_card("new_version: Acme/One\n"), findings=1)
PATH = Example(baseline=_card(), current=_card("new_version: ../two\n"), findings=1)
PAGE = Example(baseline=_card(), current=_card("new_version: https://huggingface.co/acme/two\n"), findings=1)
OF_AN_ADAPTER = Example(
    baseline={**_card(), **ADAPTER}, current={**_card("new_version: acme/base\n"), **ADAPTER}, findings=1
)
NONE = Example(baseline=_card(), current=_card("new_version:\n"))
_ASKED = ExampleHub(
    models={
        "acme/two": card_of(new_version="acme/three"),
        "acme/three": {},
        "acme/round": card_of(new_version="acme/model"),
    }
)
GONE = Example(baseline=_card(), current=_card("new_version: acme/nowhere\n"), hub=_ASKED, findings=1)
CIRCLE = Example(baseline=_card(), current=_card("new_version: acme/round\n"), hub=_ASKED, findings=1)
THERE = Example(baseline=_card(), current=_card("new_version: acme/two\n"), hub=_ASKED)
KNOWN = Example(baseline=_card("new_version: acme/one\n"), current=_card("new_version: acme/one\ntags: [x]\n"))


@state_rule(
    cost=Cost.HEADER,
    level=Level.WARN,
    promise="card",
    since="0.2.0",
    reads=SUCCESSOR_FILES,
    examples=(BASE, PATH, PAGE, OF_AN_ADAPTER, NONE, GONE, CIRCLE, THERE, KNOWN),
)
def new_version_dangling(state: ReleaseState) -> Notes:
    found = state.dangling_successor
    if found is not None:
        written = clipped(found.written, 80)
        yield Note(
            location=Location(file="README.md", pointer="new_version"),
            message=f"new_version is {written}, which {found.problem}",
            current=f"{written} {found.problem}",
            witness=f"model_info(repo).card_data.new_version is {written!r}",
        )
