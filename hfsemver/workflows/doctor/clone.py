"""A clone: git, git-lfs, the hook, tags, policy, weights, and what was written down of pushes."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.core.errors import HfSemverError, RefError, SourceError
from hfsemver.core.version import Version
from hfsemver.policy.policy import FILE_NAME
from hfsemver.publish.retired import retired_log
from hfsemver.releases.git_command import ask_git
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import GitRef
from hfsemver.releases.repository import Repository
from hfsemver.releases.source import FileKind
from hfsemver.workflows.check import card_version
from hfsemver.workflows.doctor.diagnosis import SHOWN, broken, note, ok, told
from hfsemver.workflows.hook.chain import uses_lfs
from hfsemver.workflows.hook.install import hook_place
from hfsemver.workflows.hook.script import Owner, before_of, content_of, hook_script, owner_of
from hfsemver.workflows.policies import policy_beside
from hfsemver.workflows.records import read_record, recorded_skips, skip_log, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hfsemver.core.version import Tag
    from hfsemver.workflows.doctor.diagnosis import Diagnosis

OLDEST_GIT = (2, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patient:
    repository: Repository
    tags: tuple[tuple[Tag, str], ...]
    head: str | None

    @property
    def newest(self) -> tuple[Tag, str] | None:
        """The newest stable release in the history of what is checked out."""
        stable = [(tag, commit) for tag, commit in reversed(self.tags) if tag.version.is_stable]
        reachable = (pair for pair in stable if self.head and self.repository.is_ancestor(pair[1], self.head))
        return next(reachable, None)


def examine_clone(path: str) -> tuple[Diagnosis, ...]:
    """Look at everything, whatever is broken; what cannot even be looked at is broken too."""
    diagnoses = [_git(Path(path))]
    try:
        repository = Repository.discover(Path(path))
    except (RefError, SourceError) as error:
        return (*diagnoses, broken("repository", str(error), error.hint))
    patient = _Patient(repository=repository, tags=repository.version_tags(), head=_head(repository))
    for look in (_history, _hook, _lfs, _tags, _policy, _objects, _card, _skips, _retired):
        diagnoses.extend(_guarded(look, patient))
    return tuple(diagnoses)


def _guarded(look: Callable[[_Patient], Iterator[Diagnosis]], patient: _Patient) -> Iterator[Diagnosis]:
    try:
        yield from look(patient)
    except HfSemverError as error:
        yield from told(look.__name__.lstrip("_"), error)


def _git(folder: Path) -> Diagnosis:
    try:
        text = ask_git(folder, "version").text
    except SourceError as error:
        return broken("git", str(error), error.hint)
    numbers = tuple(int(number) for number in re.findall(r"\d+", text)[:2])
    if numbers < OLDEST_GIT:
        return broken("git", f"{text} is too old", "install git 2.31 or newer")
    return ok("git", text)


def _head(repository: Repository) -> str | None:
    try:
        return repository.resolve("HEAD")
    except RefError:
        return None


def _history(patient: _Patient) -> Iterator[Diagnosis]:
    if patient.head is None:
        yield note("history", "there is no commit yet", "commit the first state of the model")
    elif patient.repository.is_shallow:
        text = "this clone is shallow: the release before this one may be cut off"
        yield broken("history", text, "git fetch --unshallow --tags")
    else:
        yield ok("history", f"complete, {patient.head[:12]} is checked out")


def _hook(patient: _Patient) -> Iterator[Diagnosis]:
    place = hook_place(patient.repository)
    where = f"{place.hook}" + (f" (core.hooksPath, a {place.scope} setting)" if place.scope else "")
    owner, before = owner_of(place.hook), owner_of(before_of(place.hook))
    if owner in {Owner.NOBODY, Owner.LFS, Owner.SOMEBODY}:
        other = "" if owner is Owner.NOBODY else f"; the one there is of {owner.value}"
        yield broken("hook", f"not installed at {where}{other}", "hfsemver hook install")
    elif owner is Owner.EDITED:
        yield note("hook", f"{where} has been edited", f"keep lines of your own in {before_of(place.hook).name}")
    elif content_of(place.hook) != hook_script():
        yield note("hook", f"{where} is of another installation of hfsemver", "hfsemver hook install")
    else:
        chained = "" if before is Owner.NOBODY else f"; then runs the one that was there, of {before.value}"
        yield ok("hook", f"installed at {where}{chained}")


def _lfs(patient: _Patient) -> Iterator[Diagnosis]:
    if not uses_lfs(patient.repository):
        yield ok("git-lfs", "not used here")
    elif shutil.which("git-lfs") is None:
        yield broken(
            "git-lfs", "this repository uses git-lfs, and it is not installed", "install git-lfs, then: git lfs pull"
        )
    elif ask_git(patient.repository.root, "config", "--get", operands=("filter.lfs.process",)).status:
        yield broken("git-lfs", "installed, but git does not know its filter", "git lfs install")
    else:
        yield ok("git-lfs", "installed, and used here")


def _tags(patient: _Patient) -> Iterator[Diagnosis]:
    if not patient.tags:
        text = "no tag is a version, so nothing can be measured yet"
        yield note("tags", text, "git tag -a v1.0.0 -m 'Release 1.0.0', or see: hfsemver log")
        return
    newest = patient.newest
    known = f", the newest in this history is {newest[0]}" if newest else ", none of them stable and in this history"
    yield ok("tags", f"{len(patient.tags)} releases{known}")
    by_version, by_commit = defaultdict[str, set[str]](set), defaultdict[str, list[str]](list)
    for tag, commit in patient.tags:
        by_version[str(tag.version)].add(commit)
        by_commit[commit].append(str(tag))
    for version in sorted(version for version, commits in by_version.items() if len(commits) > 1):
        text = f"{version} names {len(by_version[version])} different commits, with and without a v"
        yield broken("tags", text, f"delete the wrong one: git tag -d v{version} or git tag -d {version}")
    for commit, names in sorted(by_commit.items()):
        if len({Version.parse(name.removeprefix("v")).release for name in names}) > 1:
            yield note("tags", f"one commit is several releases: {', '.join(names)} ({commit[:12]})")
    if patient.head is not None:
        away = [str(tag) for tag, sha in patient.tags if not patient.repository.is_ancestor(sha, patient.head)]
        if away:
            more = f" and {len(away) - SHOWN} more" if len(away) > SHOWN else ""
            yield note("tags", f"not in the history of what is checked out: {', '.join(away[:SHOWN])}{more}")


def _policy(patient: _Patient) -> Iterator[Diagnosis]:
    found = policy_beside(patient.repository.root)
    yield ok("policy", f"{FILE_NAME} is valid" if found else f"no {FILE_NAME}, the defaults hold")


def _objects(patient: _Patient) -> Iterator[Diagnosis]:
    if patient.newest is None:
        return
    tag, _ = patient.newest
    release = open_release(GitRef(str(patient.repository.root), str(tag)))
    pointers = [info for info in release.files.values() if info.kind is FileKind.POINTER]
    if not pointers:
        yield ok("baseline", f"every byte of {tag} is here")
        return
    size = sum(info.size for info in pointers)
    text = f"of {tag} {len(pointers)} files ({size} bytes) are only LFS pointers here: their values are not compared"
    yield note("baseline", text, f"git lfs fetch origin {tag}")


def _card(patient: _Patient) -> Iterator[Diagnosis]:
    if patient.head is None or patient.newest is None:
        return
    tag, commit = patient.newest
    declared = card_version(open_release(GitRef(str(patient.repository.root), patient.head)))
    if declared is None:
        yield ok("card", "README.md carries no version, tags alone declare it")
    elif declared == str(tag.version):
        yield ok("card", f"README.md says {declared}, as the newest tag does")
    elif commit == patient.head:
        text = f"README.md says {declared}, and the tag on the same commit says {tag.version}"
        yield note("card", text, f"set `version: {tag.version}` in README.md before the next release")
    else:
        yield ok("card", f"README.md says {declared}, the newest release is {tag}")


def _skips(patient: _Patient) -> Iterator[Diagnosis]:
    entries = recorded_skips(patient.repository)
    if not entries:
        yield ok("skips", "every push from here was judged")
        return
    for entry in entries[-SHOWN:]:
        refs = entry.get("refs")
        names = [str(ref.get("ref")) for ref in refs if isinstance(ref, dict)] if isinstance(refs, list) else []
        who = f"{entry.get('time')}, {entry.get('user')}"
        yield note("skips", f"pushed unjudged: {', '.join(names)} ({who}): {entry.get('reason')}")
    if len(entries) > SHOWN:
        yield note("skips", f"{len(entries) - SHOWN} older ones stand in {skip_log(patient.repository)}")


def _retired(patient: _Patient) -> Iterator[Diagnosis]:
    record = read_record(patient.repository)
    damage = unreadable(patient.repository, record)
    if damage is not None:
        yield broken("retired", str(damage), damage.hint)
    elif not record.retired:
        yield ok("retired", "no release was deleted from here")
    for one in record.retired[-SHOWN:]:
        yield note(
            "retired",
            f"{one.tag} ({one.object[:12]}): its deletion from {one.remote} was let out ({one.time}); it stays taken",
        )
    if len(record.retired) > SHOWN:
        yield note("retired", f"{len(record.retired) - SHOWN} older ones stand in {retired_log(patient.repository)}")
