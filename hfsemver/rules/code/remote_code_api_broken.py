"""A class that loaders take from the code of the release cannot be called as before.

Why: arguments that callers pass are refused, or one that they do not know of is missing.
Fix: keep the old parameters and give new ones a default, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

MAPPED = {"config.json": {"model_type": "own", "auto_map": {"AutoModel": "modeling.Net"}}}
NET = "class Net:\n    def forward(self, ids, mask=None):\n        return ids\n"


def _pair(new: str, findings: int = 0, also: tuple[str, ...] = ()) -> Example:
    return Example(
        baseline={**MAPPED, "modeling.py": NET}, current={**MAPPED, "modeling.py": new}, findings=findings, also=also
    )


LOST = _pair(NET.replace(", mask=None", ""), 1)
NEEDED = _pair(NET.replace("mask=None", "mask"), 1)
GONE = _pair("class Other:\n    pass\n", 1)
MORE = _pair(NET.replace("mask=None", "mask=None, cache=None"), also=("remote-code-changed",))
ANYTHING = _pair(NET.replace("mask=None", "**kwargs"), also=("remote-code-changed",))


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="interface",
    since="0.2.0",
    examples=(LOST, NEEDED, GONE, MORE, ANYTHING),
    mirror="none: what can be called in more ways breaks nobody",
)
def remote_code_api_broken(diff: ReleaseDiff) -> Notes:
    """Yield one note for each class or method."""
    for one in diff.code.broken:
        yield Note(
            location=Location(file=one.file, pointer=one.name),
            message=f"{one.name} {one.problem}",
            current=one.problem,
            witness=f"inspect.signature({one.name}): {one.problem}",
        )
    diff.code.require_parsed()
