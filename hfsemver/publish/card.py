"""One value in the front matter of a model card, such as its version; every other byte of the card stays as it was."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped
from hfsemver.core.lines import line_end_of
from hfsemver.core.version import Version
from hfsemver.releases.formats.card import find_front_matter, read_body, read_card
from hfsemver.releases.formats.yaml_layout import Style, layout_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.formats.card import FrontMatter
    from hfsemver.releases.formats.yaml_layout import Field

KEY: Final = "version"

_VALUE: Final = re.compile(r"[A-Za-z0-9][\w.+/-]*", re.ASCII)
_DASHES: Final = rb"(?:\xef\xbb\xbf)*\s*---"
# Two lines of dashes with no line between them, which could hold a key.
_EMPTY: Final = re.compile(_DASHES + rb"(\r\n|\r|\n)(?=---[ \t]*(?:\r\n|\n|\Z))")
# What somebody took for the start of front matter, and the Hub does not, or not without its end.
_STARTED: Final = re.compile(_DASHES + rb"[ \t]*(?:[\r\n]|\Z)")

_Written = tuple[str, str]
"""A key and its value."""


def with_version(data: bytes | None, version: str, where: str = "README.md") -> bytes:
    """Return a model card that declares ``version``, changed as ``with_value`` does; ``ValueError`` for no semantic version."""
    Version.parse(version)
    return with_value(data, KEY, version, where)


def with_value(data: bytes | None, key: str, value: str, where: str = "README.md") -> bytes:
    """Return a model card in which ``key`` is ``value``, which takes the place of the old one, in the same quotes.

    A key that is not there comes last, front matter that is not there comes first, and no card at all (``None``) becomes one
    that says nothing else. The result is read again before it is returned: no other field differs, and neither does the body.
    Raises ``FormatError`` where the front matter cannot be read or cannot be changed like that, ``ValueError`` for a value that
    is no version, and no name of a model.
    """
    if not _VALUE.fullmatch(value):
        message = f"would have to be quoted in a card: {clipped(value)}"
        raise ValueError(message)
    data = _with_room(data or b"")
    old = read_card(data, where)
    if old is not None and old.text(key) == value:
        return data
    found = find_front_matter(data)
    written = (key, value)
    candidates = [_with_front_matter(data, written, where)] if found is None else _edited(data, found, written, where)
    for new in candidates:
        if _differs_in_that_only(data, new, written):
            return new
    problem = f"{key} cannot be written into the front matter without a change of something else"
    raise FormatError(problem, where, hint=f'write "{key}: {value}" into it by hand, on a line of its own')


def _with_room(data: bytes) -> bytes:
    """Return the card with a blank line in a front matter that has no line at all."""
    empty = None if find_front_matter(data) else _EMPTY.match(data)
    return data[: empty.end()] + empty[1] + data[empty.end() :] if empty else data


def _with_front_matter(data: bytes, written: _Written, where: str) -> bytes:
    if _STARTED.match(data):
        problem = "starts with three dashes, but what follows is no front matter to the Hub"
        hint = 'end it with a line of just "---" and no line with a lone CR, or write "***" for a line across the page'
        raise FormatError(problem, where, hint=hint)
    # A lone CR behind the closing dashes would not close them.
    end = "\n" if (found := line_end_of(data.decode("latin-1"))) == "\r" else found
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    return data[:start] + f"---{end}{': '.join(written)}{end}---{end}".encode() + data[start:]


def _edited(data: bytes, found: FrontMatter, written: _Written, where: str) -> Iterator[bytes]:
    """Yield the cards that may be meant, the best one first."""
    key, value = written
    text = data[found.start : found.end].decode()
    layout = layout_of(text)
    field = next((field for field in layout.fields if field.key == key), None) if layout else None
    if field is not None:
        edits = iter([_in_place(text, field, value, (where, f"line {found.first_line + field.line}"))])
    elif layout is not None and layout.is_flow:
        at = layout.fields[0].key_start if layout.fields else layout.start + 1
        edits = iter([(at, at, f"{key}: {value}" + (", " if layout.fields else ""))])
    else:
        end = line_end_of(data[found.end : found.body].decode())
        indent = " " * layout.column if layout else ""
        edits = _new_lines(text, f"{indent}{key}: {value}", end, layout.fields if layout else ())
    for start, stop, new in edits:
        yield data[: found.start] + (text[:start] + new + text[stop:]).encode() + data[found.end :]


def _in_place(text: str, field: Field, value: str, where: tuple[str, ...]) -> tuple[int, int, str]:
    """Return what of the text gives way to what."""
    if field.style is Style.QUOTED:
        return field.start + 1, field.end - 1, value
    if field.style is not Style.PLAIN:
        raise FormatError(
            f"{field.key} is {field.style.value}, not one value", *where, hint=f'write "{field.key}: {value}" there'
        )
    if field.start < field.end:
        return field.start, field.end, value
    # Nothing behind the colon. Where nothing starts is told in two ways, either of them behind the colon and blanks.
    at = len(text[: field.start].rstrip())
    return at, at, f" {value}"


def _new_lines(text: str, line: str, end: str, fields: tuple[Field, ...]) -> Iterator[tuple[int, int, str]]:
    yield len(text), len(text), end + line if text else line
    if fields:
        # A block of text at the end would get a line end that it has not got, and "..." ends the document.
        last = fields[-1].key_start
        at = max(text.rfind("\n", 0, last), text.rfind("\r", 0, last)) + 1
        yield at, at, line + end


def _differs_in_that_only(data: bytes, new: bytes, written: _Written) -> bool:
    key, value = written
    try:
        cards = [read_card(card, "") for card in (data, new)]
    except FormatError:
        return False
    before, after = (dict(card.fields) if card else {} for card in cards)
    before.pop(key, None)
    is_declared = after.pop(key, None) == value
    return is_declared and list(before.items()) == list(after.items()) and read_body(data) == read_body(new)
