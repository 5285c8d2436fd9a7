"""The releases that the remote of a push held before: their numbers stay taken, whatever became of the tags."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import clipped
from hfsemver.core.version import Tag
from hfsemver.publish.retired import Retired, record_retired, retired_log
from hfsemver.releases.disk import read_small
from hfsemver.releases.git_command import ask_git
from hfsemver.workflows.push.range import commit_of, place_of
from hfsemver.workflows.push.ruling import without_credentials
from hfsemver.workflows.push.skipping import recorded_skips

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.releases.repository import Repository
    from hfsemver.workflows.push.ruling import Push

_LARGEST = 16 << 20
_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_DAY = len("2026-11-24")
_TAGS = "refs/tags/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What was written down: the releases, the oldest first, and the numbers of the lines that are none."""

    retired: tuple[Retired, ...] = ()
    damaged: tuple[int, ...] = ()


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


def read_record(repository: Repository) -> Record:
    """Return what was written down. Raises ``SourceError`` for a file that cannot be read: that is not the same as none."""
    lines = (read_small(retired_log(repository), _LARGEST) or b"").splitlines()
    entries = {number: _entry(line) for number, line in enumerate(lines, 1) if line.strip()}
    return Record(
        retired=tuple(entry for entry in entries.values() if entry),
        damaged=tuple(number for number, entry in entries.items() if not entry),
    )


def unreadable(repository: Repository, record: Record) -> SourceError | None:
    """Return what is wrong with a record of which a line says nothing; ``None`` when every line is one."""
    if not record.damaged:
        return None
    lines = ", ".join(map(str, record.damaged[:5])) + (", ..." if len(record.damaged) > 5 else "")  # noqa: PLR2004 -- a few
    fault = (
        f"{retired_log(repository)}: line {lines}: not a record of a deleted release, so which number is taken is lost"
    )
    return SourceError(fault, hint="mend what stands there, or remove it once you know that no release is lost with it")


def former_releases(push: Push, record: Record) -> tuple[Former, ...]:
    """Return the releases that the remote of a push held: by the record, by the skips, and by what git says now."""
    told = list(_told(push))
    held = {(one.tag, one.object) for one, _ in told}
    before = [one for one in (*record.retired, *_skipped(push.repository)) if _is_same_remote(push, one)]
    # What the remote shows is there, whatever was let out: that push was a dry run, or ended later, or was undone.
    known = [(one, _let_out(one)) for one in sorted(before, key=_time) if (one.tag, one.object) not in held]
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


def _entry(line: bytes) -> Retired | None:
    try:
        entry = json.loads(line)
        found = Retired(**{key: entry[key] for key in ("tag", "object", "commit", "remote", "url", "time")})
        texts = (found.tag, found.object, found.remote, found.url, found.time)
        Tag.parse(found.tag)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    ids = (found.object,) if found.commit is None else (found.object, found.commit)
    is_sound = all(isinstance(text, str) for text in (*texts, *ids)) and all(map(_OID.fullmatch, ids))
    return found if is_sound else None


def _skipped(repository: Repository) -> Iterator[Retired]:
    """Return the releases whose deletion went out without a judgement: that record tells of them as well."""
    for entry in recorded_skips(repository):
        refs = entry.get("refs")
        for ref in refs if isinstance(refs, list) else ():
            found = _of_skip(entry, ref) if isinstance(ref, dict) else None
            if found is not None:
                yield found


def _of_skip(entry: Mapping[str, object], ref: Mapping[str, object]) -> Retired | None:
    name, old, new = (str(ref.get(key)) for key in ("ref", "old", "new"))
    if not name.startswith(_TAGS) or new.strip("0") or not old.strip("0") or not _OID.fullmatch(old):
        return None
    try:
        tag = Tag.parse(name.removeprefix(_TAGS))
    except ValueError:
        return None
    remote, time = (str(entry.get(key)) for key in ("remote", "time"))
    return Retired(tag=str(tag), object=old, commit=None, remote=remote, url=remote, time=time)


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


def _let_out(one: Retired) -> str:
    return f"its deletion from {one.remote} was let out on {clipped(one.time[:_DAY])}"


def _time(one: Retired) -> str:
    return one.time
