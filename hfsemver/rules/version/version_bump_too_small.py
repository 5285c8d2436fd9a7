"""The declared version is too small for what changed, or there is no new version at all.

Why: whoever pinned ``x.y`` gets a break that the number denies; a number is believed only while it never lies.
Fix: declare the version that the verdict names: in the card's ``version:``, or as a tag on the commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.location import Location
from hfsemver.core.version import Version
from hfsemver.rules.rule import Example, Note, Notes, version_rule

if TYPE_CHECKING:
    from hfsemver.rules.case import VersionCase

BODY = {"body": "F32[8,4]", "head": "F32[8,4]"}
HEADLESS = {"body": "F32[8,4]"}
TUNED = {**BODY, "head": "F32[8,4] seed=1 scale=1e-3"}
GONE = ("tensor-removed",)
SMALL = Example(baseline=BODY, current=HEADLESS, declared="1.0.1", baseline_version="1.0.0", findings=1, also=GONE)
LARGE = Example(baseline=BODY, current=HEADLESS, declared="2.0.0", baseline_version="1.0.0", also=GONE)
UNVERSIONED = Example(
    baseline=BODY, current=TUNED, baseline_version="1.0.0", protected=True, findings=1, also=("weights-updated",)
)


@version_rule(
    since="0.1.0",
    examples=(SMALL, LARGE, UNVERSIONED),
    mirror="none: a version may be larger than it has to be",
)
def version_bump_too_small(case: VersionCase) -> Notes:
    claim, required, diff = case.claim, case.required, case.diff
    where = Location(file="README.md", pointer="version")
    if diff.baseline is None:
        return
    if claim.declared is None or (claim.draft and claim.declared == claim.baseline):
        if claim.protected and diff.weights_changed:
            yield Note(
                location=where,
                message=f"weights changed on the protected branch {claim.branch}, and no new version was declared",
                baseline=claim.baseline or "-",
                current="-",
            )
        return
    try:
        declared = Version.parse(claim.declared)
    except ValueError:
        return  # version-invalid says so
    if required is Bump.NONE:
        if claim.declared == claim.baseline and diff.weights_changed:
            yield Note(
                location=where,
                message=f"weights changed, and the version is still {claim.declared}",
                baseline=claim.declared,
                current=claim.declared,
            )
        return
    if claim.baseline is None:
        problem = f"the baseline carries no version, so what {claim.declared} declares cannot be counted"
        raise EvidenceMissing("version", problem, hint="tag the baseline, or write `version:` into its card")
    try:
        step = declared.step_from(Version.parse(claim.baseline))
    except ValueError:
        raise EvidenceMissing("version", f"the baseline's version {claim.baseline!r} is no semantic version") from None
    if step < required:
        yield Note(
            location=where,
            message=f"{claim.declared} declares {step.word}, the changes require {required.word}",
            baseline=claim.baseline,
            current=claim.declared,
        )
