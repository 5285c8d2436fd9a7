"""Releases that something tells of and that no tag names: deleted, or never tagged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.version import Version
from hfsemver.releases.formats.changelog import entries_of
from hfsemver.workflows.doctor.diagnosis import broken, listed, note, ok

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hfsemver.core.version import Tag
    from hfsemver.releases.release import Release
    from hfsemver.workflows.doctor.diagnosis import Diagnosis
    from hfsemver.workflows.doctor.remedy import Remedy

CHANGELOG: Final = "CHANGELOG.md"
_LARGEST: Final = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What tells of releases: ``made`` are marks that one leaves when it is made, by its commit, and prove that there was one.

    ``titled`` are commits with the title of one, ``declared`` those where the card began to say its number, ``changelog`` the
    numbers of the entries.
    """

    made: Mapping[Version, str]
    titled: Mapping[Version, str]
    changelog: tuple[Version, ...] = ()
    declared: Mapping[Version, str]

    @property
    def versions(self) -> tuple[Version, ...]:
        """Every version that anything tells of, the lowest first."""
        found = {*self.made, *self.titled, *self.changelog, *self.declared}
        return tuple(sorted(found, key=lambda version: (version.precedence, str(version))))

    def commit(self, version: Version) -> str:
        """Return the commit that most likely was the release, empty for none."""
        places = (self.made, self.titled, self.declared)
        return next((place[version] for place in places if version in place), "")

    def where(self, version: Version) -> str:
        """Return what tells of a version, as the beginning of a sentence."""
        if version in self.made:
            return f"{self.made[version][:12]} was released as {version}"
        if version in self.changelog:
            return f"{CHANGELOG} has an entry for {version}"
        if version in self.titled:
            return f"{self.titled[version][:12]} is titled as release {version}"
        return f"README.md declares {version} in {self.declared[version][:12]}"

    def is_sure(self, version: Version) -> bool:
        """Whether a stable version counts as released once later ones are: a card alone may have been ahead of itself."""
        return version.is_stable and (version in self.changelog or version in self.titled)


def changelog_versions(release: Release) -> tuple[Version, ...]:
    """Return the versions that the changelog of a release has entries for. Raises what reading does."""
    data = release.read(CHANGELOG, _LARGEST)
    if data is None:
        return ()
    found = (Version.of(entry.version) for entry in entries_of(data.decode("utf-8", "replace")))
    return tuple(dict.fromkeys(version for version in found if version is not None))


def gone(told: Told, tags: Iterable[Tag], remedy: Remedy) -> Iterator[Diagnosis]:
    """Yield the releases without a tag: certain where one was made, or where those before and after it have one."""
    tagged = {tag.version.precedence for tag in tags}
    missing = [version for version in told.versions if version.precedence not in tagged]
    if not missing:
        if told.versions:
            yield ok(
                "releases",
                f"each of the {len(told.versions)} that {CHANGELOG}, README.md or a commit tells of has its tag",
            )
        return
    low, high = (min(tagged), max(tagged)) if tagged else (None, None)
    open_, early, others = [], [], []
    for version in missing:
        certain = version in told.made
        between = low is not None and high is not None and low < version.precedence < high
        if certain or (between and told.is_sure(version)):
            text = f"{told.where(version)}, and no tag names it: it was deleted, or never made"
            yield broken("releases", text, remedy.tag(version, told.commit(version)))
        elif high is not None and version.precedence > high:
            open_.append(version)
        elif between:
            others.append(version)
        else:
            early.append(version)
    for version in open_:
        text = f"{told.where(version)}, which is above every tag: not tagged yet, or its tag was deleted"
        yield note("releases", text, remedy.release(version, told.commit(version)))
    for version in others:
        yield note("releases", f"{told.where(version)}, and no tag names it: left out, or deleted")
    if early:
        since = "below the first tag" if tagged else "while no tag is a version"
        yield note("releases", f"named, {since}: {listed([str(version) for version in early])}")
