"""Names of releases held against each other: spellings, branches that follow them, and the versions that cards declare."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import printable
from hfsemver.core.version import Tag, Version
from hfsemver.workflows.doctor.diagnosis import broken, listed, note, ok

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hfsemver.workflows.doctor.diagnosis import Diagnosis
    from hfsemver.workflows.doctor.remedy import Remedy

    Tags = tuple[tuple[Tag, str], ...]

_FLOATING: Final = re.compile(r"v(?P<major>0|[1-9]\d*)(?:\.(?P<minor>0|[1-9]\d*))?", re.ASCII)


def spellings(tags: Tags, remedy: Remedy) -> Iterator[Diagnosis]:
    """Yield the versions that name several commits, and the commits that are several releases."""
    by_version, by_commit = defaultdict[str, set[str]](set), defaultdict[str, list[str]](list)
    for tag, commit in tags:
        by_version[str(tag.version)].add(commit)
        by_commit[commit].append(str(tag))
    for version in sorted(version for version, commits in by_version.items() if len(commits) > 1):
        text = f"{version} names {len(by_version[version])} different commits, with and without a v"
        yield broken("tags", text, f"delete the wrong one: {remedy.untag(f'v{version}')} or {remedy.untag(version)}")
    for commit, names in sorted(by_commit.items()):
        if len({Version.parse(name.removeprefix("v")).release for name in names}) > 1:
            yield note("tags", f"one commit is several releases: {', '.join(names)} ({commit[:12]})")


def moved(
    tags: Tags, marked: Mapping[Version, tuple[str, ...]], seen: frozenset[str], remedy: Remedy
) -> Iterator[Diagnosis]:
    """Yield the tags that name another commit than the one whose message says that it was released under that number.

    ``seen`` are the commits whose messages were read: one that was not may carry the same mark.
    """
    for tag, commit in tags:
        made = marked.get(tag.version, ())
        if not made or commit in made:
            continue
        text = f"{tag} names {commit[:12]}, and {made[0][:12]} is the commit that was released as {tag.version}"
        if commit in seen:
            yield broken("tags", f"{text}: the tag was moved", remedy.retag(str(tag), made[0]))
        else:
            yield note("tags", f"{text}; the message of the former was not read")


def anew(lost: Sequence[Tag], newest: tuple[Tag, str] | None, what: str, remedy: Remedy) -> Diagnosis:
    """Say that a history has no commit in common with some releases: squashed, or begun anew.

    It goes on where ``newest``, the newest stable release in it, is above all of them; before that the next release is measured
    against nothing.
    """
    names = listed([str(tag) for tag in reversed(lost)])
    text = f"the history of {what} was begun anew: it has no commit in common with {names}"
    stable = [tag.version for tag in lost if tag.version.is_stable]
    if not stable or (newest is not None and newest[0].version > max(stable)):
        return note("history", f"{text}; it goes on with {newest[0]}" if newest else text)
    hint = remedy.join(next(str(tag) for tag in reversed(lost) if tag.version.is_stable))
    return broken("history", f"{text}, so that the next release would be measured against none of them", hint)


def floating(tips: Mapping[str, str], tags: Tags, remedy: Remedy) -> Iterator[Diagnosis]:
    """Yield how the branches ``vX`` and ``vX.Y`` stand to the newest release of their line, and those that are named like a release."""
    sound = []
    for name, tip in sorted(tips.items()):
        line = _FLOATING.fullmatch(name)
        if line is None:
            yield from _like_a_release(name, tip, tags, remedy)
            continue
        found = list(_followed(name, tip, _of_line(tags, line), tags, remedy))
        sound += [] if found else [name]
        yield from found
    if sound:
        yield ok("branches", f"{listed(sound)}: on the newest release of its line")


def _of_line(tags: Tags, line: re.Match[str]) -> Tags:
    major, minor = int(line["major"]), line["minor"]
    return tuple(
        (tag, commit)
        for tag, commit in tags
        if tag.version.is_stable and tag.version.major == major and (minor is None or tag.version.minor == int(minor))
    )


def _followed(name: str, tip: str, line: Tags, tags: Tags, remedy: Remedy) -> Iterator[Diagnosis]:
    if not line:
        text = f"the branch {name} is on {tip[:12]}, and no release is of its line"
        yield note("branches", text, "release one, or give the branch another name")
        return
    newest, _ = line[-1]
    # The same number may be there in both spellings.
    if tip in {sha for tag, sha in line if tag.version == newest.version}:
        return
    hint = remedy.follow(name, str(newest))
    if any(sha == tip for _, sha in line):
        yield note("branches", f"the branch {name} is behind: on {_named(tip, tags)}, while {newest} is out", hint)
    else:
        text = f"the branch {name} is on {_named(tip, tags)}, and the newest release of its line is {newest}"
        yield broken("branches", f"{text}: whoever loads {name} gets no release of it", hint)


def _like_a_release(name: str, tip: str, tags: Tags, remedy: Remedy) -> Iterator[Diagnosis]:
    try:
        tag = Tag.parse(name)
    except ValueError:
        return
    named = {sha for one, sha in tags if str(one) == str(tag)}
    if named == {tip}:
        text = f"a branch is named {name} as well, and moves with the next commit to it"
        yield note("branches", text, remedy.unbranch(name))
    else:
        text = f"a branch is named {name}, like a release, and is on {tip[:12]}"
        also = ", where the tag of that name is not" if named else ", and there is no such tag"
        yield broken("branches", f"{text}{also}", remedy.unbranch(name))


def _named(commit: str, tags: Tags) -> str:
    names = [str(tag) for tag, sha in tags if sha == commit]
    return f"{', '.join(names)} ({commit[:12]})" if names else commit[:12]


def cards(
    declared: Iterable[tuple[Tag, str, str | None]], head: str, since: Mapping[Version, str], remedy: Remedy
) -> Iterator[Diagnosis]:
    """Hold stable tags, with their commits, against the version that the card there declares.

    A higher one is of a later release, so that the tag stands on what was made after its own; a lower one was left behind when the
    number was raised, and a card without one says nothing. ``since`` are the commits where the card began to say a version.
    """
    left = []
    for tag, commit, version in declared:
        if version is None or version == str(tag.version):
            continue
        said = Version.of(version)
        if said is not None and said > tag.version:
            text = (
                f"{tag} is on {commit[:12]}, whose README.md says {said}: the tag was moved, or made on a later commit"
            )
            yield broken("card", text, remedy.retag(str(tag), since.get(tag.version, "")))
        elif commit == head:
            text = f"README.md says {printable(version)}, and the tag on the same commit says {tag.version}"
            yield note("card", text, f"set `version: {tag.version}` in README.md before the next release")
        else:
            left.append(f"{printable(version[:40])} at {tag}")
    if left:
        yield note("card", f"README.md says another version than the tag: {listed(left)}")
