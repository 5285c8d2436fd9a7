"""Discussions and pull requests, with what happened in them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.hub.repository import hub_time

if TYPE_CHECKING:
    from tests.hub.commits import Signature
    from tests.hub.repository import Repository

Event = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Discussion:
    """What people say under one number; ``base`` is the branch that a pull request wants to change, if it is one."""

    num: int
    title: str
    author: str
    created: str
    status: str
    base: str = ""
    merge_commit: str = ""
    events: list[Event] = field(default_factory=list)

    @property
    def reference(self) -> str:
        """Return where the commits of a pull request are."""
        return f"refs/pr/{self.num}"

    def row(self, repository: Repository) -> dict[str, Any]:
        """Return it as a row of a list."""
        return {
            "num": self.num,
            "title": self.title,
            "author": {"name": self.author, "type": "user"},
            "createdAt": self.created,
            "status": self.status,
            "isPullRequest": bool(self.base),
            "repo": {"name": repository.id, "type": repository.repo_type},
        }

    def add(self, kind: str, signature: Signature, **data: Any) -> Event:
        """Note what somebody did, and return it."""
        identity = hashlib.sha1(f"{self.num} {len(self.events)}".encode(), usedforsecurity=False).hexdigest()[:24]
        event = {
            "id": identity,
            "type": kind,
            "createdAt": when(signature),
            "author": {"name": signature.name, "type": "user"},
            "data": data,
        }
        self.events.append(event)
        return event

    def comment(self, signature: Signature, text: str) -> Event:
        """Note what somebody said."""
        latest = {"raw": text, "html": text, "updatedAt": when(signature), "author": {"name": signature.name}}
        return self.add("comment", signature, edited=False, hidden=False, latest=latest, history=[])


def open_discussion(
    repository: Repository, signature: Signature, title: str, text: str, *, status: str = "open", base: str = ""
) -> Discussion:
    """Take the next number; discussions and pull requests share them."""
    discussion = Discussion(
        num=len(repository.discussions) + 1,
        title=title,
        author=signature.name,
        created=when(signature),
        status=status,
        base=base,
    )
    discussion.comment(signature, text)
    repository.discussions[discussion.num] = discussion
    return discussion


def when(signature: Signature) -> str:
    """Return the time of a signature as the Hub writes it."""
    return hub_time(datetime.fromtimestamp(signature.time, UTC).isoformat())
