"""What happened on GitHub, as the runner tells it.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables, and the payloads of
https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.errors import SourceError
from hfsemver.releases.disk import read_small
from hfsemver.releases.formats.strict_json import load_object

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 32 << 20
_REPOSITORY: Final = re.compile(r"[\w.-]{1,100}/[\w.-]{1,100}", re.ASCII)
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_API: Final = re.compile(r"https?://[\w.:\[\]-]+(?:/[\w./-]*)?", re.ASCII)
_PULL: Final = "pull_request"
_PUBLIC: Final = "https://api.github.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. ``number`` and ``head`` are those of a pull request, whose branch may be in a fork; ``tag`` is that of a release."""

    name: str = ""
    repository: str = ""
    api: str = _PUBLIC
    number: int | None = None
    head: str | None = None
    is_from_fork: bool = False
    tag: str | None = None


def read_event(environment: Mapping[str, str]) -> Event:
    """Return the event of this run. Raises ``SourceError`` or ``FormatError`` where the runner's word for it cannot be read."""
    name = environment.get("GITHUB_EVENT_NAME", "")
    repository = environment.get("GITHUB_REPOSITORY", "")
    api = (environment.get("GITHUB_API_URL") or _PUBLIC).rstrip("/")
    payload = _payload(environment.get("GITHUB_EVENT_PATH", ""))
    for what, text, pattern in (("GITHUB_REPOSITORY", repository, _REPOSITORY), ("GITHUB_API_URL", api, _API)):
        if text and not pattern.fullmatch(text):
            raise SourceError(f"{what} is none", hint="leave it as the runner sets it")
    pull = _inner(payload, _PULL) if name == _PULL else {}
    number, head = pull.get("number"), _inner(pull, "head")
    sha, tag = head.get("sha"), _inner(payload, "release").get("tag_name") if name == "release" else None
    return Event(
        name=name,
        repository=repository,
        api=api,
        number=number if type(number) is int and number > 0 else None,
        head=sha if isinstance(sha, str) and _COMMIT.fullmatch(sha) else None,
        is_from_fork=_inner(head, "repo").get("full_name") != repository,
        tag=tag if isinstance(tag, str) else None,
    )


def _payload(path: str) -> Mapping[str, Any]:
    if not path:
        return {}
    data = read_small(Path(path), _MOST)
    if data is None:
        raise SourceError("GITHUB_EVENT_PATH names no file", hint="leave it as the runner sets it")
    return load_object(data, "GITHUB_EVENT_PATH")


def _inner(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}
