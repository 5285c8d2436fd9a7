"""Calls that change a Hub, tried again where that can help, and only once it is known that they changed nothing."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import clipped
from hfsemver.publish.room import NoRoom
from hfsemver.releases.hub.patience import PASSING, READING, Patience, asked_to_wait

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN, _TOO_LARGE = 400, 401, 403, 413
_GO_ON: Final = "run the same command again: it goes on where it stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """What a call ended with: the status of the answer, ``None`` without one, and the seconds that the Hub asks to wait."""

    error: Exception
    status: int | None = None
    after: float | None = None

    @property
    def is_passing(self) -> bool:
        return self.status is None or self.status in PASSING


def attempt(what: str, call: Callable[[], object], settled: Callable[[], T | None], patience: Patience = READING) -> T:
    """Call until ``settled`` finds that it is done, and return what that found; it is asked after every call, however that ended.

    A reply that was lost is no failure of what was asked for, and a reply that says yes is no proof of it: what is not to be seen
    yet is looked for again before it is asked for again. ``what`` is the step, for the message. Raises ``SourceError``, also
    where ``settled`` does, which knows of what cannot be mended by trying again.
    """
    for number in range(1, patience.tries + 1):
        try:
            call()
            failure = _Failure(error=RuntimeError("the Hub said that it was done, and it is not"))
        except NoRoom:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever the client raises, what it left behind is looked at
            failure = _failure(error)
        done = settled()
        if done is not None:
            return done
        pause = patience.before(number) if failure.after is None else failure.after
        if not failure.is_passing or number == patience.tries or pause > patience.longest:
            _give_up(what, failure)
        time.sleep(pause)
        done = settled()
        if done is not None:
            return done
    raise AssertionError  # pragma: no cover -- the last try returns or raises


def _failure(error: Exception) -> _Failure:
    from huggingface_hub.errors import HfHubHTTPError

    while isinstance(error, RuntimeError) and isinstance(error.__cause__, Exception):
        error = error.__cause__  # the client tells which file did not arrive, and nothing of why
    answer: Any = getattr(error, "response", None) if isinstance(error, HfHubHTTPError) else None
    if isinstance(error, json.JSONDecodeError):
        return _Failure(error=RuntimeError("the answer is no JSON, as if of somebody between"))
    if answer is None:
        # A card that the Hub refuses is a ValueError of the client, and says so again the next time.
        return _Failure(error=error, status=_BAD_REQUEST if isinstance(error, ValueError) else None)
    return _Failure(error=error, status=answer.status_code, after=asked_to_wait(answer.headers))


def _give_up(what: str, failure: _Failure) -> NoReturn:
    said = clipped(" ".join(str(getattr(failure.error, "server_message", None) or failure.error).split()), 300)
    told = f": {failure.status}" if isinstance(failure.status, int) and failure.status != _BAD_REQUEST else ""
    hint = f"wait {failure.after:.0f} s, then {_GO_ON}" if failure.after else _GO_ON
    if failure.status in {_UNAUTHORIZED, _FORBIDDEN}:
        hint = "log in with a token that may write there: hf auth login; then run the same command again"
    elif failure.status == _BAD_REQUEST:
        hint = "correct what the Hub refuses, then run the same command again"
    elif failure.status == _TOO_LARGE:
        hint = "the Hub takes no such large file in git: name its kind in .gitattributes for LFS"
    raise SourceError(f"{what}{told}: {said or type(failure.error).__name__}", hint=hint) from failure.error
