"""The ways in which a Hub fails an answer, for whatever is asked; those that only the content of a file can fail are beside it."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import TYPE_CHECKING

from hfsemver.releases.hub.patience import Patience
from tests.hub.faults import Answer, Cut, Delay, LoseReply, Mute, Status, Truncate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hub.faults import Fault
    from tests.hub.hub import Hub

SILENT = 30.0
IMPATIENT = Patience(tries=2, silence=1.0, working=1.0, pace=1000, first=0.01, wait=0.02, longest=3.0)
"""For what never comes: an answer within a second, or none."""
DEADLINE = 15.0
"""Seconds within which a call ends, however the Hub answers, with as little patience as the tests have."""

PASSING = (
    "429 with seconds", "429 with a date", "429 with a window", "429 without a word", "408", "500", "502", "503", "504",
    "reset at the start", "reset in the middle", "reset near the end", "closed in the middle", "short", "long",
)  # fmt: skip
"""What may be over the next time."""
STATUSES = PASSING[:9]
SLOW = ("silent", "trickling")
"""What nobody waits for."""
REFUSALS = ("401", "403", "404", "409", "412")
"""What would be said again."""
LATE = ("429 for an hour", "503 for an hour", "429 until tomorrow")
"""What nobody waits for either, and says when to come again."""
LOST = ("reply lost", "done in silence")
"""What was done, and nobody heard of it."""


def fault(kind: str) -> Fault:
    """Return a fault of one of these kinds, as of now."""
    date = formatdate(time.time() + 1, usegmt=True)
    faults: dict[str, Fault] = {
        "429 with seconds": Status(429, {"Retry-After": "1"}),
        "429 with a date": Status(429, {"Retry-After": date}),
        "429 with a window": Status(429, {"RateLimit": '"api";r=0;t=0'}),
        "429 without a word": Status(429),
        "429 for an hour": Status(429, {"RateLimit": '"api";r=0;t=3599'}),
        "503 for an hour": Status(503, {"Retry-After": "3600"}),
        "429 until tomorrow": Status(429, {"Retry-After": formatdate(time.time() + 86400, usegmt=True)}),
        "reset at the start": Cut(0),
        "reset in the middle": Cut(20),
        "reset near the end": Cut(60),
        "closed in the middle": Cut(20, reset=False),
        "short": Truncate(20),
        "long": Answer(b'{"success": true}' + b" " * 4096 + b"<html>", headers={"Content-Type": "application/json"}),
        "silent": Delay(SILENT),
        "trickling": Answer(b" " * 4096, pause=0.05),
        "reply lost": LoseReply(),
        "done in silence": Mute(SILENT),
    }
    return faults[kind] if kind in faults else Status(int(kind))


def patience_for(kind: str) -> Patience:
    """Return the patience with which a fault is met: little where the answer would never come."""
    from tests.hub.here import HASTY

    return IMPATIENT if kind in {*SLOW, *LOST} else HASTY


def leading_away(hub: Hub, path: str) -> Answer:
    """Return an answer that leads to another machine: the same Hub under its other name, where requests are seen."""
    return Answer(b"", 307, {"Location": f"{hub.url.replace('127.0.0.1', 'localhost')}{path}"})


def insist_on_a_secret(hub: Hub) -> None:
    """Insist that nobody but the Hub itself was told a token."""
    strangers = [request for request in hub.requests if request.host != "127.0.0.1"]
    assert not any(request.authorized for request in strangers), [str(one) for one in strangers]


def posts(hub: Hub, path: str) -> Iterator[int]:
    """Yield where the requests that change something at an address stand among all of them."""
    from fnmatch import fnmatchcase

    for number, request in enumerate(hub.requests):
        if request.method == "POST" and fnmatchcase(request.path, path):
            yield number
