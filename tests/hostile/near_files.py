"""Files that are nearly valid, and what reading one must come to: safetensors files and shard indexes.

The mutations keep what a blind one breaks at once, the length in front and the bytes behind, so that a broken header
is read to its end. They need a source of random numbers and nothing else: the long fuzz brings its own (``change``).
"""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from math import prod

import safetensors as library

from hfsemver.core.errors import FormatError
from hfsemver.core.tensor import DTYPE_BITS
from hfsemver.releases.formats.index import read_weight_map
from hfsemver.releases.formats.safetensors import read_header
from hfsemver.releases.source import FileInfo, FileKind

Change = Callable[[bytes, int], bytes]
"""Breaks a text at random, into at most so many bytes."""

# Every byte tells its place, so that equal bytes are those of the same place.
_BODY = bytes(range(256)) * 256
# So many written texts are broken in ever new places: writing takes longer than all the rest.
_POOL = 20_000
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|-?[0-9][0-9.eE+-]*|[a-z]+|[\[\]{}:,]', re.DOTALL)
_END = re.compile(rb"\[\s*+[0-9]++\s*+,\s*+([0-9]{1,5})\s*+\]")
_STRINGS = [
    *(f'"{dtype}"'.encode() for dtype in DTYPE_BITS), b'"dtype"', b'"shape"', b'"data_offsets"', b'"__metadata__"',
    b'"__m\\u0065tadata__"', b'"\\ud83d\\ude00"', b'"\\ud83d"', b'"\\u0000"', b'"a"', b'"\\u0061"', b'"\xc3\xa9"',
    b'"\xff"', b'"\xed\xa0\x80"', b'""', b'"F99"', b'"weight_map"', b'"metadata"', b'"total_size"', b'"../x"', b'"/x"',
    b'"x"', b'"."', b'".."', b'"a\\\\b"', b'"a\\/b"', b'"C:x"', b'"link"', b'"module"', b'"pointer"',
]  # fmt: skip
_NUMBERS = [
    b"0", b"0", b"1", b"1", b"true", b"2", b"3", b"4", b"8", b"16", b"-0", b"-1", b"1.0", b"1e0", b"1E400", b"1e-400", b"4294967296",
    b"2305843009213693952", b"9223372036854775808", b"18446744073709551615", b"18446744073709551616", b"9" * 40,
]  # fmt: skip
_VALUES = [
    b"[]", b"{}", b"null", b"true", b"[0,0]", b"[0,8]", b"[8,16]", b"[0]", b"[2,2]", b'{"a":"b"}',
    b'{"dtype":"F4","shape":[2],"data_offsets":[0,1]}', b'{"dtype":"U8","shape":[0],"data_offsets":[0,0]}',
]  # fmt: skip
_PIECES = [
    *_STRINGS, *_NUMBERS, *_VALUES, b"{", b"}", b"[", b"]", b",", b":", b" ", b"\n\t\r", b"NaN", b"-Infinity", b"00", b"+1",
    b"[0,", b"\0",
]  # fmt: skip
# Controls, formats, surrogates, and the two that break lines.
_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_NAMES = ["a", "b", "layer.0.weight", "", "\x00", "\u00e9", "\U0001f600", "\ud83d", "dtype", "__metadata__ ", "\u202e"]
_FILES = {
    f"sub/{name}": FileInfo(path=f"sub/{name}", size=8, kind=kind)
    for name, kind in {
        "x": FileKind.FILE, "pointer": FileKind.POINTER, "link": FileKind.SYMLINK, "module": FileKind.SUBMODULE,
    }.items()
}  # fmt: skip


def lay_out(header: bytes, body: int, length: int | None = None) -> bytes:
    """Lay a file out, with ``body`` bytes behind the header and its length in front unless another is given."""
    return (len(header) if length is None else length).to_bytes(8, "little") + header + _BODY[:body]


