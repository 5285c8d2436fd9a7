"""Where a release stands: the tags around it, in a repository on disk or on a Hub, and the branch that is checked out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.core.errors import RefError
from hfsemver.releases.hub.history import HubHistory
from hfsemver.releases.hub.source import HubSource
from hfsemver.releases.ref import GitRef, HubRef, LocalRef
from hfsemver.releases.repository import Repository
from hfsemver.workflows.baselines import History, TagView, newest_reachable, view_tags

if TYPE_CHECKING:
    from hfsemver.core.version import Tag
    from hfsemver.releases.ref import ReleaseRef
    from hfsemver.releases.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The repository around the current release, if there is one: its tags, and the branch that is checked out.

    ``commit`` is the release itself, or what a working tree lies on top of. ``home`` is what a folder goes to on a Hub.
    """

    repository: Repository | None = None
    commit: str | None = None
    tags: TagView | None = None
    branch: str | None = None
    home: HubHistory | None = None


def place_of(ref: ReleaseRef, current: Release, asked: str | None) -> Place:
    """Look for a repository around the release; a folder outside of any is judged as a folder."""
    if isinstance(ref, HubRef):
        return _on_the_hub(ref, current)
    if not isinstance(ref, LocalRef | GitRef):
        return Place()
    try:
        repository = Repository.discover(Path(ref.path))
    except RefError:
        folder = Path(ref.path).resolve()
        if asked is None and any((place / ".git").exists() for place in (folder, *folder.parents)):
            raise  # a repository that git refuses to read is no folder without a history
        return Place()
    if isinstance(ref, GitRef) and current.commit is not None:
        here = current.commit == _head(repository)
        return Place(
            repository=repository,
            commit=current.commit,
            tags=view_tags(repository, current.commit, _named(repository, ref.revision, current.commit)),
            branch=repository.branch() if here else None,
        )
    head = _head(repository)
    is_top = Path(ref.path).resolve() == repository.root.resolve()
    return Place(
        repository=repository,
        commit=head,
        tags=newest_reachable(repository, head) if head is not None else None,
        # A folder somewhere inside a repository is not what its branch will publish.
        branch=repository.branch() if is_top else None,
    )


def _named(repository: History, revision: str, commit: str) -> Tag | None:
    """Return the version tag that a revision names, where the commit may carry several."""
    named = revision.removeprefix("refs/tags/")
    return next((tag for tag, sha in repository.version_tags() if sha == commit and str(tag) == named), None)


def _head(repository: Repository) -> str | None:
    try:
        return repository.resolve("HEAD")
    except RefError:
        return None  # a repository without a commit


def _on_the_hub(ref: HubRef, current: Release) -> Place:
    history = history_of(ref, current)
    if history is None or current.commit is None:
        return Place()
    return Place(tags=view_tags(history, current.commit, _named(history, ref.revision, current.commit)))


def history_of(ref: ReleaseRef, release: Release) -> History | None:
    """Return the tags and commits around a revision, in git or on a Hub; ``None`` for what is no revision."""
    if isinstance(release.source, HubSource):
        return HubHistory(wire=release.source.wire, repo_id=release.source.repo_id)
    return Repository.discover(Path(ref.path)) if isinstance(ref, GitRef) else None


def sibling(ref: ReleaseRef, tag: Tag) -> GitRef | HubRef | None:
    """Return how another release of the same repository is named; ``None`` for a release that lies in none."""
    if isinstance(ref, HubRef):
        return replace(ref, revision=str(tag))
    return GitRef(ref.path, str(tag)) if isinstance(ref, LocalRef | GitRef) else None
