"""A clone: git, git-lfs, the hook, the names of releases, policy, weights, and what was written down of pushes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.core.errors import HfSemverError, RefError, SourceError
from hfsemver.policy.policy import FILE_NAME
from hfsemver.publish.retired import retired_log
from hfsemver.releases.git_command import ask_git
from hfsemver.releases.ref import parse_ref
from hfsemver.releases.repository import Repository
from hfsemver.releases.source import FileKind
from hfsemver.workflows.doctor.clone_names import Clone, branches, card, history, releases, tags
from hfsemver.workflows.doctor.described import described
from hfsemver.workflows.doctor.diagnosis import SHOWN, broken, note, ok, told
from hfsemver.workflows.hook.chain import uses_lfs
from hfsemver.workflows.hook.install import hook_place
from hfsemver.workflows.hook.script import Owner, before_of, content_of, hook_script, owner_of
from hfsemver.workflows.policies import policy_beside
from hfsemver.workflows.records import read_record, recorded_skips, skip_log, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hfsemver.workflows.doctor.diagnosis import Diagnosis

OLDEST_GIT = (2, 31)


def examine_clone(path: str) -> tuple[Diagnosis, ...]:
    """Look at everything, whatever is broken; what cannot even be looked at is broken too."""
    diagnoses = [_git(Path(path))]
    try:
        repository = Repository.discover(Path(path))
    except (RefError, SourceError) as error:
        return (*diagnoses, broken("repository", str(error), _hint(path, error)))
    patient = Clone.of(repository)
    for look in (history, _hook, _lfs, tags, branches, releases, _policy, _objects, _surface, card, _skips, _retired):
        diagnoses.extend(_guarded(look, patient))
    return tuple(diagnoses)


def _hint(path: str, error: HfSemverError) -> str:
    try:
        model = parse_ref(f"hf://{path}")
    except RefError:
        return error.hint
    return error.hint if Path(path).exists() else f"on a Hub it is {str(model).partition('@')[0]}; else {error.hint}"


def _guarded(look: Callable[[Clone], Iterator[Diagnosis]], patient: Clone) -> Iterator[Diagnosis]:
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


def _hook(patient: Clone) -> Iterator[Diagnosis]:
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


def _lfs(patient: Clone) -> Iterator[Diagnosis]:
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


def _policy(patient: Clone) -> Iterator[Diagnosis]:
    found = policy_beside(patient.repository.root)
    yield ok("policy", f"{FILE_NAME} is valid" if found else f"no {FILE_NAME}, the defaults hold")


def _objects(patient: Clone) -> Iterator[Diagnosis]:
    if patient.newest is None:
        return
    tag, _ = patient.newest
    release = patient.release(str(tag))
    pointers = [info for info in release.files.values() if info.kind is FileKind.POINTER]
    if not pointers:
        yield ok("baseline", f"every byte of {tag} is here")
        return
    size = sum(info.size for info in pointers)
    text = f"of {tag} {len(pointers)} files ({size} bytes) are only LFS pointers here: their values are not compared"
    yield note("baseline", text, f"git lfs fetch origin {tag}")


def _surface(patient: Clone) -> Iterator[Diagnosis]:
    if patient.newest is not None:
        tag, _ = patient.newest
        yield from described(patient.release(str(tag)), tag)


def _skips(patient: Clone) -> Iterator[Diagnosis]:
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


def _retired(patient: Clone) -> Iterator[Diagnosis]:
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