def is_harmless(message: str) -> bool:
    """Tell whether a message is one line that steers no terminal; what a font lacks may be in it all the same."""
    return message.isprintable() or not _STEERING & set(map(unicodedata.category, message))


def read_as_the_library(data: bytes) -> bool:
    """Return whether a file is accepted, having seen that the library then reads the same tensors in it."""

    def read_range(path: str, start: int, stop: int | None) -> bytes:
        assert path == "m"
        assert stop is not None
        assert 0 <= start < stop <= len(data) or start == stop == 0
        return data[start:stop]

    try:
        header = read_header(read_range, "m", len(data))
    except FormatError as error:
        return _refused(error)
    ours = {t.name: (t.dtype, list(t.shape), data[slice(*t.data_offsets)]) for t in header.tensors}
    theirs = {
        name: (info["dtype"], info["shape"], bytes(info["data"]))
        for name, info in library.deserialize(data)  # type: ignore[no-untyped-call]  # the library has no types here
    }
    assert ours == theirs
    assert len(header.tensors) == len(ours)
    return True


def read_index(data: bytes) -> bool:
    """Return whether an index is accepted, having seen that it then leads nowhere but to files beside it."""
    try:
        found = read_weight_map(data, "sub/m.index.json", _FILES)
    except FormatError as error:
        return _refused(error)
    told = json.loads(data)["weight_map"]
    assert dict(found) == {tensor: f"sub/{name}" for tensor, name in told.items()}
    for path in set(found.values()):
        folder, slash, name = path.partition("/")
        assert (folder, slash) == ("sub", "/")
        assert name not in {"", ".", "..", "link", "module"}
        assert not set(name) & set("/\\:\0\n\r\x7f")
    return True


def _refused(error: FormatError) -> bool:
    assert is_harmless(str(error))
    return False


def near_file(rng: random.Random, data: bytes, limit: int, change: Change) -> bytes:
    """Break a safetensors file, and mostly mend its length and the number of bytes behind the header."""
    if rng.random() < 0.05:
        return change(data, limit)
    length = int.from_bytes(data[:8], "little")
    text = data[8 : 8 + length] if 0 < length < len(data) else data[8:]
    # A corpus of many ways not to be JSON must not keep the checks behind the parser idle.
    if rng.random() < (0.1 if b'"data_offsets"' in text else 0.8):
        text = _written(int(rng.random() * _POOL))
    text = _broken(rng, text, max(2, limit - 72), change)
    body = max(0, min(_described(text), 4096) + rng.choice((0, 0, 0, 0, 0, 0, 0, 1, -1)))
    length = max(0, len(text) + rng.choice((0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, -1)))
    return lay_out(text, body, length)[:limit]


def near_index(rng: random.Random, data: bytes, limit: int, change: Change) -> bytes:
    """Break a shard index."""
    if rng.random() < (0.1 if b'"weight_map"' in data else 0.8):
        data = _written_index(int(rng.random() * _POOL))
    return _broken(rng, data, limit, change)[:limit]


def _broken(rng: random.Random, text: bytes, limit: int, change: Change) -> bytes:
    act = rng.random()
    if act < 0.2:
        return change(text or b"{}", limit)
    return _other_tokens(rng, text) if act < 0.85 else text


def _described(text: bytes) -> int:
    return max(map(int, _END.findall(text)), default=0)


