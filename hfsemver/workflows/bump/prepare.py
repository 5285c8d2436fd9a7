"""Prepare the release of what is checked out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.core.errors import UsageError
from hfsemver.releases.local import LocalSource
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import GitRef
from hfsemver.releases.repository import Repository
from hfsemver.workflows.bump.making import Making
from hfsemver.workflows.bump.request import BumpRequest, Prepared
from hfsemver.workflows.bump.tree import insist_first, insist_free, settle
from hfsemver.workflows.place import place_of

if TYPE_CHECKING:
    from hfsemver.core.progress import Progress


def prepare(request: BumpRequest, progress: Progress | None = None, *, writes: bool = False) -> Prepared:
    """Prepare the release of the commit that is checked out; only where that is allowed it ``writes`` what an interrupted one left undone.

    Raises ``UsageError`` where there is no branch, where the working tree holds something else than the commit, and where the
    version that was asked for may not be.
    """
    repository = Repository.discover(Path(request.repository))
    branch = repository.branch()
    if branch is None:
        raise UsageError("no branch is checked out, so nothing would hold the release", hint="git switch main")
    head = repository.resolve("HEAD")
    settle(repository, head, writes=writes)
    ref = GitRef(str(repository.root), head)
    current = open_release(ref)
    place = place_of(ref, current, None)
    own = None if place.tags is None else place.tags.own
    if own is not None and (own.tag.version.is_stable or request.pre is not None):
        return Prepared(repository=repository, version=str(own.tag.version))
    making = Making(
        asked=request,
        home=repository,
        ref=ref,
        head=head,
        branch=branch,
        current=current,
        place=place,
        below=LocalSource(repository.root),
    )
    proposal = making.proposed(progress)
    if proposal.refused is not None:
        insist_first(repository, head, f"v{proposal.version}")
    if proposal.plan is not None:
        insist_free(repository, head, (file.path for file in proposal.plan.files))
    return Prepared(repository=repository, version=proposal.version, plan=proposal.plan, refused=proposal.refused)
