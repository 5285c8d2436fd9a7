"""A score was taken in another way: another split, revision, number of shots, or other notes.

Why: scores stop being comparable from one version to the next, although they stand under the same name.
Fix: report the score taken as before beside the new one, or release a new minor version that says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.escape import clipped
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.releases.formats.evals import EvalScore


def _card(more: str, value: str = "0.9") -> dict[str, object]:
    result = f"{{task: {{type: t}}, dataset: {{type: d, name: D{more}}}, metrics: [{{type: f1, value: {value}}}]}}"
    return {"README.md": f"---\nlicense: mit\nmodel-index:\n- name: m\n  results: [{result}]\n---\n"}


SHOTS = Example(baseline=_card(", args: {shots: 0}"), current=_card(", args: {shots: 5}"), findings=1)
REVISION = Example(baseline=_card(", revision: abc"), current=_card(", revision: def", "0.7"), findings=1)
OTHER_VALUE = Example(baseline=_card(""), current=_card("", "0.95"))
FIRST = Example(baseline={"README.md": "---\nlicense: mit\n---\n"}, current=_card(""))


@rule(
    bump=Bump.MINOR,
    level=Level.WARN,
    cost=Cost.HEADER,
    promise="card",
    since="0.2.0",
    examples=(SHOTS, REVISION, OTHER_VALUE, FIRST),
    mirror="none: the way back is another setup too",
)
def eval_setup_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each score."""
    for pair in diff.evals.setup_changed:
        old, new = _said(pair.old), _said(pair.new)
        yield Note(
            location=Location(file=pair.new.file, pointer=pair.new.pointer),
            message=f"{clipped(pair.name, 120)}: taken with {old or 'nothing said'} -> {new or 'nothing said'}",
            baseline=old,
            current=new,
            witness=f"{clipped(pair.name, 120)}: {clipped(pair.old.value, 20)} and {clipped(pair.new.value, 20)} do not compare",
        )


def _said(score: EvalScore) -> str:
    parts = [("split", score.split), ("revision", score.revision), *score.setup]
    return clipped(", ".join(f"{name} {text}" for name, text in parts if text), 160)
