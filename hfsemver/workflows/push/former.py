"""The releases that the remote of a push held before: their numbers stay taken, whatever became of the tags."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError
from hfsemver.core.version import Tag
from hfsemver.publish.retired import Retired, record_retired
from hfsemver.releases.git_command import ask_git
from hfsemver.workflows.push.range import commit_of
from hfsemver.workflows.records import let_out, released_before
from hfsemver.workflows.remotes import place_of, without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.repository import Repository
    from hfsemver.workflows.push.ruling import Push
    from hfsemver.workflows.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """A release that the remote held when it was last heard of, and what is known to have become of it.

    ``commit`` is ``None`` where nobody here knows what the tag named; ``is_here`` says that this clone has the commit.
    ``fate`` is a clause about the tag, and empty while the remote holds it.
    """

    tag: Tag
    object: str
    commit: str | None
    fate: str
    is_here: bool


def retire(push: Push) -> None:
    """Write down the releases whose deletion a push is let out with. Raises ``SourceError`` when that fails."""
    time = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    retired = [
        Retired(
            tag=str(update.tag),
            object=update.remote,
            commit=commit_of(push.repository, update.remote),
            remote=without_credentials(push.remote),
            url=without_credentials(push.url),
            time=time,
        )
        for update in push.updates
        if update.is_deletion and update.tag and not update.is_new
    ]
    if retired:
        record_retired(push.repository, retired)


def former_releases(push: Push, record: Record) -> tuple[Former, ...]:
    """Return the releases that the remote of a push held: by the record, by the skips, and by what git says now."""
    told = list(_told(push))
    held = {(one.tag, one.object) for one, _ in told}
    before = [one for one in released_before(push.repository, record) if _is_same_remote(push, one)]
    # What the remote shows is there, whatever was let out: that push was a dry run, or ended later, or was undone.
    known = [(one, let_out(one)) for one in before if (one.tag, one.object) not in held]
    known += [(one, "it is deleted by this very push" if gone else "") for one, gone in told]
    commits = _commits(push.repository, [one.commit or one.object for one, _ in known])
    return tuple(
        Former(
            tag=Tag.parse(one.tag),
            object=one.object,
            commit=commit or one.commit,
            fate=fate,
            is_here=commit is not None,
        )
        for (one, fate), commit in zip(known, commits, strict=True)
    )


def _told(push: Push) -> Iterator[tuple[Retired, bool]]:
    """Return what git says that the remote has under the names that are pushed, and whether it is to be deleted."""
    for update in push.updates:
        if update.tag and not update.is_new:
            held = Retired(tag=str(update.tag), object=update.remote, commit=None, remote="", url="", time="")
            yield held, update.is_deletion


def _commits(repository: Repository, oids: list[str]) -> list[str | None]:
    """Return the commits behind ids, in one call; ``None`` for what is not here, and for what is no commit."""
    if not oids:
        return []
    asked = "".join(f"{oid}^{{commit}}\n" for oid in oids).encode()
    answer = ask_git(repository.root, "cat-file", "--batch-check=%(objecttype) %(objectname)", stdin=asked)
    kinds = [line.split(" ") for line in answer.lines]
    if len(kinds) != len(oids):
        raise SourceError(f"git cat-file: {answer.complaint}", hint="run `git fsck` here to see what is damaged")
    return [fields[1] if fields[0] == "commit" else None for fields in kinds]


def _is_same_remote(push: Push, one: Retired) -> bool:
    """Whether a record is about the remote of the push, by its name or by where it lies."""
    ours = {place_of(text) for text in (push.remote, push.tracked, push.url) if text}
    return not ours.isdisjoint(place_of(text) for text in (one.remote, one.url) if text)
