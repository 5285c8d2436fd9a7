"""Carry out a release on a Hub: content, commit, tag, branches; whatever ends it in between, the next run makes the same one whole."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import printable
from hfsemver.core.plan import FloatingBranch
from hfsemver.core.version import Tag
from hfsemver.publish.files import remove_inside, write_inside
from hfsemver.publish.hub.journal import BEGUN, COMMITTED, DONE, LEFT, Entry, new_id
from hfsemver.publish.hub.writer import TagTaken
from hfsemver.publish.room import NoRoom, is_out_of_room
from hfsemver.releases.disk import read_small
from hfsemver.releases.hub.source import HubSource
from hfsemver.releases.local import NOTES

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.core.plan import ReleasePlan
    from hfsemver.publish.hub.journal import Journal
    from hfsemver.publish.hub.writer import HubWriter

_MAX: Final = 64 << 20


def carry_out(plan: ReleasePlan, writer: HubWriter, journal: Journal) -> str:
    """Make the release and return its commit. Raises ``SourceError``, after which the same command goes on."""
    entry = Entry(
        hub=writer.wire.endpoint,
        repo=writer.repo_id,
        branch=writer.branch,
        parent=plan.parent,
        tag=str(plan.tag),
        message=plan.tag_message,
        floating=tuple(one.name for one in plan.floating),
        files={file.path: _digest(file.before) for file in plan.files},
        id=new_id(),
    )
    entry = journal.note(entry, BEGUN)
    commit = writer.commit(plan, entry.mark) if plan.has_commit else plan.parent
    finish(journal.note(entry, COMMITTED, commit), writer, journal)
    return commit


def resumed(entry: Entry, writer: HubWriter, journal: Journal, *, floating: bool = True) -> str | None:
    """Finish a release that was begun and return its commit; ``None`` where nothing of it is to be seen on the Hub any more.

    Then it is left, and what the folder holds now is judged anew: who else published meanwhile has changed what it is
    measured against. Without ``floating`` no branch follows it, whatever was meant when it was begun.
    """
    commit = entry.commit or writer.found(entry.parent, entry.mark)
    if commit is None or not writer.has(commit):
        if entry.step != LEFT:
            journal.note(entry, LEFT)
        return None
    entry = entry if floating else replace(entry, floating=())
    finish(journal.note(entry, COMMITTED, commit), writer, journal)
    return commit


def finish(entry: Entry, writer: HubWriter, journal: Journal) -> None:
    """Give a commit the names of its release, each that is missing. One whose tag is taken is left: it would never end."""
    try:
        writer.tag(Tag.parse(entry.tag), entry.commit, entry.message)
    except TagTaken:
        journal.note(entry, LEFT)
        raise
    for name in entry.floating:
        writer.follow(FloatingBranch(name=name), entry.commit)
    bring_back(entry, writer, journal.folder)
    journal.note(entry, DONE)


def bring_back(entry: Entry, writer: HubWriter, folder: Path) -> None:
    """Write into the folder what the release wrote, so that the next one begins where this one ended.

    A file that is another one by now stays, and so do a link and a folder that cannot be written to: the release is whole
    without. For lack of room alone it is not: the next run goes on here. Raises ``SourceError``.
    """
    source = HubSource(wire=writer.wire, repo_id=writer.repo_id, commit=entry.commit)
    there = {info.path for info in source.files()}
    for path, before in entry.files.items():
        if not _holds(folder, path, before):
            continue
        data = source.read(path) if path in there else None
        try:
            if data is not None:
                # What a kill leaves of it has to be where no upload takes it along.
                write_inside(folder, path, data, aside=NOTES)
            elif before:
                remove_inside(folder, path)
        except OSError as error:
            if is_out_of_room(error):
                fault = f"the release is made; but {printable(str(folder / path))} cannot be written: {error.strerror}"
                raise NoRoom(fault, hint="make room there, then run the same command again") from error


def _holds(folder: Path, path: str, digest: str) -> bool:
    try:
        return _digest(read_small(folder / path, _MAX)) == digest
    except SourceError:
        return False


def _digest(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()
