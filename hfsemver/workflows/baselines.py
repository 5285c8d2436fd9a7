"""Find the release that a commit is measured against, and the versions that are out already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hfsemver.core.claim import LostRelease

if TYPE_CHECKING:
    from collections.abc import Callable

    from hfsemver.core.version import Tag, Version
    from hfsemver.releases.hub.history import HubHistory
    from hfsemver.releases.repository import Repository


SHALLOW = "this clone has no full history"


class History(Protocol):
    """Tags and commits, wherever they are kept."""

    def version_tags(self) -> tuple[tuple[Tag, str], ...]:
        """Return the tags that are versions with the commits they name, the lowest version first."""
        ...

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Whether one commit lies in the history of another."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A commit and the tag that releases it."""

    tag: Tag
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagView:
    """The version tags of a repository as one commit sees them.

    ``own`` is the tag on the commit itself, ``baseline`` the newest stable one before it, ``candidate`` the newest
    pre-release above that baseline, ``released`` the versions elsewhere.
    """

    own: Tagged | None
    baseline: Tagged | None
    candidate: Tagged | None
    released: tuple[str, ...]


def everything(tagged: Tagged) -> bool:  # noqa: ARG001 -- one of several answers to the same question
    """Accept every tag as a release that is out."""
    return True


def view_tags(
    repository: History,
    commit: str,
    own: Tag | None = None,
    is_out: Callable[[Tagged], bool] = everything,
    former: tuple[Tagged, ...] = (),
) -> TagView:
    """Look at the tags from a commit whose own tag, if any, is what it declares.

    ``own`` names the tag that is being released where the commit carries several, or none yet. ``is_out`` tells
    which tags may be a baseline. The newest stable tag is the one of the highest version in the history of the commit;
    tags on the commit itself are names for the same content, and say nothing about what it is measured against.
    ``former`` are releases that were out and whose tags may be gone: a baseline all the same, and no declaration.
    """
    tags = _tags(repository)
    here = [tagged for tagged in tags if tagged.commit == commit]
    declared = Tagged(tag=own, commit=commit) if own is not None else here[-1] if here else None
    tags = _joined(tags, former)
    before = [tagged for tagged in tags if tagged.commit != commit]
    baseline, candidate = _newest(repository, before, commit, is_out)
    return TagView(
        own=declared,
        baseline=baseline,
        candidate=candidate,
        released=tuple(sorted({str(tagged.tag.version) for tagged in tags if tagged.commit != commit})),
    )


def newest_elsewhere(
    repository: Repository,
    commit: str,
    below: Version | None,
    above: Version | None = None,
    former: tuple[Tagged, ...] = (),
) -> Tagged | None:
    """Return the newest stable tag between two versions that lies outside the history of ``commit``.

    That is what a history leaves behind that was squashed, begun anew, or gone on with from an older release. A tag
    whose own history holds the commit is no such thing: there an old commit is named after the fact. ``former`` are as
    in ``view_tags``.
    """
    for tagged in reversed(_joined(_tags(repository), former)):
        version, sha = tagged.tag.version, tagged.commit
        if above is not None and version <= above:
            return None
        lower = version.is_stable and (below is None or version < below)
        if lower and not repository.is_ancestor(sha, commit) and not repository.is_ancestor(commit, sha):
            return tagged
    return None


def begun_anew(
    repository: Repository | HubHistory,
    commit: str,
    own: Version | None,
    declared: Version | None,
    former: tuple[Tagged, ...] = (),
) -> LostRelease | None:
    """Return the newest stable release before ``commit``, where its history has no commit in common with any release.

    ``own`` is the version of the tag that releases it, and ``declared`` what it says of itself without one: that may be the
    number of the last release. Lines of releases beside each other, tags beside the branch that they were made from, and
    commits that are named after the fact have a history in common. ``former`` are as in ``view_tags``.
    """
    tags = [one for one in _joined(_tags(repository), former) if one.tag.version.is_stable and one.commit != commit]
    before = [one for one in tags if _is_before(one.tag.version, own, declared)]
    if not before or repository.roots([commit]) & repository.roots(one.commit for one in tags):
        return None
    return LostRelease(
        tag=str(before[-1].tag), commit=before[-1].commit, doubt=SHALLOW if repository.is_shallow else ""
    )


def _is_before(version: Version, own: Version | None, declared: Version | None) -> bool:
    if own is not None:
        return own.is_stable and version < own
    return declared is None or version <= declared


def newest_reachable(repository: History, commit: str) -> TagView:
    """Look at the tags from a working tree on top of ``commit``: a tag on the commit is a baseline like any other."""
    tags = _tags(repository)
    baseline, candidate = _newest(repository, tags, commit, everything)
    return TagView(
        own=None,
        baseline=baseline,
        candidate=candidate,
        released=tuple(sorted({str(tagged.tag.version) for tagged in tags})),
    )


def _tags(repository: History) -> list[Tagged]:
    return [Tagged(tag=tag, commit=sha) for tag, sha in repository.version_tags()]


def _joined(tags: list[Tagged], former: tuple[Tagged, ...]) -> list[Tagged]:
    """Return the releases that have a tag and those that had one, the lowest first, each once."""
    gone = [tagged for tagged in dict.fromkeys(former) if tagged not in tags]
    # Of two under one name the tag that is there is the newer, so it comes last.
    return sorted((*gone, *tags), key=lambda tagged: (tagged.tag.version.precedence, str(tagged.tag)))


def _newest(
    repository: History, tags: list[Tagged], commit: str, is_out: Callable[[Tagged], bool]
) -> tuple[Tagged | None, Tagged | None]:
    """Return the newest stable tag in the history of ``commit``, and the newest candidate above it."""
    candidate = None
    for tagged in reversed(tags):  # the lowest version comes first
        if candidate is not None and not tagged.tag.version.is_stable:
            continue
        if repository.is_ancestor(tagged.commit, commit) and is_out(tagged):
            if tagged.tag.version.is_stable:
                return tagged, candidate
            candidate = tagged
    return None, candidate
