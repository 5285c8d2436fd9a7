"""What a line of Markdown is before anybody asks what it says: text, code or a comment.

https://spec.commonmark.org/0.31.2/#fenced-code-blocks and https://spec.commonmark.org/0.31.2/#html-blocks, kind 2.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What stands behind the marks of a fence of backticks holds none, or it would be code inside of a line.
_FENCE: Final = re.compile(r" {0,3}(?P<marks>`{3,}(?=[^`]*$)|~{3,})(?P<words>.*)", re.DOTALL)
_COMMENT: Final = re.compile(r" {0,3}<!--")
_COMMENT_END: Final = "-->"


class LineKind(StrEnum):
    """What a line belongs to; the lines that open and close a block belong to it."""

    TEXT = "text"
    CODE = "code"
    COMMENT = "comment"


def kinds_of(lines: Iterable[str]) -> Iterator[tuple[LineKind, str]]:
    """Yield each line behind its kind: in a fenced block of code, in a block that is an HTML comment, or neither.

    A block that is never closed goes on to the end.
    """
    fence, is_comment = "", False
    for line in lines:
        # Most lines are neither, and their first character says so.
        first = line.lstrip(" ")[:1]
        mark = _FENCE.match(line) if first in {"`", "~"} and not is_comment else None
        if fence:
            yield LineKind.CODE, line
            if mark and mark["marks"].startswith(fence) and not mark["words"].strip():
                fence = ""
        elif mark:
            yield LineKind.CODE, line
            fence = mark["marks"]
        elif is_comment or (first == "<" and _COMMENT.match(line)):
            yield LineKind.COMMENT, line
            is_comment = _COMMENT_END not in line
        else:
            yield LineKind.TEXT, line
