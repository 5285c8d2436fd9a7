"""Two renders of one conversation, side by side: what a reader has to see to believe that they differ."""

from __future__ import annotations

from difflib import unified_diff
from itertools import islice, zip_longest
from typing import Final

from hfsemver.core.escape import clipped

LINES: Final = 24
WIDTH: Final = 160
CONTEXT: Final = 40


def witness(title: str, old: str, new: str) -> str:
    """Return a unified diff that starts shortly before the renders part, every line of it harmless to print."""
    part = next((at for at, pair in enumerate(zip_longest(old, new)) if pair[0] != pair[1]), 0)
    line = old.rfind("\n", 0, part) + 1
    start = max(line, part - CONTEXT)
    # What follows is cut, since difflib takes quadratic time and only the first lines are shown.
    sides = [text[start : start + LINES * WIDTH].split("\n") for text in (old, new)]
    lines = unified_diff(sides[0], sides[1], "baseline", f"current ({title})", lineterm="", n=1)
    return "\n".join(clipped(line, WIDTH) for line in islice(lines, LINES))
