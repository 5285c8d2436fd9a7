"""Whether a release tag of this clone names another commit than it did when it was out, as far as is written down here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.claim import MovedTag
from hfsemver.core.errors import RefError, SourceError
from hfsemver.core.version import Tag
from hfsemver.releases.git_command import ask_git
from hfsemver.workflows.records import let_out, read_record, released_before, unreadable
from hfsemver.workflows.remotes import place_of

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
    ours = _remote(repository)
    told = [
        one
        for one in before
        if not ours.isdisjoint(place_of(text) for text in (one.remote, one.url) if text)
        and Tag.parse(one.tag).version == own.tag.version
    ]
    if not told:
        return None
    last = told[-1]
    commit = last.commit or _commit(repository, last.object)
    if commit == own.commit:
        return None
    doubt = "" if commit else "what the tag named when its deletion was let out is not here"
    return MovedTag(tag=last.tag, old=commit, new=own.commit, fate=let_out(last), doubt=doubt)


def _remote(repository: Repository) -> frozenset[str]:
    """Return the name of the remote that counts and where it lies; nothing where there are several and no ``origin``."""
    answer = ask_git(repository.root, "config", "--null", "--get-regexp", operands=(r"^remote\..+\.url$",))
    pairs = (setting.partition("\n") for setting in answer.text.split("\0") if setting)
    places = {key.removeprefix("remote.").removesuffix(".url"): url for key, _, url in pairs}
    name = next(iter(places)) if len(places) == 1 else _REMOTE
    return frozenset({place_of(name), place_of(places[name])}) if name in places else frozenset()


def _commit(repository: Repository, oid: str) -> str | None:
    try:
        return repository.resolve(oid)
    except RefError:
        return None
