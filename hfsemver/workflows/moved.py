"""Whether a release tag of this clone names another commit than it did when it was out, as far as is written down here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.claim import MovedTag
from hfsemver.core.errors import RefError, SourceError
from hfsemver.core.version import Tag
from hfsemver.releases.git_command import ask_git
from hfsemver.workflows.records import let_out, read_record, released_before, unreadable

if TYPE_CHECKING:
    from hfsemver.releases.repository import Repository
    from hfsemver.workflows.baselines import Tagged

_REMOTE = "origin"


def moved_by_record(repository: Repository, own: Tagged | None) -> MovedTag | None:
    """Compare a tag with what the remote had under its number when a deletion of it was let out; the network is not asked.

    ``origin`` or the only remote is what counts: a number that was tried out elsewhere was not released. Whether the deletion
    happened does not matter, because the remote had the tag either way. A record that cannot be read, or is damaged, may tell
    of this very number.
    """
    if own is None:
        return None
    try:
        record = read_record(repository)
        before = released_before(repository, record)
    except SourceError as error:
        return MovedTag(tag=str(own.tag), old=None, new=own.commit, doubt=str(error))
    damage = unreadable(repository, record)
    if damage is not None:
        return MovedTag(tag=str(own.tag), old=None, new=own.commit, doubt=str(damage))
    remote = _remote(repository)
    told = [one for one in before if one.remote == remote and Tag.parse(one.tag).version == own.tag.version]
    if not told:
        return None
    last = told[-1]
    commit = last.commit or _commit(repository, last.object)
    if commit == own.commit:
        return None
    return MovedTag(tag=last.tag, old=commit, new=own.commit, fate=let_out(last))


def _remote(repository: Repository) -> str | None:
    answer = ask_git(repository.root, "config", "--null", "--get-regexp", operands=(r"^remote\..+\.url$",))
    keys = (setting.partition("\n")[0] for setting in answer.text.split("\0"))
    names = {key.removeprefix("remote.").removesuffix(".url") for key in keys if key}
    return names.pop() if len(names) == 1 else _REMOTE if _REMOTE in names else None


def _commit(repository: Repository, oid: str) -> str | None:
    try:
        return repository.resolve(oid)
    except RefError:
        return None
