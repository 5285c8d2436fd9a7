"""One comment on a pull request that is kept up to date, and goes when there is nothing left to say.

https://docs.github.com/en/rest/issues/comments
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 65_536
"""Characters of a comment."""
ACTIONS: Final = 41_898_282
"""The account that a workflow speaks as with the token which it is given: https://api.github.com/users/github-actions[bot]."""
_TRIES: Final = 3
_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 10.0
_SECONDS: Final = 15.0
_PAGE, _PAGES = 100, 30
_MOST: Final = 8 << 20
_PASSING: Final = frozenset({429, 500, 502, 503, 504})
_REFUSED, _NOT_FOUND = 300, 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The conversation of the pull request ``number`` in ``repository``, ``owner/name``, on the GitHub whose API is at ``api``."""

    api: str
    repository: str
    number: int
    token: str

    def settle(self, mark: str, body: str | None, head: str) -> str:
        """Let the one comment with ``mark`` say ``body``, or be gone where that is ``None``; return what was done.

        A commit ``head`` that is no longer the newest of the pull request is not spoken about: what judges the newest one
        does. Raises ``SourceError`` where GitHub refuses or does not answer.
        """
        pull = self._ask("GET", f"pulls/{self.number}")
        newest = pull.get("head", {}).get("sha") if isinstance(pull, dict) else None
        if newest != head:
            return "left to the run of a newer commit"
        found = [one["id"] for one in self._own(mark)]
        if body is None:
            for number in found:
                self._remove(number)
            return "removed" if found else "none needed"
        text = {"body": f"{mark}\n{body}"[:LONGEST]}
        if found:
            self._ask("PATCH", f"issues/comments/{found[0]}", text)
        else:
            self._ask("POST", f"issues/{self.number}/comments", text)
            # Two runs that began at once both saw none.
            found = [one["id"] for one in self._own(mark)]
        for number in found[1:]:
            self._remove(number)
        return "written"

    def _own(self, mark: str) -> Iterator[dict[str, Any]]:
        """Yield the comments with ``mark`` that are ours, the oldest first; anybody may write such a mark."""
        account = self._account()
        for page in range(1, _PAGES + 1):
            listed = self._ask("GET", f"issues/{self.number}/comments?per_page={_PAGE}&page={page}")
            if not isinstance(listed, list):
                raise self._fault("gives no list of comments")
            for one in listed:
                if (
                    isinstance(one, dict)
                    and type(one.get("id")) is int
                    and str(one.get("body")).startswith(mark)
                    and isinstance(one.get("user"), dict)
                    and one["user"].get("id") == account
                ):
                    yield one
            if len(listed) < _PAGE:
                return

    def _account(self) -> int:
        """Return who writes with this token; the one of a workflow may not ask."""
        with suppress(_Refused):
            account = self._send("GET", f"{self.api}/user")
            if isinstance(account, dict) and type(account.get("id")) is int:
                return int(account["id"])
        return ACTIONS

    def _remove(self, number: int) -> None:
        # Gone already is as good.
        with suppress(_Missing):
            self._ask("DELETE", f"issues/comments/{number}")

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        return self._send(method, f"{self.api}/repos/{self.repository}/{path}", body)

    def _send(self, method: str, url: str, body: dict[str, str] | None = None) -> Any:
        """Return the JSON of an answer. What may be answered the next time is asked again, but for a new comment: that may be there."""
        from huggingface_hub.utils import httpx  # type: ignore[attr-defined] # exported, but not by __all__

        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.token}",
            "User-Agent": "hfsemver",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        fault = self._fault("does not answer")
        for number in range(1 if method == "POST" else _TRIES):
            time.sleep(_PAUSE * number)
            try:
                # No redirect is followed: it would take the token along.
                with (
                    httpx.Client(timeout=_SECONDS, follow_redirects=False) as client,
                    client.stream(method, url, headers=headers, json=body) as answer,
                ):
                    status, text = answer.status_code, _at_most(answer)
            except (httpx.HTTPError, OSError) as error:
                fault = self._fault(f"cannot be reached: {clipped(str(error) or type(error).__name__, 120)}")
                continue
            if status < _REFUSED:
                return _parsed(text)
            said = _parsed(text)
            reason = clipped(str(said.get("message", "")) if isinstance(said, dict) else "", 120)
            fault = self._fault(f"answered {status} to {method}: {reason or 'without a reason'}", status)
            if status not in _PASSING:
                break
        raise fault

    def _fault(self, problem: str, status: int = 0) -> SourceError:
        hint = "give the job the permission pull-requests: write, or set comment: false"
        kind = _Missing if status == _NOT_FOUND else SourceError if status in {0, *_PASSING} else _Refused
        return kind(f"{self.api} {problem}", hint=hint)


class _Refused(SourceError):
    """An answer that is a no."""


class _Missing(_Refused):
    """There is no such thing, or none that this token may see."""


def _at_most(answer: Any) -> bytes:
    data = bytearray()
    for piece in answer.iter_bytes():
        data += piece
        if len(data) > _MOST:
            break
    return bytes(data)


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text or b"null")
    except (ValueError, RecursionError):
        return None
