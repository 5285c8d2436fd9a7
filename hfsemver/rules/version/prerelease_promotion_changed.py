"""A release is not what its last candidate was.

Why: what was tested is not what ships.
Fix: tag another candidate of what is to ship, and release it unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.rules.rule import Example, Note, Notes, version_rule

if TYPE_CHECKING:
    from hfsemver.rules.case import VersionCase

SHOWN = 3
BODY, TUNED = {"body": "F32[64,64]"}, {"body": "F32[64,64] seed=1 scale=1e-3"}


def _release(changed: tuple[str, ...] | None, findings: int = 0) -> Example:
    return Example(
        baseline=BODY, current=TUNED, baseline_version="1.1.0", declared="1.2.0", since_candidate=changed,
        findings=findings, also=("weights-updated",),
    )  # fmt: skip


WEIGHTS = _release(("model.safetensors",), 1)
UNCHANGED = _release(())
NO_CANDIDATE = _release(None)


@version_rule(
    since="0.2.0",
    examples=(WEIGHTS, UNCHANGED, NO_CANDIDATE),
    mirror="none: a candidate may differ from the one before it",
)
def prerelease_promotion_changed(case: VersionCase) -> Notes:
    """Yield one note for all files; prose may change, and so may the card, which names the version."""
    found = case.claim.promotion
    if found is not None and found.changed:
        shown = ", ".join(clipped(path, 60) for path in found.changed[:SHOWN])
        more = f" and {len(found.changed) - SHOWN} more" if len(found.changed) > SHOWN else ""
        yield Note(
            location=Location(file=found.changed[0]),
            message=f"not as in {found.candidate}: {shown}{more}",
            baseline=found.candidate,
            current=f"{shown}{more}",
            witness=f"git diff --stat {found.candidate}",
        )
