"""Who could load the baseline and cannot load the model any more, or not without doing something first.

A Hub knows who may load a repository now, for all of its revisions, and keeps no history of it. What was so when the baseline
was made is in the record that it carries (``.hfsemver/access.json``), or, where it lies in another repository, said of that one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.access import PATH
from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.escape import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.access import Access
    from hfsemver.releases.hub.hub import Published
    from hfsemver.releases.release import Release

_MOVED: Final = "repo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """One way in which people are kept out of ``repo``: the setting, what it was and is now, behind "is", and the page.

    ``former`` is the repository that the baseline lies in, where that is another one.
    """

    setting: str
    repo: str
    before: str
    now: str
    page: str
    former: str | None = None

    @property
    def is_move(self) -> bool:
        """Whether the repository has another name now."""
        return self.setting == _MOVED

    @property
    def words(self) -> str:
        """The same as a sentence."""
        if self.is_move:
            return f"{self.before} was moved since the baseline was made: it is {self.now} now"
        if self.former is not None:
            return f"{self.former}, where the baseline lies, was {self.before}, and {self.repo} is {self.now}"
        return f"{self.repo} was {self.before} when the baseline was made, and is {self.now} now"


def find_restrictions(baseline: Release | None, published: Published | None) -> tuple[Restriction, ...]:
    """Return what restricts access since the baseline. Raises ``EvidenceMissing`` where that cannot be told.

    What is open now has been restricted for nobody, whatever it was before.
    """
    return () if baseline is None or published is None else tuple(_restrictions(baseline, published))


def _restrictions(baseline: Release, published: Published) -> Iterator[Restriction]:
    hub, record = published.hub, baseline.access
    written = None if record is None or record.hub != hub.endpoint else record
    model = hub.model(published.repo)
    if model is None:
        if written is None or written.private or not _same(written.repo, published.repo):
            fault = f"shows no model {published.repo}, so who may load it cannot be told"
            raise EvidenceMissing(hub.endpoint, fault, hint="log in: hf auth login")
        yield _gone(written)
        return
    now, before, former = model.access, written, None
    if written is not None and not _same(written.repo, now.repo):
        there = hub.model(written.repo)
        if there is not None and _same(there.id, now.repo):
            page = f"{hub.endpoint}/{written.repo}"
            yield Restriction(setting=_MOVED, repo=written.repo, before=written.repo, now=now.repo, page=page)
        else:
            # Another model, whose place this one takes.
            former = written.repo
            if there is None and not written.private:
                yield _gone(written)
    elif written is None and published.former is not None:
        lies_in = hub.model(published.former)
        before, former = (None, None) if lies_in is None else (lies_in.access, lies_in.id)
    if before is None:
        if now.is_open:
            return
        is_here = f"is of {clipped(record.repo, 100)} on {clipped(record.hub, 100)}" if record else "is not there"
        fault = f"{is_here}, and {now.repo} is {now.words} now: whether it did before cannot be told"
        raise EvidenceMissing(PATH, fault, hint="write it into each release: hfsemver surface write")
    if now.restricts(before):
        yield Restriction(
            setting="private" if now.private else "gated",
            repo=now.repo,
            before=before.words,
            now=now.words,
            page=f"{hub.endpoint}/{now.repo}",
            former=former,
        )


def _gone(written: Access) -> Restriction:
    page = f"{written.hub}/{written.repo}"
    return Restriction(setting="private", repo=written.repo, before=written.words, now="private, or gone", page=page)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
