"""The declared version is no semantic version, goes back, or is taken.

Why: ranges and sorting fail on it, and two contents under one number make every pin a guess.
Fix: declare a semantic version above the baseline's that nobody has used yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.claim import Origin
from hfsemver.core.location import Location
from hfsemver.core.version import Version
from hfsemver.rules.rule import Example, Note, Notes, version_rule

if TYPE_CHECKING:
    from hfsemver.core.claim import Claim
    from hfsemver.rules.case import VersionCase

SAME = {"body": "F32[8,4]"}
NO_SEMVER = Example(baseline=SAME, current=SAME, declared="1.1", baseline_version="1.0.0", findings=1)
BACK = Example(baseline=SAME, current=SAME, declared="0.9.0", baseline_version="1.0.0", findings=1)
TAKEN = Example(
    baseline=SAME, current=SAME, declared="1.1.0", baseline_version="1.0.0", released=("1.0.0", "1.1.0"), findings=1
)
LIST = Example(baseline=SAME, current={**SAME, "README.md": "---\nversion: [1]\n---\n"}, findings=1)
KEPT = Example(baseline=SAME, current=SAME, declared="1.0.0", baseline_version="1.0.0", released=("1.0.0",))


@version_rule(
    since="0.1.0",
    examples=(NO_SEMVER, BACK, TAKEN, LIST, KEPT),
    mirror="none: it judges one version",
)
def version_invalid(case: VersionCase) -> Notes:
    claim, card = case.claim, case.diff.current.card if case.claim.declared is None else None
    if card is not None and card.is_no_text("version"):
        message = "version is a list or a mapping, and has to be one number such as 1.2.0"
        yield Note(location=Location(file="README.md", pointer="version"), message=message, current="no text")
    if claim.declared is None:
        return
    problem = _problem(claim)
    if problem:
        yield Note(
            location=Location(file="README.md", pointer="version"),
            message=problem,
            baseline=claim.baseline or "-",
            current=claim.declared,
        )


def _problem(claim: Claim) -> str | None:
    text = claim.declared or ""
    try:
        declared = Version.parse(text)
    except ValueError as error:
        return str(error)
    try:
        before = Version.parse(claim.baseline) if claim.baseline is not None else None
    except ValueError:
        before = None  # an old release may carry any text; only its order is lost
    if before is not None and declared < before:
        return f"{text} is below the baseline's {claim.baseline}"
    # A card goes on saying what the last release was; a tag of that number on another commit would be a second one.
    if text in claim.taken and (text != claim.baseline or claim.origin is Origin.TAG):
        return f"{text} is already released from another commit"
    return None
