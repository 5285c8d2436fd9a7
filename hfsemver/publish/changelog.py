"""The entry of a release in a changelog; every other byte of the file stays as it was.

In the way of https://keepachangelog.com/en/1.1.0/: newest first, and what is unreleased becomes part of the release.
"""

from __future__ import annotations

import codecs
import re
from datetime import date as calendar_date
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped
from hfsemver.core.lines import line_end_of, lines_of, with_line_ends
from hfsemver.core.markdown import LineKind, kinds_of
from hfsemver.core.version import Version
from hfsemver.releases.formats.changelog import end_of_introduction, entries_of

if TYPE_CHECKING:
    from hfsemver.releases.formats.changelog import Entry

_NEW: Final = b"# Changelog\n\nWhat changed in each release of this model, newest first.\n"
_BOM: Final = "\ufeff"
_REST_OF_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
_BLANK_LINES: Final = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*")
_BLANKS: Final = " \t\r\n"

_Said = tuple[str | None, str]
"""A version, ``None`` for what is unreleased, and what is said of it."""


def with_entry(data: bytes | None, version: str, date: str, body: str, where: str = "CHANGELOG.md") -> bytes:
    """Return a changelog with an entry for ``version`` above all others, or a new one for ``None``.

    What stands under a heading "Unreleased" moves into the entry, in front of ``body``; a comment marks where ``body`` starts.
    An entry of that version that says the same stays, date included; what is behind the mark of one that says something else
    gives way to ``body``. Raises ``FormatError`` for an entry that says something else and has no mark, and for a file in which
    other entries would change, ``ValueError`` for a version, a day (``YYYY-MM-DD``) or a body that no entry can have.
    """
    Version.parse(version)
    calendar_date.fromisoformat(date)
    body = _trimmed(body)
    heading = f"## [{version}] - {date}"
    if any(_said(f"{heading}\n\n{body}{after}")[0] != (version, body) for after in ("", "\n\n## Unreleased")):
        message = f"names a release, has a heading above the third level or leaves code open: {clipped(body)}"
        raise ValueError(message)
    if data and data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FormatError("is UTF-16, in which nothing is found", where, hint="save the changelog as UTF-8")
    text = (data or _NEW).decode("utf-8", "surrogateescape")
    bom, text = text[: text.startswith(_BOM)], text.removeprefix(_BOM)
    entries = entries_of(text)
    entry = next((entry for entry in entries if entry.version == version), None)
    said = _said(text, entries)
    if entry is None:
        new, expected = _inserted(text, entries, said, heading, (version, body), where)
    else:
        new, expected = _replaced(text, entry, said, (version, body), where)
    if _said(new) != expected:
        hint = 'close the code ("```") and the comments ("-->") in it, and run the command again'
        raise FormatError(f"an entry for {version} would become a part of something else", where, hint=hint)
    return (bom + new).encode("utf-8", "surrogateescape")


def entry_of(data: bytes, version: str) -> str | None:
    """Return what a changelog says of a version, without the heading and our mark; ``None`` where there is no entry."""
    text = data.decode("utf-8", "replace").removeprefix(_BOM)
    return next((said for number, said in _said(text) if number == version), None)


def _said(text: str, entries: tuple[Entry, ...] | None = None) -> list[_Said]:
    said = list[_Said]()
    for entry in entries_of(text) if entries is None else entries:
        mark = _mark_of(text, entry)
        front, own = (
            (text[entry.body : mark[0]], text[mark[1] : entry.end]) if mark else (text[entry.body : entry.end], "")
        )
        said.append((entry.version, _joined(_trimmed(front), _trimmed(own))))
    return said


def _trimmed(text: str) -> str:
    """Return the text without the blank lines around it, every line ended by a line feed."""
    return with_line_ends(text[_blank_lines(text) :].rstrip(_BLANKS), "\n")


def _joined(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))


def _blank_lines(text: str) -> int:
    found = _BLANK_LINES.match(text)
    return found.end() if found else 0


def _marker(version: str) -> str:
    return f"<!-- hfsemver {version} -->"


def _mark_of(text: str, entry: Entry) -> tuple[int, int] | None:
    """Return where the line with our mark starts and ends."""
    at = entry.body
    marker = _marker(entry.version or "")
    if text.find(marker, entry.body, entry.end) < 0:
        return None
    for kind, line in kinds_of(lines_of(text[entry.body : entry.end])):
        start, at = at, at + len(line)
        if kind is LineKind.COMMENT and line.strip() == marker:
            return start, at
    return None


def _replaced(text: str, entry: Entry, said: list[_Said], new: tuple[str, str], where: str) -> tuple[str, list[_Said]]:
    """Return the text with another body in an entry that is there, and what it is to say."""
    version, body = new
    mark = _mark_of(text, entry)
    start = mark[1] if mark else entry.body
    old = text[start : entry.end]
    if _trimmed(old) == body:
        return text, said
    if mark is None:
        hint = f"delete that entry, or put {_marker(version)} on a line above what may be written anew"
        raise FormatError(f"says something else of {version} already", where, f"line {entry.line}", hint=hint)
    place = next(place for place, (number, _) in enumerate(said) if number == version)
    kept = _trimmed(text[entry.body : mark[0]])
    expected = [*said[:place], (version, _joined(kept, body)), *said[place + 1 :]]
    if not old.strip(_BLANKS):
        return _set_apart(text[:start], body, text[start:]), expected
    first, last = start + _blank_lines(old), start + len(old.rstrip(_BLANKS))
    return text[:first] + with_line_ends(body, line_end_of(text)) + text[last:], expected


def _inserted(
    text: str, entries: tuple[Entry, ...], said: list[_Said], heading: str, new: tuple[str, str], where: str
) -> tuple[str, list[_Said]]:
    """Return the text with an entry that was not there, and what it is to say."""
    version, body = new
    marked = _joined(_marker(version), body)
    place = next((place for place, entry in enumerate(entries) if entry.version is None), None)
    if place is None:
        at = entries[0].start if entries else end_of_introduction(text)
        return _set_apart(text[:at], _joined(heading, marked), text[at:]), [new, *said]
    kept = said[place][1]
    if _marker(version) in kept:
        # It would say that what a person wrote may be written anew.
        problem, line = f"has the mark of {version} below what is unreleased", f"line {entries[place].line}"
        raise FormatError(problem, where, line, hint=f"delete the line {_marker(version)} there")
    expected = [*said[:place], (None, ""), (version, _joined(kept, body)), *said[place + 1 :]]
    at, end = entries[place].body, entries[place].end
    if not kept:
        return _set_apart(text[:at], _joined(heading, marked), text[at:]), expected
    rest = _REST_OF_LINE.match(text, at + len(text[at:end].rstrip(_BLANKS)))
    stop = rest.end() if rest else end
    return _set_apart(_set_apart(text[:at], heading, text[at:stop]), marked, text[stop:]), expected


def _set_apart(before: str, block: str, after: str) -> str:
    """Return the parts with a blank line between them, which is added where there is none."""
    end = line_end_of(before + after)
    last = lines_of(before)[-1] if before else end
    above = end * 2 if last == last.rstrip("\r\n") else end if last.strip() else ""
    below = "" if not after or _blank_lines(after) else end
    return before + above + with_line_ends(block, end) + end + below + after
