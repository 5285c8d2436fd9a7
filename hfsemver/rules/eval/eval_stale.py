"""The weights changed, and the scores are still those of the old ones, or one of them is reported no more.

Why: old numbers describe other weights, and whoever chooses by them chooses something else.
Fix: evaluate the new weights, or take the old scores out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.rules.rule import POLICY, Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff


def _side(values: str, *metrics: str) -> dict[str, object]:
    listed = ", ".join(f"{{type: {metric}, value: 0.{n}}}" for n, metric in enumerate(metrics, 5))
    result = f"{{task: {{type: t}}, dataset: {{type: d, name: D}}, metrics: [{listed}]}}"
    return {"body": values, "README.md": f"---\nlicense: mit\nmodel-index:\n- name: m\n  results: [{result}]\n---\n"}


OLD, NEW = "F32[64,64]", "F32[64,64] seed=1 scale=1e-3"
UPDATED = ("weights-updated",)
COPIED = Example(baseline=_side(OLD, "f1"), current=_side(NEW, "f1"), findings=1, also=UPDATED)
DROPPED = Example(baseline=_side(OLD, "f1", "bleu"), current=_side(NEW, "f1"), findings=1, also=UPDATED)
EVALUATED = Example(
    baseline=_side(OLD, "f1"),
    current={**_side(NEW, "f1"), "README.md": str(_side(NEW, "f1")["README.md"]).replace("0.5", "0.6")},
    also=UPDATED,
)
SAME_WEIGHTS = Example(baseline=_side(OLD, "f1", "bleu"), current=_side(OLD, "f1"))


@rule(
    bump=POLICY,
    cost=Cost.VALUES,
    promise="card",
    since="0.2.0",
    examples=(COPIED, DROPPED, EVALUATED, SAME_WEIGHTS),
    mirror="none: scores of unchanged weights may change as often as somebody measures",
)
def eval_stale(diff: ReleaseDiff) -> Notes:
    """Yield one note for all scores that were copied, or one for those that are gone."""
    dropped = diff.evals.dropped
    if not (diff.evals.are_copied or dropped):
        return
    diff.require_moved()
    if not diff.values_moved:
        return
    if diff.evals.are_copied:
        yield Note(
            location=Location(file="README.md", pointer="model-index"),
            message="the weights have other values, and every reported score is the one of the baseline",
            current="scores of the baseline",
        )
    elif dropped:
        names = clipped(", ".join(sorted({f"{one.dataset} {one.metric}".strip() for one in dropped})), 200)
        yield Note(
            location=Location(file=dropped[0].file, pointer="model-index"),
            message=f"the weights have other values, and these scores are reported no more: {names}",
            baseline=names,
        )
