"""A release tag names another commit than it did when it was out.

Told by what the remote of a push has under that name, and by what this clone wrote down of releases that it deleted there.
A tag that gets another message keeps its commit, and one that comes back to its commit has not moved.

Why: a pin on the tag is no pin any more: whoever loads it gets another model than the one that was tested.
Fix: put the tag back on its commit, and release what is new under a new version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.claim import MovedTag
from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.rules.rule import Example, Note, Notes, version_rule

if TYPE_CHECKING:
    from hfsemver.rules.case import VersionCase

SHOWN = 12
SIDE = {"body": "F32[8,4]"}
OLD, NEW = "1f" * 20, "2e" * 20


def _release(moved: MovedTag | None, released: tuple[str, ...] = (), findings: int = 0, *also: str) -> Example:
    return Example(
        baseline=SIDE, current=SIDE, baseline_version="1.0.0", declared="1.1.0", tagged=True, released=released,
        moved=moved, findings=findings, also=also,
    )  # fmt: skip


MOVED = _release(MovedTag(tag="v1.1.0", old=OLD, new=NEW), ("1.0.0", "1.1.0"), 1)
DELETED_FIRST = _release(MovedTag(tag="v1.1.0", old=OLD, new=NEW, fate="its deletion was let out on 2026-03-31"), (), 1)
KEPT = _release(None, ("1.0.0",))


@version_rule(
    since="0.2.0",
    examples=(MOVED, DELETED_FIRST, KEPT),
    mirror="none: a tag that goes back to its commit is mended",
)
def release_tag_moved(case: VersionCase) -> Notes:
    """Yield one note for the tag that the release is declared by."""
    moved = case.claim.moved
    if moved is None:
        return
    tag = clipped(moved.tag, 80)
    if moved.doubt:
        raise EvidenceMissing("version", f"{moved.doubt}, so whether {tag} was out on another commit cannot be told")
    if moved.old is None:
        raise EvidenceMissing("version", f"{tag} was out before, and what it named then is not here")
    fate = f", and {clipped(moved.fate, 120)}" if moved.fate else ""
    yield Note(
        location=Location(file="README.md", pointer="version"),
        message=f"{tag} was out as commit {moved.old[:SHOWN]}{fate}; it names {moved.new[:SHOWN]} now",
        baseline=moved.old[:SHOWN],
        current=moved.new[:SHOWN],
        witness=f"git diff --stat {moved.old[:SHOWN]} {moved.new[:SHOWN]}",
    )
