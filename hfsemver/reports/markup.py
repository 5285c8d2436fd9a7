"""GitHub Flavored Markdown in which untrusted text stays text.

Every text that is not ours stands in a code span or a fence: there it is no HTML, no mention, no link and no table.
https://github.github.com/gfm/#code-spans and #tables-extension-
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import clipped
from hfsemver.reports.lines import block, count, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.core.finding import Accepted

_SHOWN: Final = 160
_LONGEST: Final = 2 * _SHOWN
# Prose of ours: no markup, no mention, no reference to an issue or commit, no address.
_PLAIN = re.compile(r"(?!.*(?:://|www\.|GH-))[A-Za-z0-9 ,.;:()'/+=-]*")


def md_code(text: str) -> str:
    r"""Return untrusted text as one code span that holds in a paragraph, a heading and the cell of a table.

    A bar is written ``\|`` (the one escape that tables know inside code); behind a backslash, where parsers
    disagree about that, it is written out as ``\x7c``. Empty text becomes a dash, because there is no empty span.

    >>> md_code("a`b")
    '``a`b``'
    """
    shown = clipped(text, _SHOWN)
    if not shown:
        return "-"
    if len(shown) > _LONGEST:  # nearly all of it is written out, ten characters for one
        shown = clipped(text, _SHOWN // 10)
    shown = shown.replace("\\|", "\\\\x7c").replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    # One space on each side is not content: https://spec.commonmark.org/0.31.2/#code-spans
    padded = shown.startswith(("`", " ")) or shown.endswith(("`", " "))
    return f"{fence} {shown} {fence}" if padded and shown.strip() else f"{fence}{shown}{fence}"


def md_accepted(one: Accepted) -> str:
    """Return an accepted finding and the reason for it as one line."""
    until = f" (until {md_code(one.until)})" if one.until else ""
    return f"{md_code(one.finding.rule)} at {md_code(str(one.finding.location))}{until}: {md_code(one.reason)}"


def md_fence(text: str, language: str = "", *, limit: int = 100, room: int = 1 << 20) -> Iterator[str]:
    """Yield untrusted text as a fenced block whose fence is longer than any run inside.

    What is beyond ``limit`` lines or ``room`` bytes is counted.
    """
    lines = list(block(text, limit=limit))
    shown = sum(end <= room for end in accumulate(len(line.encode()) + 1 for line in lines))
    longest = max((len(run) for line in lines[:shown] for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}{language}"
    yield from lines[:shown]
    if shown < len(lines):
        yield f"... ({count(len(lines) - shown, 'more line')}, too long for here)"
    yield fence


def md_folded(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield lines that a reader has to open; nothing when there are none. ``title`` is ours: letters and digits.

    The one HTML that is written: two lines that hold no text of anybody else. An empty line after each lets Markdown go on
    (https://github.github.com/gfm/#html-blocks, kind 6).
    """
    held = list(lines)
    if held:
        yield f"<details><summary>{title}</summary>"
        yield ""
        yield from held
        yield "</details>"
        yield ""


def md_prose(text: str) -> str:
    """Return a sentence as prose where nothing in it can be markup; its own code spans stay, all else becomes code."""
    text = plain(text)
    pieces = text.split("`")
    if len(pieces) % 2 == 0 or any(not _PLAIN.fullmatch(piece) for piece in pieces[::2]):
        return md_code(text)
    return "".join(md_code(piece) if index % 2 else piece for index, piece in enumerate(pieces))


def md_fitting(parts: Iterable[tuple[str, ...]], total: int, limit: int, noun: str) -> Iterator[str]:
    """Yield the lines of as many parts as fit into ``limit`` bytes, then how many of the ``total`` did not."""
    shown = room = 0
    last = ""
    for shown, part in enumerate(parts):  # noqa: B007 -- counts what was shown when the loop is left
        room += sum(len(line.encode()) + 1 for line in part)
        if room > limit:
            break
        yield from part
        last = part[-1]
    else:
        shown = total
    if last:
        yield ""
    if shown < total:
        yield f"{count(total - shown, noun)} not shown, the most severe are: the JSON report lists all."
        yield ""
