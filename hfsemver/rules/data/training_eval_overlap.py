"""A score is reported on data that the release was trained on.

Why: whoever chooses by that score is misled.
Fix: report the score on a split that was held out, or leave the data set out of the training data if it is not part of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState


def _card(split: str, data: str = "org/a") -> dict[str, object]:
    dataset = f"{{type: org/a, name: A, split: {split}}}"
    results = f"[{{task: {{type: text-classification}}, dataset: {dataset}, metrics: [{{type: f1, value: 0.9}}]}}]"
    return {"README.md": f"---\nlicense: mit\ndatasets: [{data}]\nmodel-index:\n- name: m\n  results: {results}\n---\n"}


TRAIN = Example(baseline=_card("test"), current=_card("train"), findings=1, also=("eval-setup-changed",))
HELD_OUT = Example(baseline=_card("test"), current=_card("validation"), also=("eval-setup-changed",))
OTHER_DATA = Example(baseline=_card("train", "org/b"), current=_card("train", "org/b"))
KNOWN = Example(baseline=_card("train"), current=_card("train"))


@state_rule(
    level=Level.WARN,
    cost=Cost.HEADER,
    promise="provenance",
    since="0.2.0",
    examples=(TRAIN, HELD_OUT, OTHER_DATA, KNOWN),
)
def training_eval_overlap(state: ReleaseState) -> Notes:
    """Yield one note for each data set of which the training split is scored."""
    for score in state.overlaps:
        name = clipped(score.dataset, 80)
        yield Note(
            location=Location(file=score.file, pointer=score.pointer),
            message=f"{name} is training data, and a score is reported on its split {clipped(score.split, 40)}",
            current=f"{name} {clipped(score.split, 40)}",
            witness=f"the card lists {name} under datasets, and a score on its split {clipped(score.split, 40)}",
        )
