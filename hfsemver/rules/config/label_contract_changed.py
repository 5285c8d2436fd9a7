"""The classes that a classifier answers with have other names, numbers or a different kind.

Why: consumers switch on label strings or indices, so a renamed or reordered label is another answer.
Fix: restore the labels and their order, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.config.change import ABSENT, KeyChange, by_file, shown
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

NER = {"model_type": "bert", "id2label": {"0": "O", "1": "I-PER"}, "label2id": {"O": 0, "I-PER": 1}}
RENAMED = Example(
    baseline={"config.json": NER},
    current={"config.json": {"model_type": "bert", "id2label": {"0": "O", "1": "LABEL_1"}}},
    findings=1,
)
TASK = Example(
    baseline={"config.json": {**NER, "problem_type": "single_label_classification"}},
    current={"config.json": {**NER, "problem_type": "multi_label_classification"}},
    findings=1,
)
DEFAULTS = Example(
    baseline={"config.json": {"model_type": "bert", "num_labels": 2}},
    current={"config.json": {"model_type": "bert", "id2label": {"0": "LABEL_0", "1": "LABEL_1"}}},
)
ONE_WAY = Example(
    baseline={"config.json": NER},
    current={"config.json": {"model_type": "bert", "label2id": {"I-PER": "1", "O": "0"}, "num_labels": 2}},
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="interface",
    since="0.1.0",
    examples=(RENAMED, TASK, DEFAULTS, ONE_WAY),
    mirror="none: the way back is a change of labels too",
)
def label_contract_changed(diff: ReleaseDiff) -> Notes:
    for found in by_file(diff.config.labels):
        yield Note(
            location=Location(file=found.file, pointer=found.pointer),
            message=str(found),
            baseline=found.baseline,
            current=found.current,
            witness=_witness(found.changes),
        )


def _witness(changes: tuple[KeyChange, ...]) -> str:
    for change in changes:
        section, _, number = change.key.rpartition(".")
        if section.endswith("id2label") and change.old is not ABSENT:
            new = "no label" if change.new is ABSENT else shown(change.new)
            return f'pipe("...")[0]["label"] for class {number} was {shown(change.old)}, now {new}'
    return ""
