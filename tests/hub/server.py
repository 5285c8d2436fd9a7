"""A running Hub: uvicorn in a thread on a free port of the loopback interface."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.requests import ClientDisconnect

from tests.hub.traffic import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tests.hub.faults import Fault, Faults

HOST, OTHER_HOST = "127.0.0.1", "localhost"
START_TIMEOUT = 10


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection of a request, to be ended in the middle."""

    transport: asyncio.Transport

    def end(self, *, reset: bool) -> None:
        """Close it, with a reset instead of a farewell if asked."""
        if reset:
            linger = struct.pack("ii", 1, 0)
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.transport.abort()
        else:
            self.transport.close()


@dataclass(slots=True, kw_only=True)
class Wire:
    """Stands between the network and the application: counts, waits, and lets faults happen."""

    app: ASGIApp
    faults: Faults
    requests: list[Request]
    failures: list[Exception] = field(default_factory=list)
    latency: float = 0.0
    server: uvicorn.Server | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        request = Request(
            method=scope["method"],
            path=scope["raw_path"].decode(),
            query=scope["query_string"].decode(),
            host=headers.get("host", "").partition(":")[0],
            range=headers.get("range", ""),
            authorized="authorization" in headers,
            client=scope["client"][1],
        )
        self.requests.append(request)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
            elif request.method != "HEAD":
                request.sent += len(message.get("body", b""))
            await send(message)

        if self.latency:
            await asyncio.sleep(self.latency)
        app = self.app
        for fault in self.faults.due(request.method, request.path):
            app = _around(app, fault)
        # Matched as it was sent: a decoded %2F would be one more slash.
        scope = {**scope, "path": request.path, "hub.connection": self._connection(scope)}
        try:
            await app(scope, receive, counted)
        except ClientDisconnect:
            pass  # nobody is left to be answered
        except Exception as error:
            self.failures.append(error)
            raise

    def _connection(self, scope: Scope) -> Connection:
        assert self.server is not None, "a request reached an application that nobody serves"
        open_now: list[Any] = list(self.server.server_state.connections)
        (transport,) = (one.transport for one in open_now if one.client == tuple(scope["client"]))
        return Connection(transport)


@contextmanager
def served(wire: Wire, listening: socket.socket) -> Iterator[None]:
    """Serve until the end of the block; what is still under way then is dropped."""
    config = uvicorn.Config(
        wire, http="h11", ws="none", lifespan="off", loop="asyncio", log_config=None, log_level="critical",
        access_log=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    wire.server = server = uvicorn.Server(config)
    thread = threading.Thread(target=partial(server.run, sockets=[listening]), name="hub")
    thread.start()
    try:
        deadline = time.monotonic() + START_TIMEOUT
        while not server.started:
            assert thread.is_alive(), "the Hub did not start"
            assert time.monotonic() < deadline, "the Hub did not start in time"
            time.sleep(0.001)
        yield
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def listen() -> socket.socket:
    """Return a socket on a free port, so that the address is known before anybody serves."""
    listening = socket.create_server((HOST, 0))
    # What is accepted inherits it. asyncio sets it only where a socket says that its protocol is TCP, which this one does not; the
    # body of each answer then waits 40 ms for the other side to have confirmed the head.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _around(app: ASGIApp, fault: Fault) -> ASGIApp:
    async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
        await fault.serve(app, scope, receive, send)

    return faulty
