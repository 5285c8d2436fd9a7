"""JSON as RFC 8259 means it, bounded, and with no choice left to the reader.

Python's ``json`` is lenient where two readers may see two values: the same key twice, ``NaN``, numbers that become
infinite, half a surrogate pair. All of these are faults here. What is accepted means the same to every JSON reader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING, NoReturn, cast

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.formats.json_members import Members

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject = Mapping[str, JsonValue]

MAX_SIZE = 64 << 20
MAX_DEPTH = 64
# An array or object takes up to a hundred times the bytes of its brackets. The largest tokenizers have half a million
# merges, each an array; the header of 500,000 tensors has three brackets for each.
MAX_BRACKETS = 2_000_000
# transformers writes int(1e30) for "no limit", with 31 digits; the first index files of bloom have a total_size of 72.
MAX_DIGITS = 1000

_STRING = r'"(?:[^"\\]++|\\.)*+"'
_TOKEN = re.compile(_STRING + r"?|[\[\]{}]", re.DOTALL)
# What is looked for is the group; the rest is passed over. One possessive pattern up to there would stop elsewhere on Python before
# 3.11.5: https://github.com/python/cpython/issues/106052.
_CONSTANT = re.compile(rf"{_STRING}|([NI])", re.DOTALL)
_OTHER_CONSTANT = re.compile(rf"{_STRING}|(?<!-)Infinity|([NI])", re.DOTALL)
# Both kinds of brackets count alike for depth, and nothing else does but the quotes that say which of them count.
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(set(range(256)) - set(b'[]{}"'))
# Thousands of the tokens of a large vocabulary hold a bracket.
_MOST_QUOTES = 1 << 18
_BEGUN = re.compile(r"[ \t\n\r]*+[\[{]")
_MINUS_ZERO = re.compile(rb"-0(?![^\s,\]}])")
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_WHOLE_PAIRS = re.compile(
    r"(?:[^\\]++|\\[^u]|\\u(?![dD][89a-fA-F])|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})*+", re.DOTALL
)
_HALF_PAIR = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F])|\\.", re.DOTALL
)


def load_value(data: bytes, where: str) -> JsonValue:
    """Parse a JSON text in UTF-8.

    Raises ``FormatError`` for anything outside RFC 8259, and for what that leaves open: a byte order mark, a key that
    is there twice, a number too large for a double, an integer of more than 1,000 digits, a lone surrogate,
    more than 64 levels, more than 2,000,000 opening brackets, more than 64 MiB. ``-0`` is the float, since no integer
    has a sign of zero.
    """
    return _load(data, where, _STRICT)


def load_object(data: bytes, where: str) -> JsonObject:
    """Parse a JSON text whose top level is an object. Raises ``FormatError`` as ``load_value`` does."""
    return _insist_on_object(load_value(data, where), where)


def load_settings(data: bytes, where: str, members: Members | None = None) -> JsonValue:
    """Parse a file of settings as Python's ``json`` writes it; ``load_value`` but for one word.

    ``Infinity`` is read as the object that newer versions of transformers write for it: the ``time_step_limit`` of
    Mamba 2 and of models built on it has no upper end, and older versions wrote just that. What stands in ``members`` in
    the same words is not parsed again; the value is that one then, and nobody may change it.
    """
    return _load(data, where, _WITH_INFINITY, members)


def load_settings_object(data: bytes, where: str, members: Members | None = None) -> JsonObject:
    """Parse a file of settings whose top level is an object. Raises ``FormatError`` as ``load_value`` does."""
    return _insist_on_object(load_settings(data, where, members), where)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grammar:
    """What becomes of a constant that is no JSON, and where the first one stands that is refused."""

    constant: Callable[[str], JsonValue]
    refused: re.Pattern[str]


def _load(data: bytes, where: str, grammar: _Grammar, members: Members | None = None) -> JsonValue:
    text = _decode(data, where)
    _check_breadth(text, where)
    cut = None if members is None else members.cut(text)
    if cut is not None:
        try:
            known: JsonValue = cut.mended(_parse(cut.rest.encode(), cut.rest, where, grammar))
        except FormatError:
            known = None  # told below, with its place in the whole
        if known is not None:
            return known
    return _parse(data, text, where, grammar, members)


def _parse(data: bytes, text: str, where: str, grammar: _Grammar, members: Members | None = None) -> JsonValue:
    shallow = _is_shallow(data)
    if not shallow:
        _check_depth(text, where)
    # A call for every number costs a tenth of the time on a vocabulary, whose numbers are all short. A sign is a character.
    plain = not _MINUS_ZERO.search(data) and b"0" * MAX_DIGITS not in data.translate(_DIGITS)
    decoder = json.JSONDecoder(
        object_pairs_hook=_object,
        parse_int=None if plain else _integer,
        parse_float=_float,
        parse_constant=grammar.constant,
    )
    try:
        read = None if members is None or len(text) < members.large else members.read(text, decoder)
        value = cast("JsonValue", decoder.decode(text) if read is None else _object(read[0]))
    except (json.JSONDecodeError, _Fault) as error:
        if shallow:
            _check_depth(text, where)  # of what is no JSON, levels behind a fault are told before it
        raise _refused(error, text, where, grammar) from None
    if (rb"\ud" in data or rb"\uD" in data) and _SURROGATE.search(text) and not _WHOLE_PAIRS.fullmatch(text):
        raise FormatError("half a surrogate pair", where, offset=_byte(text, _place_of(_HALF_PAIR, text)))
    if members is not None and read is not None:
        members.remember(read[1])
    return value


def _place_of(pattern: re.Pattern[str], text: str) -> int:
    """Return where the group of a pattern is found first, the length of the text where it is not."""
    return next((found.start() for found in pattern.finditer(text) if found[1] is not None), len(text))


def _refused(error: json.JSONDecodeError | _Fault, text: str, where: str, grammar: _Grammar) -> FormatError:
    if isinstance(error, json.JSONDecodeError):
        return FormatError(f"not JSON: {error.msg}", where, offset=_byte(text, error.pos))
    if isinstance(error, _Constant):
        return FormatError(f"{error} is not JSON", where, offset=_byte(text, _place_of(grammar.refused, text)))
    return FormatError(str(error), where)


def _insist_on_object(value: JsonValue, where: str) -> JsonObject:
    if not isinstance(value, dict):
        raise FormatError(f"the top level is {kind_of(value)}, not an object", where, offset=0)
    return value


def kind_of(value: JsonValue) -> str:
    """Return what JSON calls a value, with its article: ``an array``, ``a string``."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    kinds = {int: "a number", float: "a number", str: "a string", list: "an array", dict: "an object"}
    return kinds[type(value)]


