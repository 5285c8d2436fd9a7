"""Fewer people may load the model than could load the baseline: it asks for terms or for approval, is private, or has moved.

Told where a Hub is asked: of ``hf://`` references, and where the policy says ``hub_repo``. A Hub keeps no history of access, so
that what it was is read from ``.hfsemver/access.json``, which ``hfsemver surface write`` puts into each release.

Why: servers, tests and tokens get 401, 403 or another repository from one day to the next, for every version at once.
Fix: open the model again, or publish what is restricted under another name and leave the old releases where they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.access import PATH
from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.rules.hub_example import ExampleHub
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

WEIGHTS = {"body": "F32[8,4]"}


def _since(gate: str, *, private: bool = False, findings: int = 0, **now: object) -> Example:
    record = {
        "schema": "hfsemver/access/1",
        "hub": "https://huggingface.co",
        "repo": "acme/model",
        "gate": gate,
        "private": private,
    }
    side = {**WEIGHTS, PATH: record}
    hub = ExampleHub(models={"acme/model": now} if now else {}, hidden=not now)
    return Example(baseline=side, current=side, hub=hub, findings=findings)


TERMS = _since("open", gated="auto", findings=1)
APPROVAL = _since("auto", gated="manual", findings=1)
PRIVATE = _since("open", findings=1)
MOVED = _since("open", id="acme/other", findings=1)
MOVED_AND_GATED = _since("open", id="acme/other", gated="manual", findings=2)
OPENED = _since("manual", gated=False)
SAME = _since("manual", gated="manual")
SHOWN = _since("auto", private=True, gated="auto")
ALWAYS_OPEN = Example(baseline=WEIGHTS, current=WEIGHTS, hub=ExampleHub())
NO_HUB = Example(baseline=WEIGHTS, current=WEIGHTS)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HUB,
    promise="load",
    since="0.2.0",
    examples=(TERMS, APPROVAL, PRIVATE, MOVED, MOVED_AND_GATED, OPENED, SAME, SHOWN, ALWAYS_OPEN, NO_HUB),
    mirror="none: access that is widened takes nothing from anybody",
)
def access_restricted(diff: ReleaseDiff) -> Notes:
    for one in diff.restrictions:
        met = "307, to another name" if one.is_move else "401, but with a token that is let in"
        yield Note(
            location=Location(file=PATH, pointer=one.setting),
            message=one.words,
            baseline=one.before,
            current=one.now,
            witness=f"curl --head {one.page}/resolve/main/README.md  # {met}",
        )
