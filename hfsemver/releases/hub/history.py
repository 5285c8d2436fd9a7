"""The history of a model on a Hub, as far as versions are concerned: its tags, and which commit comes before which."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

from hfsemver.core.errors import SourceError
from hfsemver.core.version import Tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from hfsemver.releases.hub.wire import Wire


@dataclass(frozen=True, eq=False, kw_only=True)
class HubHistory:
    """Tags and commits of the model ``repo_id``. Everything raises ``SourceError`` for an answer that tells neither:

    taken for a history without tags it would make a first release of any.
    """

    wire: Wire
    repo_id: str
    _ancestors: dict[str, tuple[list[str], Iterator[str]]] = field(default_factory=dict, init=False, repr=False)

    def version_tags(self) -> tuple[tuple[Tag, str], ...]:
        """Return the tags that are versions with the commits they name, the lowest version first."""
        found = []
        for name, target in self._named("tags").items():
            try:
                found.append((Tag.parse(name), target))
            except ValueError:
                continue
        return tuple(sorted(found, key=lambda item: (item[0].version.precedence, str(item[0]))))

    def tip(self, branch: str) -> str | None:
        """Return the commit that a branch is on, ``None`` where there is no such branch."""
        return self.tips().get(branch)

    def tips(self) -> dict[str, str]:
        """Return the commits that the branches are on, by name."""
        return self._named("branches")

    @cached_property
    def _refs(self) -> Any:
        answer = self.wire.get(f"/api/models/{self.repo_id}/refs")
        return answer if isinstance(answer, dict) else {}

    def _named(self, kind: str) -> dict[str, str]:
        entries = self._entries(self._refs.get(kind), kind)
        return {self._text(entry, "name", kind): self._text(entry, "targetCommit", kind) for entry in entries}

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Whether one commit lies in the history of another; asks for as much of that as it takes."""
        seen, rest = self._ancestors.setdefault(descendant, ([], self._commits(descendant)))
        if ancestor in seen:
            return True
        for commit in rest:
            seen.append(commit)
            if commit == ancestor:
                return True
        return False

    def roots(self, commits: Iterable[str]) -> frozenset[str]:
        """Return the commits that the histories of ``commits`` begin with; histories in common share one. Asks for all of each."""
        return frozenset(map(self._root, commits))

    @property
    def is_shallow(self) -> bool:
        """Whether some of the history is elsewhere: a Hub has all of it."""
        return False

    def _root(self, commit: str) -> str:
        seen, rest = self._ancestors.setdefault(commit, ([], self._commits(commit)))
        seen.extend(rest)
        return seen[-1] if seen else commit

    def log(self, revision: str) -> Iterator[tuple[str, str]]:
        """Yield the commits of a revision with their messages, the newest first; asks for as many as are taken."""
        for page in self.wire.pages(f"/api/models/{self.repo_id}/commits/{quote(revision, safe='')}"):
            for entry in self._entries(page, "commits"):
                text = entry.get("message") if isinstance(entry, dict) else None
                title = entry.get("title") if isinstance(entry, dict) else None
                message = "\n".join(part for part in (title, text) if isinstance(part, str))
                yield self._text(entry, "id", "commits"), message

    def _commits(self, commit: str) -> Iterator[str]:
        return (id_ for id_, _ in self.log(commit))

    def _entries(self, value: Any, what: str) -> list[Any]:
        if not isinstance(value, list):
            raise self._malformed(what)
        return value

    def _text(self, entry: Any, key: str, what: str) -> str:
        text = entry.get(key) if isinstance(entry, dict) else None
        if not isinstance(text, str):
            raise self._malformed(what)
        return text

    def _malformed(self, what: str) -> SourceError:
        fault = f"{self.wire.endpoint} gives no {what} of {self.repo_id} that can be read"
        return SourceError(fault, hint="check that HF_ENDPOINT is the address of a Hub")