def _other_tokens(rng: random.Random, text: bytes) -> bytes:
    """Replace words of JSON, mostly by others of their kind, take them out, double or exchange them, a few at once."""
    tokens = _TOKEN.findall(text)
    for _ in range(rng.choice((1, 1, 2, 3))):
        tokens = tokens or [b"{}"]
        act = rng.random()
        place = _word(rng, tokens)
        if act < 0.7:
            tokens[place : place + 1] = [rng.choice(_like(tokens[place]))]
        elif act < 0.8:
            other = _word(rng, tokens)
            tokens[place : place + 1], tokens[other : other + 1] = tokens[other : other + 1], tokens[place : place + 1]
        elif act < 0.93:
            # From one comma to another, an item or a pair is gone or there twice.
            commas = [number for number, token in enumerate(tokens) if token == b","] + [len(tokens) - 1]
            first = int(rng.random() * len(commas))
            start, stop = commas[first], commas[min(first + rng.choice((1, 1, 2, 4)), len(commas) - 1)]
            tokens[start:stop] = tokens[start:stop] * 2 if act < 0.87 else []
        else:
            run = rng.choice((1, 2, 4, 12))
            place = int(rng.random() * len(tokens))
            tokens[place : place + run] = [] if act < 0.96 else tokens[place : place + run] * 2
    return b"".join(tokens)


def _word(rng: random.Random, tokens: list[bytes]) -> int:
    """Return the place of a token, which is seldom one of the brackets, colons and commas."""
    place = 0
    for _ in range(4):
        place = int(rng.random() * len(tokens))
        if tokens[place] not in b"[]{}:,":
            break
    return place


def _like(token: bytes) -> list[bytes]:
    if token[:1] == b'"':
        return _STRINGS
    if token[:1] in b"-0123456789":
        return _NUMBERS
    return _PIECES if token in b"[]{}:," else _VALUES


@cache
def _written(number: int) -> bytes:
    """Write a header of tensors that fit, in any order and any spelling, mostly with one fault."""
    rng = random.Random(number)
    header: dict[str, object] = {}
    position = 0
    for name in rng.sample(_NAMES, rng.choice((0, 1, 1, 2, 3))):
        dtype = rng.choice(tuple(DTYPE_BITS))
        shape = [rng.choice((0, 1, 2, 2, 4)) for _ in range(rng.choice((0, 1, 1, 2, 3)))]
        size = prod(shape) * DTYPE_BITS[dtype] // 8
        if not size and rng.random() < 0.1:
            shape = [rng.choice((1 << 31, 1 << 32, 1 << 62)), rng.choice((2, 4, 1 << 32)), *shape]
        if size > 128:
            dtype, shape, size = "U8", [1], 1
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [position, position + size]}
        position += size + rng.choice((0, 0, 0, 0, 0, 0, 0, 0, 1, -1))
    entries = list(header.items())
    if rng.random() < 0.5:
        rng.shuffle(entries)
    if rng.random() < 0.3:
        entries.insert(rng.randrange(len(entries) + 1), ("__metadata__", rng.choice((None, {}, {"a": "b"}, {"a": 1}))))
    if rng.random() < 0.1 and entries:
        entries.append(rng.choice(entries))
    comma, colon = rng.choice(((",", ":"), (", ", ": "), ("\n,\t", " :\r")))
    # Not one dictionary, for the names that are there twice.
    parts = (
        json.dumps(name, ensure_ascii=name == "\ud83d" or rng.random() < 0.5)
        + colon
        + json.dumps(value, separators=(comma, colon))
        for name, value in entries
    )
    return ("{" + comma.join(parts) + "}" + rng.choice(("", "", "   "))).encode()


@cache
def _written_index(number: int) -> bytes:
    """Write an index, mostly with one fault."""
    rng = random.Random(number)
    names = ("x", "pointer", "y", "x.safetensors", "../x", "link", "module", "\u00e9", "x\x00", "..", "")
    weight_map = {name: rng.choice(names[: rng.choice((4, 4, 4, 11))]) for name in rng.sample(_NAMES, rng.randrange(5))}
    metadata: object = rng.choice(
        ({}, {"total_size": 8}, {"total_size": 1.5}, {"total_size": None}, {"a": []}, None, 1)
    )
    index = {"metadata": metadata, "weight_map": weight_map}
    return json.dumps(
        index, indent=rng.choice((None, 2)), ensure_ascii="\ud83d" in weight_map or rng.random() < 0.5
    ).encode()
