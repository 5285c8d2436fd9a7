"""YAML as cards and policies use it: mappings, sequences and text, read from the event stream and never composed.

A document of a few lines can ask its reader for days of work (aliases, merge keys), for code (tags) or for its C stack
(nesting). None of these occur in what people write by hand, so the reader stops at the first sign of one.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import yaml

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yaml._yaml import Mark as CMark
    from yaml.error import Mark
    from yaml.events import CollectionStartEvent, Event, ScalarEvent

    from hfsemver.core.card import YamlValue

MAX_SIZE = 16 << 20
MAX_DEPTH = 32
MAX_EVENTS = 400_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"~", "null", "Null", "NULL"})
_HINT = "write plain keys, lists and text: no anchors, tags or merge keys"


def load_document(text: str, where: str, first_line: int = 1) -> YamlValue:
    """Read one YAML document in which every scalar stays the string that was written and null is ``""``.

    ``first_line`` is the line of the file that ``text`` starts on. Raises ``FormatError`` with line and column for
    text that is not YAML, anchors, aliases, merge keys, tags, keys that are no scalars, a key that is there twice,
    a second document, more than 32 levels, 400,000 events or 16 MiB.
    """
    _check_text(text, where, first_line)
    try:
        return _read(events_of(text))
    except _Fault as fault:
        raise FormatError(fault.problem, where, *_place(fault.event.start_mark, first_line), hint=_HINT) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = f"not YAML: {clipped(error.problem or error.context or 'cannot be parsed')}"
        if "nesting depth" in problem:  # the library's own bound, met while it looks ahead of the events
            problem = f"more than {MAX_DEPTH} levels"
        raise FormatError(problem, where, *_place(mark, first_line), hint=_HINT) from None
    except yaml.YAMLError as error:
        raise FormatError(f"not YAML: {clipped(str(error))}", where, hint=_HINT) from None


def events_of(text: str) -> Iterator[Event]:
    """Return the events of a text, which only ``load_document`` has found to be one small document of plain YAML."""
    return yaml.parse(text, Loader=_LOADER)


class _Fault(Exception):
    """Well-formed YAML that is not read."""

    def __init__(self, problem: str, event: Event) -> None:
        super().__init__(problem)
        self.problem = problem
        self.event = event


def _check_text(text: str, where: str, first_line: int) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + first_line
        column = error.start - text.rfind("\n", 0, error.start)
        raise FormatError("half a surrogate pair", where, f"line {line}, column {column}") from None
    if size > MAX_SIZE:
        hint = "remove what does not belong in this file"
        raise FormatError(f"{size} bytes, more than the {MAX_SIZE} that are read", where, hint=hint)


def _place(mark: Mark | CMark | None, first_line: int) -> tuple[str, ...]:
    return () if mark is None else (f"line {mark.line + first_line}, column {mark.column + 1}",)


def _read(events: Iterable[Event]) -> YamlValue:
    tree = _Tree()
    documents = 0
    for number, event in enumerate(events):
        if number == MAX_EVENTS:
            raise _Fault(f"more than {MAX_EVENTS} parts", event)
        if isinstance(event, yaml.ScalarEvent):
            tree.add_scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            tree.open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            tree.close()
        elif isinstance(event, yaml.AliasEvent):
            raise _Fault("an alias, which is not read", event)
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _Fault("a second document", event)
    return tree.value


class _Open:
    """A mapping or a sequence whose end has not been read; ``key`` waits for its value."""

    __slots__ = ("items", "key", "mapping")

    def __init__(self, mapping: dict[str, YamlValue] | None) -> None:
        self.mapping = mapping
        self.items: list[YamlValue] = []
        self.key: str | None = None


class _Tree:
    """The document as far as it has been read."""

    def __init__(self) -> None:
        self.value: YamlValue = ""
        self._open: list[_Open] = []

    def open(self, event: CollectionStartEvent) -> None:
        _refuse_properties(event)
        parent = self._open[-1] if self._open else None
        if parent and parent.mapping is not None and parent.key is None:
            raise _Fault("a key that is a mapping or a list", event)
        if len(self._open) == MAX_DEPTH:
            raise _Fault(f"more than {MAX_DEPTH} levels", event)
        self._open.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else None))

    def close(self) -> None:
        node = self._open.pop()
        self._add(tuple(node.items) if node.mapping is None else MappingProxyType(node.mapping))

    def add_scalar(self, event: ScalarEvent) -> None:
        _refuse_properties(event)
        parent = self._open[-1] if self._open else None
        if parent and parent.mapping is not None and parent.key is None:
            parent.key = self._new_key(event, parent.mapping)
        else:
            self._add("" if event.value in _NULLS and not event.style else event.value)

    @staticmethod
    def _new_key(event: ScalarEvent, mapping: dict[str, YamlValue]) -> str:
        key: str = event.value
        if key == "<<" and not event.style:
            raise _Fault("a merge key, which is not read", event)
        if key in mapping:
            raise _Fault(f'the key "{clipped(key)}" is there twice', event)
        return key

    def _add(self, item: YamlValue) -> None:
        if not self._open:
            self.value = item
            return
        parent = self._open[-1]
        if parent.mapping is None or parent.key is None:
            parent.items.append(item)
        else:
            parent.mapping[parent.key] = item
            parent.key = None


def _refuse_properties(event: CollectionStartEvent | ScalarEvent) -> None:
    if event.anchor is not None:
        raise _Fault(f'the anchor "{clipped(event.anchor)}", which is not read', event)
    if event.tag is not None:
        raise _Fault(f'the tag "{clipped(event.tag)}", which is not read', event)
