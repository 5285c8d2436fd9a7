"""The signature of a release is not one of its files, or not by who was asked for.

A release whose tag is out carries ``model.sig``, and that lists other files than the release holds: it is out of date, or a file was
changed behind it. Whoever asks with ``--verify`` wants a signature as well, and one by the key or the identity that is named.

Why: whoever verifies what was downloaded is told that it was tampered with, and cannot tell neglect from an attack.
Fix: sign the next release when it is made, ``hfsemver bump --sign KEY``; what cannot be signed any more, ``git rm model.sig``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.claim import BrokenSignature
from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.rules.rule import Example, Note, Notes, version_rule

if TYPE_CHECKING:
    from hfsemver.rules.case import VersionCase

FILE = "model.sig"
SIDE = {"body": "F32[8,4]"}


def _release(signature: BrokenSignature | None, findings: int = 0) -> Example:
    return Example(
        baseline=SIDE, current=SIDE, baseline_version="1.0.0", declared="1.0.1", tagged=True, released=("1.0.0",),
        signature=signature, findings=findings,
    )  # fmt: skip


STALE = _release(BrokenSignature(fault="is of other files: config.json is another file"), 1)
ANOTHER = _release(BrokenSignature(fault="is not by it: Key mismatch", signer="the key team.pub"), 1)
KEPT = _release(None)


@version_rule(
    since="0.2.0",
    examples=(STALE, ANOTHER, KEPT),
    mirror="none: a release that is signed anew is mended",
)
def signature_mismatch(case: VersionCase) -> Notes:
    """Yield one note for the signature of the release."""
    broken = case.claim.signature
    if broken is None:
        return
    if broken.doubt:
        raise EvidenceMissing(FILE, f"{broken.doubt}, so whether it is the signature of these files cannot be told")
    asked = f"; asked for: {clipped(broken.signer, 200)}" if broken.signer else ""
    yield Note(
        location=Location(file=FILE),
        message=f"{FILE} {clipped(broken.fault, 400)}{asked}",
        witness="hfsemver check --verify KEY",
    )
