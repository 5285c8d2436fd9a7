"""What can go wrong between a client and the Hub, each on demand."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Protocol

from starlette.responses import JSONResponse, Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = math.inf


class Fault(Protocol):
    """Stands around the application for one request."""

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the place of the application, before it, after it or by it."""


@dataclass(frozen=True, slots=True)
class Status:
    """Another answer, while the application hears nothing of the request."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)

    async def serve(self, _app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        await JSONResponse({"error": f"fault {self.status}"}, self.status, self.headers)(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Answer:
    """Any body in the place of the right one, and no part of it where a part is asked for; with a ``pause`` before each byte."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0.0

    async def serve(self, _app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.pause:
            await Response(self.body, self.status, self.headers)(scope, receive, send)
            return
        await StreamingResponse(self._pieces(), self.status, self.headers)(scope, receive, send)

    async def _pieces(self) -> AsyncIterator[bytes]:
        for byte in self.body:
            await asyncio.sleep(self.pause)
            yield bytes((byte,))


@dataclass(frozen=True, slots=True)
class Delay:
    """The right answer, late."""

    seconds: float

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(self.seconds)
        await app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Headers:
    """The right answer with other headers; an empty value takes one away."""

    headers: Mapping[str, str]

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        async def changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with(message["headers"], self.headers)
            await send(message)

        await app(scope, receive, changed)


@dataclass(frozen=True, slots=True)
class Corrupt:
    """A body of the right size in which one byte is another."""

    at: int = 0

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        passed = 0

        async def changed(message: Message) -> None:
            nonlocal passed
            if message["type"] == "http.response.body":
                body = bytearray(message.get("body", b""))
                if passed <= self.at < passed + len(body):
                    body[self.at - passed] ^= 0xFF
                passed += len(body)
                message["body"] = bytes(body)
            await send(message)

        await app(scope, receive, changed)


@dataclass(frozen=True, slots=True)
class Truncate:
    """A body that ends early by its own ``Content-Length``, whatever its ``Content-Range`` says."""

    to: int

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        left = self.to

        async def changed(message: Message) -> None:
            nonlocal left
            if message["type"] == "http.response.start":
                length = int(dict(message["headers"]).get(b"content-length", b"0"))
                left = min(left, length)
                message["headers"] = _with(message["headers"], {"Content-Length": str(left)})
            else:
                message["body"] = message.get("body", b"")[:left]
                left -= len(message["body"])
            await send(message)

        await app(scope, receive, changed)


@dataclass(frozen=True, slots=True)
class Cut:
    """An answer whose connection ends after so many bytes of the body, as by a machine that fell over, or cleanly."""

    after: int
    reset: bool = True

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        left = self.after

        async def changed(message: Message) -> None:
            nonlocal left
            if message["type"] == "http.response.start":
                await send(message)
            elif left > 0:
                body = message.get("body", b"")[:left]
                left -= len(body)
                await send({"type": "http.response.body", "body": body, "more_body": True})

        await app(scope, receive, changed)
        scope["hub.connection"].end(reset=self.reset)


@dataclass(frozen=True, slots=True)
class LoseReply:
    """The application does what it is asked for, and nobody hears of it."""

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, _send: Send) -> None:
        async def lost(_message: Message) -> None:
            await asyncio.sleep(0)

        await app(scope, receive, lost)
        scope["hub.connection"].end(reset=True)


@dataclass(frozen=True, slots=True)
class Mute:
    """The application does what it is asked for, and the connection stays open for so many seconds without a word of it."""

    seconds: float

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, _send: Send) -> None:
        async def kept(_message: Message) -> None:
            await asyncio.sleep(0)

        await app(scope, receive, kept)
        await asyncio.sleep(self.seconds)
        scope["hub.connection"].end(reset=True)


@dataclass(slots=True, kw_only=True)
class Rule:
    """A fault with the requests that it meets; ``seen`` counts those that matched, ``met`` those it met."""

    method: str
    path: str
    fault: Fault
    first: int
    times: float
    seen: int = 0
    met: int = 0

    def due(self, method: str, path: str) -> bool:
        """Count a request if it matches, and tell whether the fault meets it."""
        if self.method not in {"*", method} or not fnmatchcase(path, self.path):
            return False
        self.seen += 1
        hit = self.first <= self.seen < self.first + self.times
        self.met += hit
        return hit


@dataclass(slots=True)
class Faults:
    """The rules of one Hub."""

    rules: list[Rule] = field(default_factory=list)

    def add(self, method: str, path: str, fault: Fault, *, first: int = 1, times: float = 1) -> Rule:
        """Let a fault meet requests: the ``first`` that matches and so many ``times``.

        ``method`` may be ``*``; ``path`` is a pattern of fnmatch for the whole path as it is sent, ``*`` with slashes.
        """
        rule = Rule(method=method, path=path, fault=fault, first=first, times=times)
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Let everything work again."""
        self.rules.clear()

    def due(self, method: str, path: str) -> list[Fault]:
        """Return the faults that meet a request; every rule counts it."""
        return [rule.fault for rule in list(self.rules) if rule.due(method, path)]


def _with(headers: list[tuple[bytes, bytes]], others: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    changed = {name.lower().encode("latin-1"): value.encode("latin-1") for name, value in others.items()}
    kept = [(name, value) for name, value in headers if name.lower() not in changed]
    return kept + [(name, value) for name, value in changed.items() if value]
