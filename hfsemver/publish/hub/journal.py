"""What was done for a release, line by line, beside the folder that it is made of: whoever comes back after a kill goes on there."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.errors import SourceError
from hfsemver.publish.files import append_lines
from hfsemver.releases.disk import read_small
from hfsemver.releases.local import NOTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SCHEMA: Final = "hfsemver/journal/1"
MARK: Final = "Hfsemver-Release"
"""The trailer of a commit's message that tells whose release it is."""
_FILE: Final = f"{NOTES}/journal.jsonl"
_IGNORED: Final = f"{NOTES}/.gitignore"
_MAX: Final = 16 << 20
_MOST: Final = 16
_NAMES: Final = frozenset({"hub", "repo", "branch", "parent", "tag", "message", "id", "commit", "step"})
BEGUN, COMMITTED, DONE, LEFT = "begun", "committed", "done", "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One step of one release: ``id`` is drawn anew for each, ``commit`` is empty until there is one.

    ``floating`` are the branches that follow it, ``message`` is that of its tag. ``files`` are those that the release wrote or took
    away, with the SHA-256 of what the folder held in their place, empty for nothing.
    """

    hub: str
    repo: str
    branch: str
    parent: str
    tag: str
    message: str
    floating: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    commit: str = ""
    step: str = BEGUN

    @property
    def mark(self) -> str:
        """The line of the commit's message."""
        return f"{MARK}: {self.tag} {self.id}"

    def is_of(self, hub: str, repo: str, branch: str) -> bool:
        """Whether it is about a branch of a repository."""
        return (self.hub, self.repo, self.branch) == (hub, repo, branch)


def new_id() -> str:
    """Return an id that nobody else has."""
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of a folder, which no upload takes along."""

    folder: Path

    def unfinished(self, hub: str, repo: str, branch: str) -> tuple[Entry, ...]:
        """Return the last step of each release that was begun and is not done, the newest first.

        One that was left because its commit was not to be seen is among them until another one is done: a Hub may take a commit
        long after whoever sent it is gone.
        """
        last: dict[str, Entry] = {}
        for entry in self._entries():
            if entry.is_of(hub, repo, branch):
                last.pop(entry.id, None)
                last[entry.id] = entry
        found: list[Entry] = []
        for entry in last.values():
            if entry.step == DONE:
                found = [one for one in found if one.step != LEFT]
            elif entry.step != LEFT or not entry.commit:
                found.append(entry)
        return tuple(found[: -_MOST - 1 : -1])

    def note(self, entry: Entry, step: str, commit: str = "") -> Entry:
        """Write down that a step is done, before the next one begins. Raises ``SourceError`` where that cannot be."""
        entry = replace(entry, step=step, commit=commit or entry.commit)
        line = json.dumps({"schema": SCHEMA, **asdict(entry)})
        for part in ((self.folder / NOTES).parent, self.folder / NOTES):
            if part.is_symlink():
                raise SourceError(f"{part} is a link, which is never followed", hint="put a folder in its place")
        try:
            (self.folder / NOTES).parent.mkdir(exist_ok=True)
            # So that git takes it along as little as an upload does. A line that a kill cut short stays a line of its own.
            append_lines(self.folder / _IGNORED, *([] if self._has_ignored() else ["*"]))
            append_lines(self.folder / _FILE, *([""] if self._ends_within_a_line() else []), line)
        except OSError as error:
            fault = f"{self.folder / _FILE} cannot be written: {error.strerror}"
            raise SourceError(
                fault, hint="make room, or make the folder writable: nothing is published without it"
            ) from error
        return entry

    def _has_ignored(self) -> bool:
        return bool(self._read(_IGNORED))

    def _ends_within_a_line(self) -> bool:
        data = self._read(_FILE)
        return bool(data) and not data.endswith(b"\n")

    def _read(self, name: str) -> bytes:
        return read_small(self.folder / name, _MAX) or b""

    def _entries(self) -> Iterator[Entry]:
        for line in self._read(_FILE).splitlines():
            entry = _entry(line)
            if entry is not None:
                yield entry


def _entry(line: bytes) -> Entry | None:
    """Read one line; ``None`` for one that a kill cut short, or that is none of ours."""
    try:
        told: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.pop("schema", None) != SCHEMA:
        return None
    floating, files = told.pop("floating", None), told.pop("files", None)
    if not isinstance(floating, list) or not isinstance(files, dict) or told.keys() != _NAMES:
        return None
    if not all(isinstance(text, str) for text in (*told.values(), *floating, *files.values())):
        return None
    return Entry(**told, floating=tuple(floating), files=files)
