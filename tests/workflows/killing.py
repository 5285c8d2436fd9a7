"""Pushes in processes that are killed: at a request that the Hub counts, or by the clock."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from tests.workflows.uploading import TARGET

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tests.hub.hub import Hub

# Everything is imported once, and each process begins there.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.workflows.killing", "hfsemver.workflows.upload.run", "huggingface_hub.hf_api"])


@dataclass(slots=True)
class Kill:
    """A fault of a Hub: whoever asks is killed, before the Hub does what it was asked for or after."""

    after: bool
    victims: list[int] = field(default_factory=list)

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, _send: Send) -> None:
        async def nowhere(_message: Message) -> None:
            pass

        if self.after:
            await app(scope, receive, nowhere)
        for victim in self.victims:
            os.kill(victim, signal.SIGKILL)
        scope["hub.connection"].end(reset=True)


@dataclass(slots=True)
class Late:
    """A fault of a Hub: whoever asks is killed, and what was asked for is done only right before it is asked for again."""

    victims: list[int] = field(default_factory=list)
    parked: Callable[[], Awaitable[None]] | None = None
    arrived: bool = False

    async def arrive(self) -> None:
        """Let the Hub do now, and once, what it was asked for by whoever is gone."""
        if self.parked is not None and not self.arrived:
            self.arrived = True
            await self.parked()

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        async def nowhere(_message: Message) -> None:
            pass

        if self.parked is not None:
            await self.arrive()
            await app(scope, receive, send)
            return
        messages = [await receive()]
        while messages[-1].get("more_body"):
            messages.append(await receive())
        rest = iter(messages)

        async def again() -> Message:
            return next(rest)

        self.parked = partial(app, scope, again, nowhere)
        self.arrived = False
        for victim in self.victims:
            os.kill(victim, signal.SIGKILL)
        scope["hub.connection"].end(reset=True)


@dataclass(frozen=True, slots=True)
class Arrive:
    """A fault of a Hub: right before it answers, it does what ``late`` has kept."""

    late: Late

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        await self.late.arrive()
        await app(scope, receive, send)


def publish(folder: str, url: str, token: str, *, xet: bool) -> None:
    """Push as the command does, and end with its exit code."""
    from huggingface_hub import constants

    from hfsemver.core.errors import HfSemverError
    from hfsemver.releases.hub.wire import Wire
    from hfsemver.workflows.upload.request import PushRequest
    from hfsemver.workflows.upload.run import run_push
    from tests.hub.here import HASTY

    os.environ.update(HF_ENDPOINT=url, HF_TOKEN=token, GIT_ALLOW_PROTOCOL="http", HF_XET_LOG_LEVEL="off")
    constants.HF_HUB_OFFLINE = False
    constants.HF_HUB_DISABLE_XET = not xet
    constants.HF_HUB_DISABLE_TELEMETRY = True
    constants.HF_HUB_DISABLE_PROGRESS_BARS = True
    try:
        done = run_push(PushRequest(folder=folder, target=TARGET), wire=Wire(endpoint=url, token=token, patience=HASTY))
    except HfSemverError as error:
        sys.stderr.write(f"{error} ({error.hint})\n")
        sys.exit(3)
    sys.exit(0 if done.refused is None else 1)


def begun(hub: Hub, folder: Path) -> ForkServerProcess:
    """Begin to push a folder, and return the process that does."""
    process = FORKED.Process(
        target=publish, args=(str(folder), hub.url, hub.token), kwargs={"xet": hub.site.xet is not None}
    )
    process.start()
    return process


def pushed(hub: Hub, folder: Path) -> int:
    """Push a folder in a process of its own, and return how that ended."""
    process = begun(hub, folder)
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode
