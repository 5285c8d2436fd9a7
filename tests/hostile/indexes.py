"""Malformed shard indexes, and indexes that disagree with their shards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.builders import safetensors
from tests.hostile.case import TOO_SMALL, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "model.safetensors.index.json"
ONE, TWO = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
SHARDS: dict[str, bytes | None] = {
    "model.safetensors": None,
    ONE: safetensors({"embed": "F32[5,8]"}),
    TWO: safetensors({"head": "F32[8,5]"}),
}
ELSEWHERE = {
    "parent": "../model.safetensors", "absolute": "/etc/passwd", "subfolder": "sub/" + ONE, "dot": "./" + ONE,
    "drive": "C:\\model.safetensors", "backslash": "..\\" + ONE, "share": "//host/share/x", "stream": ONE + ":x",
    "nul": ONE + "\0", "line-break": ONE + "\n", "empty": "", "here": ".", "up": "..", "address": "https://example.org/x",
}  # fmt: skip


def index(weight_map: object, **fields: object) -> bytes:
    """Write an index."""
    return json.dumps({"metadata": {"total_size": 320}, "weight_map": weight_map, **fields}).encode()


def cases() -> Iterator[Case]:
    """Yield all of them."""
    for name, (data, told) in _malformed().items():
        yield Case(family="index", name=name, files={**SHARDS, FILE: data}, told=(FILE, *told))
    for name, shard in ELSEWHERE.items():
        data = index({"embed": ONE, "head": shard})
        told = (FILE, 'weight_map: "head"', "is not the name of a file beside the index")
        yield Case(family="index", name=f"leads-elsewhere-{name}", files={**SHARDS, FILE: data}, told=told)
    for name, weight_map in {
        "shard-missing": {"embed": ONE, "head": "model-00003-of-00003.safetensors"},
        "tensor-missing": {"embed": ONE, "head": TWO, "gone": TWO},
        "tensor-forgotten": {"embed": ONE},
        "shards-swapped": {"embed": TWO, "head": ONE},
        "empty-map": {},
    }.items():
        files = {**SHARDS, FILE: index(weight_map)}
        rule = "shard-index-inconsistent"
        # What a baseline got wrong is past mending; only the release that is judged has to be sound.
        yield Case(family="index", name=name, files=files, told=(), code=TOO_SMALL, finding=rule, sides=("current",))


def _malformed() -> dict[str, tuple[bytes, tuple[str, ...]]]:
    sound = index({"embed": ONE, "head": TWO})
    return {
        "empty": (b"", ("not JSON", "(at byte 0)")),
        "cut": (sound[:-4], ("not JSON", "(at byte")),
        "array": (b"[]", ("the top level is an array",)),
        "no-map": (b'{"metadata": {}}', ("weight_map: is missing",)),
        "map-null": (index(None), ("weight_map: is null",)),
        "map-array": (index([ONE, TWO]), ("weight_map: is an array",)),
        "map-string": (index(ONE), ("weight_map: is a string",)),
        "shard-number": (index({"embed": 1}), ('"embed"', "is a number")),
        "shard-null": (index({"embed": None}), ('"embed"', "is null")),
        "shard-array": (index({"embed": [ONE]}), ('"embed"', "is an array")),
        "tensor-twice": (b'{"weight_map": {"a": "x", "a": "y"}}', ('"a" is there twice',)),
        "map-twice": (b'{"weight_map": {}, "weight_map": {}}', ('"weight_map" is there twice',)),
        "metadata-array": (index({}, metadata=[]), ("metadata: is an array",)),
        "size-string": (index({}, metadata={"total_size": "320"}), ("total_size: is a string",)),
        "not-utf-8": (sound.replace(b"embed", b"\xff\xfe"), ("not UTF-8", "(at byte")),
        "nested": (b'{"weight_map":' + b"{" * 100_000, ("more than 64 levels", "(at byte")),
        "nested-arrays": (b'{"weight_map":' + b"[" * 100_000, ("more than 64 levels", "(at byte")),
        "name-escapes": (index({"\x1b[2J\u202e": 1}), ("is a number",)),
    }  # fmt: skip
