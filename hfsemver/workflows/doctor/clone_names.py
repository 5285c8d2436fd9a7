"""The names of releases in a clone, held against its history, its cards, its changelog and what was written down here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.errors import RefError, SourceError
from hfsemver.releases.git_command import read_git
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import GitRef
from hfsemver.workflows.baselines import Tagged
from hfsemver.workflows.check import card_version
from hfsemver.workflows.doctor.card_versions import declared_since, versions_at
from hfsemver.workflows.doctor.diagnosis import broken, counted, listed, note, ok
from hfsemver.workflows.doctor.gone import Told, changelog_versions, gone
from hfsemver.workflows.doctor.line import line_in_clone, marked, titled
from hfsemver.workflows.doctor.names import anew, cards, floating, moved, spellings
from hfsemver.workflows.doctor.remedy import InClone
from hfsemver.workflows.moved import moved_by_record
from hfsemver.workflows.records import read_record, released_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.version import Tag
    from hfsemver.releases.release import Release
    from hfsemver.releases.repository import Repository
    from hfsemver.workflows.doctor.diagnosis import Diagnosis
    from hfsemver.workflows.doctor.line import Line

REMEDY = InClone()


@dataclass(frozen=True, kw_only=True)
class Clone:
    """A repository on disk, the commit that is checked out, and its version tags."""

    repository: Repository
    tags: tuple[tuple[Tag, str], ...]
    head: str | None

    @classmethod
    def of(cls, repository: Repository) -> Clone:
        """Look at a repository."""
        try:
            head = repository.resolve("HEAD")
        except RefError:
            head = None
        return cls(repository=repository, tags=repository.version_tags(), head=head)

    @cached_property
    def newest(self) -> tuple[Tag, str] | None:
        """The newest stable release in the history of what is checked out."""
        stable = [(tag, commit) for tag, commit in reversed(self.tags) if tag.version.is_stable]
        reachable = (pair for pair in stable if self.head and self.repository.is_ancestor(pair[1], self.head))
        return next(reachable, None)

    @cached_property
    def away(self) -> tuple[tuple[Tag, str], ...]:
        """The releases outside of that history."""
        return tuple(pair for pair in self.tags if self.head and not self.repository.is_ancestor(pair[1], self.head))

    @cached_property
    def line(self) -> Line | None:
        """The log of what is checked out."""
        return None if self.head is None else line_in_clone(self.repository, self.head)

    def release(self, revision: str) -> Release:
        """Open a commit."""
        return open_release(GitRef(str(self.repository.root), revision))


def history(clone: Clone) -> Iterator[Diagnosis]:
    """Yield whether the history is there, and whether it goes back to the releases."""
    if clone.head is None:
        yield note("history", "there is no commit yet", "commit the first state of the model")
        return
    if clone.repository.is_shallow:
        text = "this clone is shallow: the release before this one may be cut off"
        yield broken("history", text, "git fetch --unshallow --tags")
        return
    lost = _lost(clone, clone.head)
    if lost:
        yield anew(lost, clone.newest, "what is checked out", REMEDY)
    else:
        yield ok("history", f"complete, {clone.head[:12]} is checked out")


def _lost(clone: Clone, head: str) -> list[Tag]:
    """Return the releases whose history has no commit in common with what is checked out."""
    roots = clone.repository.roots([head])
    # Asked once for all of them, since that is the answer nearly always.
    if not clone.away or clone.repository.roots(commit for _, commit in clone.away) <= roots:
        return []
    return [tag for tag, commit in clone.away if not roots & clone.repository.roots([commit])]


def tags(clone: Clone) -> Iterator[Diagnosis]:
    """Yield which tags are versions, and which of them name what they should not."""
    if not clone.tags:
        text = "no tag is a version, so nothing can be measured yet"
        yield note("tags", text, "git tag -a v1.0.0 -m 'Release 1.0.0', or see: hfsemver log")
        return
    newest = clone.newest
    known = f", the newest in this history is {newest[0]}" if newest else ", none of them stable and in this history"
    yield ok("tags", f"{counted(len(clone.tags), 'release')}{known}")
    yield from spellings(clone.tags, REMEDY)
    if clone.away:
        yield note("tags", f"not in the history of what is checked out: {listed([str(tag) for tag, _ in clone.away])}")
    if clone.line is not None:
        yield from moved(clone.tags, marked([clone.line]), frozenset(clone.line.messages), REMEDY)
    yield from _moved_by_record(clone)


def _moved_by_record(clone: Clone) -> Iterator[Diagnosis]:
    try:
        before = released_before(clone.repository, read_record(clone.repository))
    except SourceError:
        return  # told where the records themselves are looked at
    known = {one.tag.removeprefix("v") for one in before}
    for tag, commit in clone.tags:
        found = moved_by_record(clone.repository, Tagged(tag=tag, commit=commit)) if str(tag.version) in known else None
        if found is None:
            continue
        if found.old is None or found.doubt:
            yield note("tags", f"{tag} was out before, and what it named then is not known here: {found.doubt}")
        else:
            text = f"{found.tag} was out as {found.old[:12]}, {found.fate}; {tag} names {commit[:12]} now"
            yield broken("tags", text, REMEDY.retag(str(tag), found.old))


def branches(clone: Clone) -> Iterator[Diagnosis]:
    """Yield how the branches that follow releases stand."""
    listing = read_git(
        clone.repository.root, "for-each-ref", "--format=%(refname)%00%(objectname)", operands=("refs/heads",)
    )
    tips = dict(line.removeprefix("refs/heads/").split("\0") for line in listing.lines)
    yield from floating(tips, clone.tags, REMEDY)


def releases(clone: Clone) -> Iterator[Diagnosis]:
    """Yield the releases that the changelog, the card or a commit tells of and that have no tag."""
    if clone.head is None or clone.line is None:
        return
    told = Told(
        made={version: commits[0] for version, commits in marked([clone.line]).items()},
        titled=titled([clone.line]),
        changelog=changelog_versions(clone.release(clone.head)),
        declared=declared_since(clone.repository, clone.head),
    )
    yield from gone(told, [tag for tag, _ in clone.tags], REMEDY)


def card(clone: Clone) -> Iterator[Diagnosis]:
    """Hold the card against the tags, at each of them and at what is checked out."""
    if clone.head is None or clone.newest is None:
        return
    stable = [(tag, commit) for tag, commit in clone.tags if tag.version.is_stable]
    known = versions_at(clone.repository, [commit for _, commit in stable])
    since = declared_since(clone.repository, clone.head)
    found = list(cards(((tag, commit, known.get(commit)) for tag, commit in stable), clone.head, since, REMEDY))
    yield from found
    tag, commit = clone.newest
    declared = card_version(clone.release(clone.head))
    if declared is None:
        yield ok("card", "README.md carries no version, tags alone declare it")
    elif declared == str(tag.version):
        yield ok("card", f"README.md says {declared}, as the newest tag does")
    elif commit != clone.head:
        yield ok("card", f"README.md says {declared}, the newest release is {tag}")
