"""The names of releases on a Hub, held against its history and its cards: a few pages of the log, and no file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import printable
from hfsemver.releases.hub.history import HubHistory
from hfsemver.releases.hub.remote import find_model
from hfsemver.releases.hub.source import HubSource
from hfsemver.releases.ref import HubRef
from hfsemver.releases.release import Release
from hfsemver.workflows.doctor import names
from hfsemver.workflows.doctor.diagnosis import counted, listed, note, ok
from hfsemver.workflows.doctor.line import line_on_hub, marked
from hfsemver.workflows.doctor.remedy import OnHub

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.core.version import Tag, Version
    from hfsemver.releases.hub.repo import HubRepo
    from hfsemver.releases.hub.wire import Wire
    from hfsemver.workflows.doctor.diagnosis import Diagnosis
    from hfsemver.workflows.doctor.line import Line

_PAGE: Final = 50
"""Commits that a Hub tells at once."""
_PAGES: Final = 5
_PAGES_OF_ONE: Final = 4
_CARDS: Final = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class OnHubNow:
    """A model on a Hub as it is now; everything is asked for once, and when somebody wants to know."""

    wire: Wire
    ref: HubRef
    model: HubRepo

    @cached_property
    def history(self) -> HubHistory:
        """Its tags, branches and commits."""
        return HubHistory(wire=self.wire, repo_id=self.model.id)

    @cached_property
    def tags(self) -> tuple[tuple[Tag, str], ...]:
        """Its version tags, the lowest first."""
        return self.history.version_tags()

    @cached_property
    def release(self) -> Release:
        """What its revision holds now."""
        return self.at(self.model.commit)

    def at(self, commit: str) -> Release:
        """Open a commit of it."""
        return Release(
            HubSource(wire=self.wire, repo_id=self.model.id, commit=commit), ref=str(self.ref), commit=commit
        )

    @cached_property
    def line(self) -> Line:
        """The log of the revision, back to the first release in it."""
        wanted = frozenset(commit for _, commit in self.tags)
        return line_on_hub(self.history, self.model.commit, _PAGES_OF_ONE * _PAGE, wanted)

    @cached_property
    def beside(self) -> tuple[Line, ...]:
        """The logs of the newest releases outside of it; one that lies in the log of another needs none."""
        found: list[Line] = []
        left = _PAGES - self.line.pages(_PAGE)
        for _, commit in reversed(self.away):
            if left > 0 and not any(commit in line.messages for line in found):
                found.append(line_on_hub(self.history, commit, left * _PAGE, known=self.line.messages))
                left -= found[-1].pages(_PAGE)
        return tuple(found)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every log that was read."""
        return (self.line, *self.beside)

    @cached_property
    def away(self) -> tuple[tuple[Tag, str], ...]:
        """The releases that are not in the log."""
        return tuple(pair for pair in self.tags if pair[1] not in self.line.messages)

    @cached_property
    def newest(self) -> tuple[Tag, str] | None:
        """The newest stable release in the log."""
        found = (pair for pair in reversed(self.tags) if pair[0].version.is_stable and pair[1] in self.line.messages)
        return next(found, None)

    @cached_property
    def newest_release(self) -> Release | None:
        """The newest stable release in the log, opened."""
        if self.newest is None:
            return None
        return self.release if self.newest[1] == self.model.commit else self.at(self.newest[1])

    @property
    def made(self) -> Mapping[Version, tuple[str, ...]]:
        """The commits that carry the mark of a release."""
        return marked(self.lines)

    @property
    def remedy(self) -> OnHub:
        """What to type for it."""
        return OnHub(self.model.id, self.wire.endpoint)

    @property
    def revision(self) -> str:
        """Its revision, as it may be shown."""
        return printable(self.ref.revision)

    def is_lost(self, commit: str) -> bool | None:
        """Whether a release outside of the log has no commit in common with it; ``None`` where too little of both was read."""
        own = next((line for line in self.beside if commit in line.messages), None)
        if own is None:
            return None
        if not own.messages.keys().isdisjoint(self.line.messages):
            return False
        return True if own.is_whole and self.line.is_whole else None


def history(now: OnHubNow) -> Iterator[Diagnosis]:
    """Yield whether the history can be read, and whether it goes back to the releases."""
    count = len(now.line.messages)
    lost = [(tag, commit) for tag, commit in now.away if now.is_lost(commit)]
    if lost:
        yield names.anew([tag for tag, _ in lost], now.newest, now.revision, now.remedy)
    elif not any(now.is_lost(commit) is None for _, commit in now.away):
        far = "" if now.line.is_whole else " back to the first release"
        yield ok("history", f"{now.revision} was read{far}: {counted(count, 'commit')}")
    else:
        unknown = listed([str(tag) for tag, commit in reversed(now.away) if now.is_lost(commit) is None])
        text = f"{counted(count, 'commit')} of {now.revision} were read; how they go together with {unknown} is not known by these"
        clone = f"GIT_LFS_SKIP_SMUDGE=1 git clone {now.wire.endpoint}/{now.model.id}"
        yield note("history", text, f"{clone} && hfsemver doctor {now.model.id.partition('/')[2]}")


def tags(now: OnHubNow) -> Iterator[Diagnosis]:
    """Yield which tags are versions, and which of them name what they should not."""
    if not now.tags:
        text = "no tag is a version, so nobody can pin a release"
        yield note("tags", text, f"hf repos tag create {now.model.id} v1.0.0, or see: hfsemver push --help")
        return
    known = f", the newest in the history of {now.revision} is {now.newest[0]}" if now.newest else ""
    yield ok("tags", f"{counted(len(now.tags), 'release')}{known}")
    yield from names.spellings(now.tags, now.remedy)
    if now.line.is_whole and now.away:
        yield note("tags", f"not in the history of {now.revision}: {listed([str(tag) for tag, _ in now.away])}")
    seen = frozenset().union(*(line.messages for line in now.lines))
    yield from names.moved(now.tags, now.made, seen, now.remedy)


def branches(now: OnHubNow) -> Iterator[Diagnosis]:
    """Yield how the branches that follow releases stand."""
    yield from names.floating(now.history.tips(), now.tags, now.remedy)


def cards(now: OnHubNow) -> Iterator[Diagnosis]:
    """Hold the newest stable tags against the version that the card says at each, as the Hub reads it."""
    stable = [pair for pair in reversed(now.tags) if pair[0].version.is_stable][:_CARDS]
    declared = [(tag, commit, _declared(now, tag, commit)) for tag, commit in stable]
    since = {version: commits[0] for version, commits in now.made.items()}
    found = list(names.cards(declared, now.model.commit, since, now.remedy))
    yield from found
    agreeing = [str(tag) for tag, _, version in declared if version == str(tag.version)]
    if agreeing and not found:
        yield ok("card", f"README.md says the version of the tag at {listed(agreeing)}")
    elif declared and not any(version for _, _, version in declared):
        yield ok("card", "README.md carries no version, tags alone declare it")


def _declared(now: OnHubNow, tag: Tag, commit: str) -> str | None:
    is_here = commit == now.model.commit
    model = now.model if is_here else find_model(now.wire, HubRef(now.model.id, str(tag)))
    return model.card.text("version")
