"""What this clone wrote down of pushes: which went out unjudged, and which releases they took from a remote."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import clipped
from hfsemver.core.version import Tag
from hfsemver.publish.retired import Retired, retired_log
from hfsemver.releases.disk import read_small

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hfsemver.releases.repository import Repository

_LARGEST = 16 << 20
_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_DAY = len("2026-11-24")
_TAGS = "refs/tags/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What was written down: the releases, the oldest first, and the numbers of the lines that are none."""

    retired: tuple[Retired, ...] = ()
    damaged: tuple[int, ...] = ()


def skip_log(repository: Repository) -> Path:
    """Return the file that holds one JSON object a line for each push that was not judged."""
    return repository.common_dir / "hfsemver" / "skips.log"


def recorded_skips(repository: Repository) -> tuple[Mapping[str, object], ...]:
    """Return what was recorded, the oldest first; lines that are no objects are left out.

    Raises ``SourceError`` for a record that cannot be read: it is not the same as none.
    """
    lines = (read_small(skip_log(repository), _LARGEST) or b"").splitlines()
    return tuple(entry for entry in map(_skip, lines) if entry)


def _skip(line: bytes) -> Mapping[str, object] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


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


def released_before(repository: Repository, record: Record) -> list[Retired]:
    """Return the releases that remotes held when their deletion was let out, by the record and by the skips, oldest first."""
    return sorted((*record.retired, *_skipped(repository)), key=lambda one: one.time)


def let_out(one: Retired) -> str:
    """Return a clause about what became of the tag."""
    return f"its deletion from {one.remote} was let out on {clipped(one.time[:_DAY])}"


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
