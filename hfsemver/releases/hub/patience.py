"""How long to wait for a Hub, and how often to ask again."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""The statuses of HTTP that say nothing about the next try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """``tries`` at one request, seconds of ``silence`` before a try is given up, and the longest ``wait`` between two.

    A Hub that was asked to change something may be silent for the seconds of ``working``: it has more to do.
    A body that comes at fewer than ``pace`` bytes a second, beside as much silence, is given up as well.
    A Hub that says when to come again is obeyed up to ``longest`` seconds; what it asks for beyond is the caller's to wait.
    """

    tries: int = 5
    silence: float = 30.0
    working: float = 120.0
    pace: int = 1 << 10
    first: float = 0.5
    wait: float = 8.0
    longest: float = 60.0

    def before(self, attempt: int) -> float:
        """Return the seconds before the next try after ``attempt`` failed ones, scattered so that clients do not come together."""
        longest = min(self.wait, self.first * float(2 ** (attempt - 1)))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 -- nothing secret

    def is_lost_on(self, came: int, seconds: float) -> bool:
        """Whether a body of which so many bytes ``came`` in so many ``seconds`` is not worth waiting for."""
        return seconds > self.silence + came / self.pace


READING: Final = Patience()
"""For a release that was asked for by name: without it there is nothing to judge."""
ASKING: Final = Patience(tries=2, silence=5.0, pace=16 << 10, longest=10.0)
"""For what a rule would like to know: the rest of the verdict does not wait for it."""
_DIGITS: Final = 9


def asked_to_wait(headers: Any) -> float | None:
    """Return the seconds that the Hub asks to wait: the end of the window of a rate limit, else ``Retry-After``.

    ``RateLimit`` as in https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers, and ``Retry-After`` in both forms
    of https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3, a number and a date.
    """
    from huggingface_hub.utils import parse_ratelimit_headers  # type: ignore[attr-defined] # exported, but not by __all__

    try:
        limit = parse_ratelimit_headers(headers)
        if limit is not None and limit.remaining == 0:
            return float(limit.reset_in_seconds) + 1
    except (ValueError, OverflowError):
        pass  # more digits than a number of seconds has
    after = headers.get("Retry-After", "").strip()
    if after.isascii() and after.isdigit():
        return float(after) if len(after) <= _DIGITS else None
    then = _moment(after)
    if then is None:
        return None
    # By the clock of whoever named the moment; ours may be another.
    now = _moment(headers.get("Date", "")) or dt.datetime.now(dt.UTC)
    return max(0.0, (then - now).total_seconds())


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        return None
