"""The front matter of the card is refused by the Hub, or cannot be read by its own client.

A list or a mapping where text belongs, a language that is no code, scores without a name, a task, a data set or a value; and,
where a Hub is asked, what it says itself.

Why: the Hub rejects the commit after the upload, or whoever loads the card gets an error in place of its fields.
Fix: write the field as the model card specification of the Hub asks, as the message says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.rules.hub_example import ExampleHub
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

_PLAIN = {"README.md": "---\nlicense: mit\n---\n# Card\n\nIt answers.\n"}
_RESULT = "  - task: {type: text-generation}\n    dataset: {type: acme/test, name: Test}\n    metrics: [{type: acc, value: 0.9}]\n"


def _card(more: str) -> dict[str, str]:
    return {"README.md": f"---\nlicense: mit\n{more}---\n# Card\n\nIt answers.\n"}


def _wrong(more: str, findings: int = 1) -> Example:
    return Example(baseline=_PLAIN, current=_card(more), findings=findings)


TAG = _wrong("tags:\n- dataset: wikitext\n")
TASK = _wrong("pipeline_tag: [text-generation]\n")
LANGUAGE = _wrong("language: [English, zh-CN, en]\n")
UNNAMED = _wrong(f"model-index:\n- results:\n{_RESULT}")
NO_VALUE = _wrong(f"model-index:\n- name: one\n  results:\n{_RESULT.replace(', value: 0.9', '')}")
SPACES = _wrong(f"model-index:\n- name: one\n  results:\n{_RESULT.replace('acme/test', 'a whole test')}")
FIELD = _wrong("eval_results: [0.9]\n")
WHOLE = _wrong(f"language: [en, deu, code]\ntags: x\nmodel-index:\n- name: one\n  results:\n{_RESULT}", findings=0)
EMPTY = _wrong("language:\ntags: []\nmodel-index:\n- name: one\n  results: []\n", findings=0)
REFUSED = Example(
    baseline=_PLAIN,
    current=_card("thumbnail: nowhere\n"),
    hub=ExampleHub(refused={"thumbnail": '"thumbnail" must be a valid uri'}),
    findings=1,
)
KNOWN = Example(
    baseline=_card("pipeline_tag: [x]\n"), current={**_card("pipeline_tag: [x]\n"), "notes.md": "# Notes\n"}
)


@state_rule(
    cost=Cost.HEADER,
    promise="card",
    since="0.2.0",
    reads=re.compile(r"README\.md"),
    examples=(TAG, TASK, LANGUAGE, UNNAMED, NO_VALUE, SPACES, FIELD, WHOLE, EMPTY, REFUSED, KNOWN),
)
def card_metadata_invalid(state: ReleaseState) -> Notes:
    for fault in state.metadata_faults:
        yield Note(
            location=Location(file="README.md", pointer=fault.pointer),
            message=f"{fault.pointer} {fault.problem}" + (f"; it takes {fault.wanted}" if fault.wanted else ""),
            current=fault.problem,
            witness=fault.witness,
        )
    for refusal in state.card_refusals:
        yield Note(
            location=Location(file="README.md"),
            message=f"the Hub refuses the card: {clipped(refusal, 300)}",
            current=clipped(refusal, 300),
            witness="ModelCard.load(path).validate() raises ValueError",
        )
