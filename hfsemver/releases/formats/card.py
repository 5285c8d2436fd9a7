"""The front matter of a model card, found as the Hub's own client finds it, and read as text.

https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/repocard.py (``REGEX_YAML_BLOCK``).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hfsemver.core.card import CardData
from hfsemver.core.errors import FormatError
from hfsemver.releases.formats import bounded_yaml

MAX_SIZE = 16 << 20

_OPENING = re.compile(rb"\s*---(?:\r\n|\r|\n)")
_CLOSING = re.compile(rb"(?:\r\n|\r|\n)---[ \t]*(?:\r\n|\n|\Z)")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HINT = 'write the front matter as "key: value" lines between two lines of three dashes'


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """Where the front matter stands in the bytes of a card, a byte order mark counted: ``data[start:end]``.

    ``end`` is in front of the line end before the closing dashes, ``body`` behind the line of them, and ``first_line`` the
    line of the file that the front matter starts on.
    """

    start: int
    end: int
    body: int
    first_line: int


def read_card(data: bytes, where: str) -> CardData | None:
    """Return the front matter of a card, ``None`` when there is none.

    Only the front matter has to be UTF-8 (with or without a byte order mark): what comes after it is not read.
    Raises ``FormatError`` with the line in the file when the front matter is no mapping in plain YAML.
    """
    if data.startswith(_UTF16):
        raise FormatError("is UTF-16, which the Hub does not read", where, hint="save the card as UTF-8")
    found = find_front_matter(data)
    if found is None:
        return None
    block, first_line = data[found.start : found.end], found.first_line
    try:
        text = block.decode()
    except UnicodeDecodeError as error:
        line = first_line + len(_LINE_END.findall(block[: error.start]))
        raise FormatError("is not UTF-8", where, f"line {line}", hint="save the card as UTF-8") from None
    # Nothing but comments and blanks is an empty front matter, to the Hub as well.
    fields = bounded_yaml.load_document(text, where, first_line) or MappingProxyType({})
    if not isinstance(fields, Mapping):
        kind = "text" if isinstance(fields, str) else "a list"
        raise FormatError(f"the front matter is {kind}, not keys with values", where, f"line {first_line}", hint=_HINT)
    return CardData(fields=fields)


def read_body(data: bytes) -> bytes:
    """Return the card behind its front matter: all of it where there is none."""
    found = find_front_matter(data)
    return data.removeprefix(codecs.BOM_UTF8) if found is None else data[found.body :]


def find_front_matter(data: bytes) -> FrontMatter | None:
    """Return where the front matter stands, readable or not; ``None`` when there is none."""
    opening = _OPENING.match(data, len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0)
    # One search from the front, so that a card of dashes and line ends takes time in proportion to its size.
    closing = _CLOSING.search(data, opening.end()) if opening else None
    if opening is None or closing is None:
        return None
    first_line = 1 + len(_LINE_END.findall(opening[0]))
    return FrontMatter(start=opening.end(), end=closing.start(), body=closing.end(), first_line=first_line)
