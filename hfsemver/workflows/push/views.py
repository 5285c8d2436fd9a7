"""The version tags as a push sees them: those that are here, those that are known to be out, and those that once were."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.claim import LostRelease, MovedTag
from hfsemver.workflows.baselines import SHALLOW, Tagged, TagView, begun_anew, newest_elsewhere, view_tags
from hfsemver.workflows.push.former import Former, former_releases
from hfsemver.workflows.push.range import branches_that_hold, commit_of, descends, has_branches, has_published
from hfsemver.workflows.records import Record, read_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from hfsemver.core.version import Tag, Version
    from hfsemver.workflows.push.ref_updates import RefUpdate
    from hfsemver.workflows.push.ruling import Push


@dataclass(frozen=True, eq=False)
class PushedTags:
    """The tags of the repository that is pushed; what git and the record tell about the remote is asked for once."""

    push: Push
    _lost: dict[tuple[RefUpdate, Tag | None, Version | None], LostRelease | None] = field(
        default_factory=dict, init=False, repr=False
    )

    @cached_property
    def record(self) -> Record:
        """The releases whose deletion was let out from here."""
        return read_record(self.push.repository)

    @cached_property
    def former(self) -> tuple[Former, ...]:
        """The releases that the remote is known to have held, whether or not it still does."""
        return former_releases(self.push, self.record)

    @cached_property
    def _were_out(self) -> tuple[Tagged, ...]:
        return tuple(Tagged(tag=one.tag, commit=one.commit) for one in self.former if one.is_here and one.commit)

    @property
    def commits(self) -> set[str]:
        """The commits of all releases: whatever a ref may be measured against is among them."""
        return {sha for _, sha in self.push.repository.version_tags()} | {tagged.commit for tagged in self._were_out}

    def taken(self, tag: Tag | None, commit: str, local: str) -> Former | None:
        """Return the release whose number a tag would give to another commit, whichever way it is written.

        ``local`` is the object that is pushed: the commit or a tag on it.
        """
        last = self._last(tag)
        return None if last is None or last.commit == commit or last.object == local else last

    def moved(self, own: Tagged | None, local: str) -> MovedTag | None:
        """Say that the tag which declares a version was out on another commit, or that this cannot be told."""
        last = None if own is None else self.taken(own.tag, own.commit, local)
        if own is None or last is None:
            return None
        return MovedTag(tag=str(last.tag), old=last.commit, new=own.commit, fate=last.fate)

    def _last(self, tag: Tag | None) -> Former | None:
        """Return what consumers had last under the number of a tag."""
        same = [one for one in self.former if tag is not None and one.tag.version == tag.version]
        return same[-1] if same else None

    def fate(self, tagged: Tagged) -> str | None:
        """Say what became of a release, where the remote does not hold it any more."""
        fates = [one.fate for one in self.former if (one.tag, one.commit) == (tagged.tag, tagged.commit)]
        return fates[-1] if fates else None

    def elsewhere(self, commit: str, below: Version | None, above: Tagged | None) -> Tagged | None:
        """Return the newest release outside of the history of a commit that lies between a version and a baseline."""
        bound = above.tag.version if above is not None else None
        return newest_elsewhere(self.push.repository, commit, below, bound, self._were_out)

    def lost(self, update: RefUpdate, commit: str, own: Tag | None, declared: Version | None) -> LostRelease | None:
        """Return the newest release that a branch loses for good, or that the history of a commit was begun anew without."""
        key = (update, own, declared)
        if key not in self._lost:
            self._lost[key] = self._lost_by(update, commit, own, declared)
        return self._lost[key]

    def _lost_by(self, update: RefUpdate, commit: str, own: Tag | None, declared: Version | None) -> LostRelease | None:
        dropped = None if update.is_tag else self.dropped(update, commit)
        if dropped is not None or self._view(commit, own, lambda _: True).baseline is not None:
            return dropped
        return begun_anew(self.push.repository, commit, None if own is None else own.version, declared, self._were_out)

    def dropped(self, update: RefUpdate, commit: str) -> LostRelease | None:
        """Return the newest release that was in a branch, is not in what replaces it, and in no other branch.

        One whose deletion was let out is none, nor one whose tag goes out with this very push.
        """
        repository, old, doubt = self.push.repository, commit_of(self.push.repository, update.remote), self._doubt
        if old is None and not update.is_new:
            # What the branch held when it was last seen is the least that is lost, if it is lost.
            old = commit_of(repository, f"refs/remotes/{self.push.tracked}/{update.branch}")
            doubt = "the remote's branch is at a commit that is not here: fetch it first"
        if old is None or repository.is_ancestor(old, commit):
            return None
        new = {one.tag for one in self.push.updates if one.is_new}
        for tag, sha in reversed(repository.version_tags()):
            tagged = Tagged(tag=tag, commit=sha)
            if not tag.version.is_stable or tag in new or self.fate(tagged) or not repository.is_ancestor(sha, old):
                continue
            if not repository.is_ancestor(sha, commit) and not self._is_held(sha):
                return LostRelease(tag=str(tag), commit=sha, branch=update.branch, doubt=doubt)
        return None

    @property
    def _doubt(self) -> str:
        if self.push.repository.is_shallow:
            return SHALLOW
        seen = has_branches(self.push.repository, self.push.tracked)
        return "" if seen else "nothing here tells of the other branches of the remote"

    def _is_held(self, commit: str) -> bool:
        """Whether a branch of the remote holds the commit once this push is out."""
        heads = {one.branch: one for one in self.push.updates if not one.is_tag}
        brought = [one.local for one in heads.values() if not one.is_deletion]
        if any(descends(self.push.repository, commit, local) for local in brought):
            return True
        return not heads.keys() >= {*branches_that_hold(self.push.repository, self.push.tracked, commit)}

    def seen_from(self, update: RefUpdate, commit: str, own: Tag | None, published: str | None) -> tuple[TagView, ...]:
        """Look at the tags that are known to be out and, where that makes another baseline, at all that are here.

        A tag that was pushed on its own leaves no trace in this clone, and looks like one that was never pushed.
        Measured against the newest release that is known to be out, a break since the former went unseen; against the
        newest tag alone, a tag that was refused once would hide what it was refused for. So both have to be satisfied.
        """
        everywhere = self._view(commit, own, lambda _: True)
        if published is None:
            return (everywhere,)
        known = self._view(commit, own, self._is_out_by(published))
        if known.baseline == everywhere.baseline:
            return (known,)
        if update.is_tag and known.baseline is None:
            return (everywhere,)
        return (known, everywhere)

    def _view(self, commit: str, own: Tag | None, is_out: Callable[[Tagged], bool]) -> TagView:
        view = view_tags(self.push.repository, commit, own, is_out, self._were_out)
        # A number is taken also where nobody can tell any more what it stood for.
        taken = {str(one.tag.version) for one in self.former if one.commit != commit}.union(view.released)
        last = self._last(own)
        if last is not None and last.commit == commit:
            taken.discard(
                str(last.tag.version)
            )  # it comes back to where it was, whatever the tag of that name says here
        return replace(view, released=tuple(sorted(taken)))

    def is_known_to_be_out(self, tagged: Tagged) -> bool:
        """Whether a release goes out with this push, was on the remote, or is in what a branch of the remote holds."""
        with_this_push = {update.tag for update in self.push.updates}
        return (
            tagged.tag in with_this_push
            or tagged in self._were_out
            or has_published(self.push.repository, self.push.tracked, tagged.commit)
        )

    def _is_out_by(self, published: str) -> Callable[[Tagged], bool]:
        """Return what tells a baseline: a tag that was refused once and stayed behind here is no release."""

        def is_out(tagged: Tagged) -> bool:
            # What the remote has of the branch itself may be newer than what was last seen of it.
            return self.push.repository.is_ancestor(tagged.commit, published) or self.is_known_to_be_out(tagged)

        return is_out
