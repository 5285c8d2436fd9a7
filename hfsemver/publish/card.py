"""The version in the front matter of a model card; every other byte of the card stays as it was."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError
from hfsemver.core.lines import line_end_of
from hfsemver.core.version import Version
from hfsemver.releases.formats.card import find_front_matter, read_body, read_card
from hfsemver.releases.formats.yaml_layout import Style, layout_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.formats.card import FrontMatter
    from hfsemver.releases.formats.yaml_layout import Field

KEY: Final = "version"

_DASHES: Final = rb"(?:\xef\xbb\xbf)*\s*---"
# Two lines of dashes with no line between them, which could hold a key.
_EMPTY: Final = re.compile(_DASHES + rb"(\r\n|\r|\n)(?=---[ \t]*(?:\r\n|\n|\Z))")
# What somebody took for the start of front matter, and the Hub does not, or not without its end.
_STARTED: Final = re.compile(_DASHES + rb"[ \t]*(?:[\r\n]|\Z)")


def with_version(data: bytes | None, version: str, where: str = "README.md") -> bytes:
    """Return a model card that declares ``version``: its value takes the place of the old one, in the same quotes.

    A key that is not there comes last, front matter that is not there comes first, and no card at all (``None``) becomes one
    that says nothing else. The result is read again before it is returned: no other field differs, and neither does the body.
    Raises ``FormatError`` where the front matter cannot be read or cannot be changed like that, ``ValueError`` for a text that
    is no semantic version.
    """
    Version.parse(version)
    data = _with_room(data or b"")
    old = read_card(data, where)
    if old is not None and old.text(KEY) == version:
        return data
    found = find_front_matter(data)
    candidates = [_with_front_matter(data, version, where)] if found is None else _edited(data, found, version, where)
    for new in candidates:
        if _differs_in_version_only(data, new, version):
            return new
    problem = f"{KEY} cannot be written into the front matter without a change of something else"
    raise FormatError(problem, where, hint=f'write "{KEY}: {version}" into it by hand, on a line of its own')


def _with_room(data: bytes) -> bytes:
    """Return the card with a blank line in a front matter that has no line at all."""
    empty = None if find_front_matter(data) else _EMPTY.match(data)
    return data[: empty.end()] + empty[1] + data[empty.end() :] if empty else data


def _with_front_matter(data: bytes, version: str, where: str) -> bytes:
    if _STARTED.match(data):
        problem = "starts with three dashes, but what follows is no front matter to the Hub"
        hint = 'end it with a line of just "---" and no line with a lone CR, or write "***" for a line across the page'
        raise FormatError(problem, where, hint=hint)
    # A lone CR behind the closing dashes would not close them.
    end = "\n" if (found := line_end_of(data.decode("latin-1"))) == "\r" else found
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    return data[:start] + f"---{end}{KEY}: {version}{end}---{end}".encode() + data[start:]


def _edited(data: bytes, found: FrontMatter, version: str, where: str) -> Iterator[bytes]:
    """Yield the cards that may be meant, the best one first."""
    text = data[found.start : found.end].decode()
    layout = layout_of(text)
    field = next((field for field in layout.fields if field.key == KEY), None) if layout else None
    if field is not None:
        edits = iter([_in_place(text, field, version, (where, f"line {found.first_line + field.line}"))])
    elif layout is not None and layout.is_flow:
        at = layout.fields[0].key_start if layout.fields else layout.start + 1
        edits = iter([(at, at, f"{KEY}: {version}" + (", " if layout.fields else ""))])
    else:
        end = line_end_of(data[found.end : found.body].decode())
        indent = " " * layout.column if layout else ""
        edits = _new_lines(text, f"{indent}{KEY}: {version}", end, layout.fields if layout else ())
    for start, stop, new in edits:
        yield data[: found.start] + (text[:start] + new + text[stop:]).encode() + data[found.end :]


def _in_place(text: str, field: Field, version: str, where: tuple[str, ...]) -> tuple[int, int, str]:
    """Return what of the text gives way to what."""
    if field.style is Style.QUOTED:
        return field.start + 1, field.end - 1, version
    if field.style is not Style.PLAIN:
        raise FormatError(
            f"{KEY} is {field.style.value}, not one value", *where, hint=f'write "{KEY}: {version}" there'
        )
    if field.start < field.end:
        return field.start, field.end, version
    # Nothing behind the colon. Where nothing starts is told in two ways, either of them behind the colon and blanks.
    at = len(text[: field.start].rstrip())
    return at, at, f" {version}"


def _new_lines(text: str, line: str, end: str, fields: tuple[Field, ...]) -> Iterator[tuple[int, int, str]]:
    yield len(text), len(text), end + line if text else line
    if fields:
        # A block of text at the end would get a line end that it has not got, and "..." ends the document.
        last = fields[-1].key_start
        at = max(text.rfind("\n", 0, last), text.rfind("\r", 0, last)) + 1
        yield at, at, line + end


def _differs_in_version_only(data: bytes, new: bytes, version: str) -> bool:
    try:
        cards = [read_card(card, "") for card in (data, new)]
    except FormatError:
        return False
    before, after = (dict(card.fields) if card else {} for card in cards)
    before.pop(KEY, None)
    is_declared = after.pop(KEY, None) == version
    return is_declared and list(before.items()) == list(after.items()) and read_body(data) == read_body(new)
