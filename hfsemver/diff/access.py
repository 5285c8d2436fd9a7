"""Who could load the baseline and cannot load the model any more, or not without doing something first.

A Hub knows who may load a repository now, for all of its revisions, and keeps no history of it. What was so when the baseline
was made is in the record that it carries (``.hfsemver/access.json``), or, where it lies in another repository, said of that one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.access import PATH, Access
from hfsemver.core.errors import EvidenceMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.hub.hub import Published
    from hfsemver.releases.release import Release

_MOVED: Final = "repo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """One way in which people are kept out: the setting, what it was and is now, behind "is", and the page where one meets it."""

    setting: str
    repo: str
    before: str
    now: str
    page: str

    @property
    def words(self) -> str:
        """The same as a sentence."""
        if self.setting == _MOVED:
            return f"{self.before} was moved since the baseline was made: it is {self.now} now"
        return f"{self.repo} was {self.before} when the baseline was made, and is {self.now} now"


def find_restrictions(baseline: Release | None, published: Published | None) -> tuple[Restriction, ...]:
    """Return what restricts access since the baseline. Raises ``EvidenceMissing`` where that cannot be told.

    What is open now has been restricted for nobody, whatever it was before.
    """
    return () if baseline is None or published is None else tuple(_restrictions(baseline, published))


def _restrictions(baseline: Release, published: Published) -> Iterator[Restriction]:
    hub, repo = published.hub, published.repo
    record = baseline.access
    if record is not None and record.hub != hub.endpoint:
        record = None
    model = hub.model(repo)
    if model is None:
        if record is None or record.private:
            raise EvidenceMissing(
                hub.endpoint, f"shows no model {repo}, so who may load it cannot be told", hint="log in: hf auth login"
            )
        yield _restriction(hub.endpoint, "private", record.repo, record.words, "private, or gone")
        return
    now = model.access
    if record is not None and record.repo.casefold() != now.repo.casefold():
        page = f"{hub.endpoint}/{record.repo}"
        yield Restriction(setting=_MOVED, repo=record.repo, before=record.repo, now=now.repo, page=page)
    before = record or _of_the_former(published)
    if before is None:
        if not now.is_open:
            fault = f"is not there, and {now.repo} is {now.words} now: whether it did before cannot be told"
            raise EvidenceMissing(PATH, fault, hint="write it into each release: hfsemver surface write")
        return
    if now.restricts(before):
        setting = "private" if now.private else "gated"
        yield _restriction(hub.endpoint, setting, now.repo, before.words, now.words)


def _of_the_former(published: Published) -> Access | None:
    former = published.hub.model(published.former) if published.former else None
    return None if former is None else former.access


def _restriction(hub: str, setting: str, repo: str, before: str, now: str) -> Restriction:
    return Restriction(setting=setting, repo=repo, before=before, now=now, page=f"{hub}/{repo}")