class _Fault(Exception):
    """A fault found in a callback, where the place is not known."""


class _Constant(_Fault):
    """``NaN``, ``Infinity`` or ``-Infinity``."""


def _decode(data: bytes, where: str) -> str:
    if len(data) > MAX_SIZE:
        hint = "remove what does not belong in this file"
        raise FormatError(f"{len(data)} bytes, more than the {MAX_SIZE} that are read", where, hint=hint)
    if data.startswith(b"\xef\xbb\xbf"):
        hint = "save the file as UTF-8 without a byte order mark"
        raise FormatError("starts with a byte order mark", where, offset=0, hint=hint)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise FormatError("not UTF-8", where, offset=error.start) from None


def _byte(text: str, position: int) -> int:
    return len(text[:position].encode())


def _check_breadth(text: str, where: str) -> None:
    """Refuse more than memory should hold, before any of it is built; those inside strings count, since none has many."""
    count = text.count("[") + text.count("{")
    if count > MAX_BRACKETS:
        hint = "remove what does not belong in this file"
        raise FormatError(f"{count} opening brackets, more than the {MAX_BRACKETS} that are read", where, hint=hint)


def _is_shallow(data: bytes) -> bool:
    """Whether no level is too deep, told in a tenth of the time that looking at each bracket takes.

    What is left of a text once its escapes and all but brackets and quotes are gone loses one level each time that every
    ``[]`` in it is taken away. Two quotes side by side open and close a string, or close one and open the next: without
    them the same brackets lie in strings. Of a text that is no JSON, what comes before its first fault counts in full.
    """
    # Pairs of backslashes first: the one that is left of a run escapes what follows it.
    data = data.replace(rb"\\", b"").replace(rb"\"", b"")
    data = data.translate(_BRACKETS, _OTHERS).replace(b'""', b"")
    if data.count(b'"') > _MOST_QUOTES:
        return False  # its parts would take a hundred times its bytes
    outside = b"".join(data.split(b'"')[::2])
    if len(outside) != 2 * outside.count(b"["):
        return False
    for _ in range(MAX_DEPTH):
        outside = outside.replace(b"[]", b"")
    return not outside


def _check_depth(text: str, where: str) -> None:
    """Refuse too many levels before the parser, which recurses, sees the text.

    Behind the end of an array or an object that the text begins with, the parser refuses whatever comes, and so it does from the
    start where the text begins with neither.
    """
    if _BEGUN.match(text) is None:
        return
    depth = 0
    for token in _brackets(text):
        depth += 1 if token[0] in "[{" else -1
        if depth > MAX_DEPTH:
            raise FormatError(f"more than {MAX_DEPTH} levels", where, offset=_byte(text, token.start()))
        if not depth:
            return


def _brackets(text: str) -> Iterator[re.Match[str]]:
    return (token for token in _TOKEN.finditer(text) if token[0][0] != '"')


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Fault(f'the key "{clipped(key)}" is there twice')
            seen.add(key)
    return value


def _integer(digits: str) -> int | float:
    if len(digits) > MAX_DIGITS:
        raise _Fault(f"an integer of {len(digits)} characters, more than the {MAX_DIGITS} that are read")
    return -0.0 if digits == "-0" else int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if isinf(value):
        raise _Fault(f"the number {clipped(digits, 40)} is too large")
    return value


def _spell_infinity(name: str) -> JsonValue:
    if name != "Infinity":
        raise _Constant(name)
    return {"__float__": name}


def _refuse_constant(name: str) -> NoReturn:
    raise _Constant(name)


_STRICT = _Grammar(constant=_refuse_constant, refused=_CONSTANT)
_WITH_INFINITY = _Grammar(constant=_spell_infinity, refused=_OTHER_CONSTANT)
