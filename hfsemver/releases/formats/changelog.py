"""The entries of a changelog and where they stand in its text.

In the way of https://keepachangelog.com/en/1.1.0/, and with the headings that people and tools write instead of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.lines import lines_of
from hfsemver.core.markdown import LineKind, kinds_of
from hfsemver.core.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterator

_HASHES: Final = re.compile(r" {0,3}(?P<depth>#{1,6})[ \t]+(?P<title>[^\r\n]*)")
_UNDERLINE: Final = re.compile(r" {0,3}(?P<mark>=+|-+)[ \t]*[\r\n]*\Z")
_NUMBER: Final = re.compile(
    r"(?:(?:version|release)[ \t]+)?\[?v?(?P<number>\d+[.-]\d[\w.+-]*)(?P<rest>.*)", re.IGNORECASE
)
_UNRELEASED: Final = re.compile(r"\[?unreleased\b", re.IGNORECASE)
# What follows the number in a heading that may as well be one inside of an entry.
_DATE: Final = re.compile(r"\]?[ \t]*(?:$|[-(\[:\u2013\u2014])")
# The links that Keep a Changelog has behind its last entry, which are no part of that.
_LINK: Final = re.compile(r" {0,3}\[(?:v?\d+\.\d[^\]\r\n]*|unreleased)\]:[ \t]", re.IGNORECASE)
_ENTRY_DEPTH: Final = 2
_DEEPEST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry: its heading is ``text[start:body]``, what it says ``text[body:end]``.

    ``version`` is the number as it is written, without a ``v``, and ``None`` for what is not released; ``line`` is that of the
    heading, and the first one is 1.
    """

    version: str | None
    line: int
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    """``number`` is what an entry is named by, if this is the heading of one."""

    depth: int
    number: str | None
    is_unreleased: bool
    line: int
    start: int
    body: int

    @property
    def is_entry(self) -> bool:
        return self.is_unreleased or self.number is not None


def entries_of(text: str) -> tuple[Entry, ...]:
    """Return the entries in the order of the text: headings that name a number or say "unreleased", outside of code.

    What an entry says ends at the next entry or at a heading that is not below its own.
    """
    headings = list(_headings(text))
    found = []
    for place, heading in enumerate(headings):
        if not heading.is_entry:
            continue
        # Patches are a heading of the third level to some tools, and so are the parts of them.
        depth = min(heading.depth, _ENTRY_DEPTH)
        after = (headings[other] for other in range(place + 1, len(headings)))
        following = next((other for other in after if other.is_entry or other.depth <= depth), None)
        end = following.start if following else max(heading.body, start_of_links(text))
        found.append(Entry(version=heading.number, line=heading.line, start=heading.start, body=heading.body, end=end))
    return tuple(found)


def end_of_introduction(text: str) -> int:
    """Return where the first entry belongs in a changelog that has none: in front of the first part that has a heading."""
    parts = (heading.start for heading in _headings(text) if heading.depth == _ENTRY_DEPTH)
    return next(parts, start_of_links(text))


def start_of_links(text: str) -> int:
    """Return where the links of the versions start with which a changelog ends, or its end where it has none."""
    lines = lines_of(text)
    at, start = len(text), len(text)
    for line in reversed(lines):
        at -= len(line)
        if _LINK.match(line):
            start = at
        elif line.strip():
            break
    return start


def _headings(text: str) -> Iterator[_Heading]:
    at, above = 0, ""
    for line_number, (kind, line) in enumerate(kinds_of(lines_of(text)), 1):
        start, at = at, at + len(line)
        if kind is not LineKind.TEXT or not line.strip():
            above = ""
            continue
        hashes = _HASHES.match(line) if "#" in line else None
        underline = _UNDERLINE.match(line) if above else None
        if hashes:
            depth = len(hashes["depth"])
            number, is_unreleased = _named(depth, hashes["title"].strip())
            yield _Heading(
                depth=depth, number=number, is_unreleased=is_unreleased, line=line_number, start=start, body=at
            )
        elif underline:
            depth = 1 if underline["mark"].startswith("=") else 2
            number, is_unreleased = _named(depth, above.strip())
            # Only entries: a line across the page below a sentence is seen more often than a heading that is underlined.
            if number or is_unreleased:
                before = start - len(above)
                yield _Heading(
                    depth=depth, number=number, is_unreleased=is_unreleased, line=line_number - 1, start=before, body=at
                )
        above = "" if hashes or underline else line


def _named(depth: int, title: str) -> tuple[str | None, bool]:
    """Return the number that a title starts with, and whether it says "unreleased"."""
    if depth > _DEEPEST:
        return None, False
    found = _NUMBER.match(title)
    is_inside = depth > _ENTRY_DEPTH and found and not (Version.of(found["number"]) and _DATE.match(found["rest"]))
    return found["number"] if found and not is_inside else None, _UNRELEASED.match(title) is not None
