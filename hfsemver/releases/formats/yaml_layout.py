"""Where the keys and values of a YAML document stand in its text: what an edit that leaves the rest alone has to know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, cast

import yaml

from hfsemver.releases.formats.bounded_yaml import events_of

if TYPE_CHECKING:
    from yaml._yaml import Mark as CMark
    from yaml.error import Mark


class Style(Enum):
    """How a value is written."""

    PLAIN = "plain"
    QUOTED = "quoted"
    BLOCK = "a block of text"
    LIST = "a list"
    MAPPING = "a mapping"


_STYLES: Final = {"'": Style.QUOTED, '"': Style.QUOTED, "|": Style.BLOCK, ">": Style.BLOCK}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A key of the document and its value: ``text[start:end]``, which is empty where there is nothing.

    ``key_start`` is where the key starts. Both places of a list or a mapping are where it starts. ``line`` is that of the
    key, and the first one is 0.
    """

    key: str
    key_start: int
    line: int
    start: int
    end: int
    style: Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The outermost mapping: where it starts, the column of its keys, and whether it is in braces."""

    start: int
    column: int
    is_flow: bool
    fields: tuple[Field, ...]


def layout_of(text: str) -> Layout | None:
    """Return the layout of a document that ``load_document`` has read; ``None`` where it is no mapping."""
    root: yaml.MappingStartEvent | None = None
    fields: list[Field] = []
    key: yaml.ScalarEvent | None = None
    depth = 0
    for event in events_of(text):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            if depth == 0 and isinstance(event, yaml.MappingStartEvent):
                root = event
            elif depth == 1 and root is not None:
                if key is not None:
                    fields.append(_field(key, event))
                    key = None
                elif isinstance(event, yaml.ScalarEvent):
                    key = event
            depth += isinstance(event, yaml.CollectionStartEvent)
    if root is None:
        return None
    start = _place(root.start_mark)
    return Layout(start=start.index, column=start.column, is_flow=bool(root.flow_style), fields=tuple(fields))


def _field(key: yaml.ScalarEvent, value: yaml.ScalarEvent | yaml.CollectionStartEvent) -> Field:
    place, start = _place(key.start_mark), _place(value.start_mark).index
    if isinstance(value, yaml.ScalarEvent):
        end = _place(value.end_mark).index
        style = _STYLES.get(value.style or "", Style.PLAIN)
    else:
        end = start
        style = Style.MAPPING if isinstance(value, yaml.MappingStartEvent) else Style.LIST
    return Field(key=key.value, key_start=place.index, line=place.line, start=start, end=end, style=style)


def _place(mark: Mark | CMark | None) -> Mark | CMark:
    """Return a mark, which nothing lacks that has been parsed."""
    return cast("Mark | CMark", mark)
