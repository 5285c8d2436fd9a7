"""How long to wait for a Hub, and how often to ask again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """``tries`` at one request, seconds of ``silence`` before a try is given up, and the longest ``wait`` between two.

    A Hub that says when to come again is obeyed up to ``longest`` seconds; what it asks for beyond is the caller's to wait.
    """

    tries: int = 5
    silence: float = 30.0
    first: float = 0.5
    wait: float = 8.0
    longest: float = 60.0

    def before(self, attempt: int) -> float:
        """Return the seconds before the next try after ``attempt`` failed ones, scattered so that clients do not come together."""
        longest = min(self.wait, self.first * float(2 ** (attempt - 1)))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 -- nothing secret


READING: Final = Patience()
"""For a release that was asked for by name: without it there is nothing to judge."""
ASKING: Final = Patience(tries=2, silence=5.0, longest=10.0)
"""For what a rule would like to know: the rest of the verdict does not wait for it."""
