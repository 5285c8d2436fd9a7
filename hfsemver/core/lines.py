"""Lines of a text that somebody else wrote, with the ends that they have: LF, CR LF or CR.

``str.splitlines`` ends a line at form feeds and separators as well, which neither YAML nor Markdown does.
"""

from __future__ import annotations

import re
from typing import Final

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_END: Final = re.compile(r"\r\n|\r|\n")


def lines_of(text: str) -> list[str]:
    r"""Return the lines, each with its end; ``"".join(lines_of(text)) == text``.

    >>> lines_of("a\r\n\rb")
    ['a\r\n', '\r', 'b']
    """
    return _LINE.findall(text)


def line_end_of(text: str) -> str:
    """Return the end of the first line, which is what a new line gets; a line feed where no line has an end."""
    found = _END.search(text)
    return found[0] if found else "\n"


def with_line_ends(text: str, end: str) -> str:
    """Return the text with all lines ended in one way."""
    return text if end == "\n" and "\r" not in text else _END.sub(end, text)
