"""The licence asks for less than before, or one is stated for the first time.

Why: nobody loses a right; those who gain one need a version to ask for.
Fix: release a new minor version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Level
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

PERMISSIVE = Example(
    baseline={"README.md": "---\nlicense: gemma\n---\n"},
    current={"README.md": "---\nlicense: apache-2.0\n---\n"},
    findings=1,
)
FIRST_STATED = Example(
    baseline={"README.md": "# Card\n"}, current={"README.md": "---\nlicense: cc-by-nc-4.0\n---\n"}, findings=1
)
REFINED = Example(
    baseline={"README.md": "---\nlicense: bsd\n---\n"}, current={"README.md": "---\nlicense: bsd-2-clause\n---\n"}
)
FIRST = Example(baseline=None, current={"README.md": "---\nlicense: mit\n---\nIt answers.\n"})


@rule(
    bump=Bump.MINOR,
    level=Level.WARN,
    cost=Cost.HEADER,
    promise="legal",
    since="0.1.0",
    examples=(PERMISSIVE, FIRST_STATED, REFINED, FIRST),
    mirror="license-tightened",
)
def license_loosened(diff: ReleaseDiff) -> Notes:
    for change in diff.licence.loosened:
        terms = "; ".join(change.terms.lost)
        yield Note(
            location=change.location,
            message=f"{change.meaning}; gone: {terms}" if terms else change.meaning,
            baseline=change.old,
            current=change.new,
        )
