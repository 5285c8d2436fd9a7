"""The client that everybody uploads with, kept to one try at a time: what a try left behind is looked at before the next one.

Left to itself it waits for an answer for ever, asks six times, and sleeps in between for as long as a Hub likes.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.errors import SourceError
from hfsemver.releases.hub.patience import PASSING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.hub.patience import Patience

_REFUSED: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The requests of a block, in whichever threads they are made: what was ``asked`` for, and where content ``arrived``."""

    patience: Patience
    asked: list[str] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)

    def sent(self, request: Any) -> None:
        """Take note of a request, and let it fail once."""
        self.asked.append(f"{request.method} {request.url.path}")
        # https://www.encode.io/httpcore/extensions/#trace
        request.extensions["trace"] = _broken

    def answered(self, answer: Any) -> None:
        """Take note of an answer, and raise what the client would try again."""
        answer.stream = _paced(answer.stream, self.patience)
        if answer.status_code in PASSING:
            from huggingface_hub.utils import hf_raise_for_status  # type: ignore[attr-defined] # as below

            answer.read()
            hf_raise_for_status(answer)
        if answer.request.method == "PUT" and answer.status_code < _REFUSED:
            self.arrived.append(str(answer.request.url))


@contextmanager
def one_try(patience: Patience) -> Iterator[Watch]:
    """Let the client of this process send each request once, and no answer last longer than ``patience``, within the block.

    Whatever fails is raised by the client's own call: as an error of the Hub (``HfHubHTTPError``), or with a ``RuntimeError``
    whose cause says what broke.
    """
    from huggingface_hub.utils import get_session, httpx  # type: ignore[attr-defined] # exported, but not by __all__

    session: Any = get_session()
    timeout, hooks, watch = session.timeout, session.event_hooks, Watch(patience=patience)
    session.timeout = httpx.Timeout(patience.working, connect=patience.silence)
    session.event_hooks = {
        "request": [*hooks["request"], watch.sent],
        "response": [*hooks["response"], watch.answered],
    }
    try:
        yield watch
    finally:
        session.timeout, session.event_hooks = timeout, hooks


def _broken(event: str, told: dict[str, Any]) -> None:
    """Raise what ends a request as something that the client does not try again."""
    error = told.get("exception")
    # A server that has heard enough answers although it stops listening.
    if event.endswith(".failed") and isinstance(error, Exception) and type(error).__name__ != "WriteError":
        fault = "the connection broke"
        raise RuntimeError(fault) from error


def _paced(stream: Any, patience: Patience) -> Any:
    from huggingface_hub.utils import httpx  # type: ignore[attr-defined] # exported, but not by __all__

    class Paced(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            start, came = time.monotonic(), 0
            for piece in stream:
                yield piece
                came += len(piece)
                if patience.is_lost_on(came, time.monotonic() - start):
                    fault = f"the answer comes with fewer than {patience.pace} bytes a second"
                    raise SourceError(fault, hint="try again later")

        def close(self) -> None:
            stream.close()

    return Paced()
