"""Requests to one Hub: tried again where that can help, bounded in time and in bytes, every failure named.

The connections, the headers and the proxies are those of ``huggingface_hub``. Its own calls neither try a 503 again nor resume a
body that broke off, and some of them wait for ever; what is asked here goes to the endpoint and nowhere else, but for the content
of files: that lies where a redirect of the endpoint leads, which gets no token once the origin is another one.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import clipped
from hfsemver.releases.hub.endpoint import endpoint_of, found_at
from hfsemver.releases.hub.login import headers_for
from hfsemver.releases.hub.patience import PASSING, READING, Patience, asked_to_wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Params = Sequence[tuple[str, str]]

T = TypeVar("T")
MAX_ANSWER: Final = 64 << 20
"""Bytes of the largest answer in JSON that is read."""
MAX_PAGES: Final = 10_000
_MOST_REDIRECTS: Final = 8
_PIECE: Final = 1 << 20
_REDIRECT, _UNAUTHORIZED, _FORBIDDEN, _TOO_MANY = 300, 401, 403, 429
LATER: Final = "try again later"
"""The hint of a fault that may be over then."""
_NOT_KNOWN: Final = "Invalid credentials in Authorization header"


class HubRefusal(SourceError):
    """The Hub answered, and the answer is no: ``status`` of HTTP, and the ``code`` that the Hub gives, empty without one.

    ``answer`` is the JSON that came with it, ``None`` without any.
    """

    def __init__(self, problem: str, *, hint: str, status: int, code: str = "", answer: Any = None) -> None:
        super().__init__(problem, hint=hint)
        self.status = status
        self.code = code
        self.answer = answer


class TooSlow(SourceError):
    """An answer that comes, and so slowly that nobody waits for its end."""


class Transient(Exception):
    """A try that failed and may be repeated; ``after`` are the seconds that the Hub asked to wait, if it did."""

    def __init__(self, error: SourceError, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.after = after


@dataclass(frozen=True, eq=False, kw_only=True)
class Wire:
    """One Hub at ``endpoint``, asked with ``token`` (``None``: the one that ``hf auth login`` left or ``HF_TOKEN`` holds)."""

    endpoint: str
    token: str | None = None
    patience: Patience = READING

    @classmethod
    def from_environment(cls, patience: Patience = READING) -> Wire:
        """Return the Hub that the variables of the environment name."""
        return cls(endpoint=endpoint_of(os.environ), patience=patience)

    @property
    def has_token(self) -> bool:
        """Whether it asks as somebody."""
        return any(name.lower() == "authorization" for name in self._headers)

    def get(self, path: str, params: Params = ()) -> Any:
        """Return the JSON that a path below the endpoint answers with."""
        return self._json("GET", f"{self.endpoint}{path}", params)[0]

    def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
        """Return the JSON that a path below the endpoint answers to ``body`` with; only for what changes nothing there."""
        return self._json("POST", f"{self.endpoint}{path}", (), json=body, headers=headers or {})[0]

    def pages(self, path: str, params: Params = ()) -> Iterator[Any]:
        """Yield the JSON of each page of a listing; the next one is where the header ``Link`` leads, on this Hub."""
        url: str | None = f"{self.endpoint}{path}"
        seen = {""}
        while url is not None:
            page, following = self._json("GET", url, params)
            yield page
            url, params = self._on_this_hub(following, "the next page of a listing") if following else None, ()
            if url in seen or len(seen) > MAX_PAGES:
                raise self._malformed(
                    "a listing that leads back into itself" if url in seen else "a listing without end"
                )
            seen.add(url or "")

    def _on_this_hub(self, address: str, what: str) -> str:
        url = found_at(self.endpoint, address)
        if url is None:
            raise self._malformed(f"{what} is said to lie at {clipped(address, 120)}, which is another place")
        return url

    def _json(self, method: str, url: str, params: Params, **options: Any) -> tuple[Any, str]:
        def attempt() -> tuple[Any, str]:
            # No parameters at all rather than none in number: those would take away what the address holds.
            at, asked = url, [*params] or None
            for _ in range(_MOST_REDIRECTS):
                with self.answer(method, at, params=asked, follow_redirects=False, **options) as answer:
                    if answer.next_request is None:
                        return self._parsed(answer)
                    at, asked = self._on_this_hub(str(answer.next_request.url), "an answer"), None
            raise self._malformed("redirects without end")

        return self.persist(attempt)

    def _parsed(self, answer: Any) -> tuple[Any, str]:
        text = self._at_most(answer, MAX_ANSWER)
        if text is None:
            raise self._malformed(f"an answer of more than {MAX_ANSWER} bytes")
        try:
            return json.loads(text), answer.links.get("next", {}).get("url", "")
        except (ValueError, RecursionError) as error:
            raise Transient(self._malformed("an answer that is no JSON")) from error

    def _at_most(self, answer: Any, limit: int) -> bytes | None:
        data = bytearray()
        for piece in self.pieces(answer):
            data += piece
            if len(data) > limit:
                return None
        return bytes(data)

    def pieces(self, answer: Any) -> Iterator[bytes]:
        """Yield a body as it arrives. Raises ``TooSlow`` for one that trickles, so that each has an end."""
        start, came = time.monotonic(), 0
        for piece in answer.iter_bytes():
            yield piece
            came += len(piece)
            if self.patience.is_lost_on(came, time.monotonic() - start):
                fault = f"{self.endpoint} answers, but with fewer than {self.patience.pace} bytes a second"
                raise TooSlow(fault, hint=LATER)

    def persist(self, attempt: Callable[[], T]) -> T:
        """Call ``attempt`` until it succeeds, fails for good, or was tried often enough."""
        for number in range(1, self.patience.tries + 1):
            try:
                return attempt()
            except Transient as failed:
                pause = self.patience.before(number) if failed.after is None else failed.after
                if number == self.patience.tries or pause > self.patience.longest:
                    raise failed.error from failed
                time.sleep(pause)
        raise AssertionError  # pragma: no cover -- the last try returns or raises

    @contextmanager
    def answer(self, method: str, url: str, *, known: bool = True, **options: Any) -> Iterator[Any]:
        """Open the answer to a request, which is told who asks unless that shall not be ``known``.

        Raises ``HubRefusal`` for a no, and what can be tried again as ``Transient``.
        """
        from huggingface_hub.errors import OfflineModeIsEnabled
        from huggingface_hub.utils import get_session, httpx  # type: ignore[attr-defined] # exported, but not by __all__

        options = {"follow_redirects": True, "timeout": self.patience.silence, **options}
        headers = {**(self._headers if known else self._anonymous), **options.pop("headers", {})}
        try:
            with get_session().stream(method, url, headers=headers, **options) as answer:
                if answer.status_code >= _REDIRECT and answer.next_request is None:
                    self._refuse(answer)
                yield answer
        except OfflineModeIsEnabled as error:
            raise SourceError("HF_HUB_OFFLINE is set, so the Hub is not asked", hint="unset HF_HUB_OFFLINE") from error
        except (httpx.TransportError, httpx.StreamError, httpx.DecodingError, OSError) as error:
            reason = clipped(str(error) or type(error).__name__, 160)
            fault = SourceError(
                f"{self.endpoint} cannot be reached: {reason}", hint="check the network and HF_ENDPOINT"
            )
            raise Transient(fault) from error
        except (httpx.InvalidURL, httpx.TooManyRedirects) as error:
            raise self._malformed(clipped(str(error), 160)) from error

    @cached_property
    def _headers(self) -> Mapping[str, str]:
        return headers_for(self.token)

    @cached_property
    def _anonymous(self) -> Mapping[str, str]:
        return {name: value for name, value in self._headers.items() if name.lower() != "authorization"}

    def _refuse(self, answer: Any) -> None:
        """Raise what an answer that is no success means."""
        status, code = answer.status_code, answer.headers.get("X-Error-Code", "")
        if status == _UNAUTHORIZED and not code and self._is_hidden(answer):
            code = "RepoNotFound"
        said = clipped(answer.headers.get("X-Error-Message", "") or answer.reason_phrase, 200)
        fault = f"{self.endpoint} answered {status}: {said}"
        if status in PASSING:
            after = asked_to_wait(answer.headers)
            hint = f"try again in {after:.0f} s" if after else LATER
            hint += ", or log in, which allows more: hf auth login" if status == _TOO_MANY else ""
            raise Transient(HubRefusal(fault, hint=hint, status=status), after)
        hint = LATER
        if code == "GatedRepo":
            hint = "ask for access on the page of the model, then log in: hf auth login"
        elif status in {_UNAUTHORIZED, _FORBIDDEN}:
            hint = "log in again: hf auth login"
        raise HubRefusal(fault, hint=hint, status=status, code=code, answer=self._json_of(answer))

    def _is_hidden(self, answer: Any) -> bool:
        """Whether a Hub that gives no code means that there is nothing to see: how it answers those whom it does not know.

        Whoever came with a token hears of that token, and a gate in front of a Hub gives no reason in the header of one.
        """
        told = answer.headers.get("X-Error-Message")
        return bool(told) and told != _NOT_KNOWN and not self.has_token

    def _json_of(self, answer: Any) -> Any:
        """Return what a refusal says beside its status, ``None`` where that is no JSON."""
        try:
            return json.loads(self._at_most(answer, _PIECE) or b"null")
        except (ValueError, RecursionError):
            return None

    def _malformed(self, what: str) -> SourceError:
        return SourceError(f"{self.endpoint}: {what}", hint="check that HF_ENDPOINT is the address of a Hub")
