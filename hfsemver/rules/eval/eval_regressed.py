"""A score that was taken in the same way is worse than before, by more than chance or than the policy tolerates.

Shares of examples are judged by an interval where it is known how many there were, others by the standard errors that are
reported with them; where neither is known, by the tolerance of the policy.

Why: pipelines that were tuned to a floor break, and no version number hides that.
Fix: find out why, or accept the finding with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.rules.rule import POLICY, Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff


def _card(value: str, metric: str = "accuracy", more: str = "") -> dict[str, object]:
    result = (
        f"{{task: {{type: t}}, dataset: {{type: d, name: D{more}}}, metrics: [{{type: {metric}, value: {value}}}]}}"
    )
    return {"README.md": f"---\nlicense: mit\nmodel-index:\n- name: m\n  results: [{result}]\n---\n"}


MANY = ", args: {num_examples: 10000}"
WORSE = Example(baseline=_card("0.80", more=MANY), current=_card("0.77", more=MANY), findings=1)
LOSS = Example(baseline=_card("1.0", "loss"), current=_card("1.2", "loss"), findings=1)
FEW = ", args: {num_examples: 100}"
CHANCE = Example(baseline=_card("0.80", more=FEW), current=_card("0.77", more=FEW))
BETTER = Example(baseline=_card("0.77", more=MANY), current=_card("80.0", more=MANY))
TOLERATED = Example(baseline=_card("0.800", "f1"), current=_card("0.795", "f1"))
UNKNOWN = Example(baseline=_card("5", "own_score"), current=_card("3", "own_score"))


@rule(
    bump=POLICY,
    cost=Cost.HEADER,
    promise="card",
    since="0.2.0",
    examples=(WORSE, LOSS, CHANCE, BETTER, TOLERATED, UNKNOWN),
    mirror="none: a better score breaks nobody",
)
def eval_regressed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each score."""
    for found in diff.regressions:
        pair = found.pair
        old, new = clipped(pair.old.value, 20), clipped(pair.new.value, 20)
        if found.interval is None:
            how = f"{found.drop:.1%} worse, more than the policy tolerates"
        else:
            how = f"95 of 100 such differences lie from {found.interval[0]:+.4g} to {found.interval[1]:+.4g}"
        yield Note(
            location=Location(file=pair.new.file, pointer=pair.new.pointer),
            message=f"{clipped(pair.name, 120)}: {old} -> {new}; {how}",
            baseline=old,
            current=new,
            witness=f"{clipped(pair.name, 120)} {old} -> {new}",
        )
