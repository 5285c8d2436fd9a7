"""Malformed safetensors files: what is wrong with the length, the text, one entry, or the bytes behind them."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

from tests.builders import safetensors
from tests.hostile.case import Case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = "model.safetensors"
EIGHT = bytes(8)
GOOD = '{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'
WIDE = 1 << 62


def lay_out(header: bytes | str | Mapping[str, object], body: bytes = b"", length: int | None = None) -> bytes:
    """Lay a file out, with the length of its header unless another is given."""
    text = header if isinstance(header, bytes) else (header if isinstance(header, str) else json.dumps(header)).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + body


def entry(begin: object = 0, end: object = 8, dtype: object = "F32", shape: object = (2,)) -> dict[str, object]:
    """Describe one tensor."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def one(body: bytes = EIGHT, **fields: object) -> bytes:
    """Lay out a file of one tensor, with some fields of its entry replaced; an ellipsis takes one away."""
    described = {**entry(), **fields}
    return lay_out({"head": {key: value for key, value in described.items() if value is not ...}}, body)


def cases() -> Iterator[Case]:
    """Yield all of them."""
    for name, (data, told) in {**_lengths(), **_texts(), **_entries(), **_shapes(), **_offsets()}.items():
        yield Case(family="safetensors", name=name, files={FILE: data}, told=(FILE, *told))


def _lengths() -> dict[str, tuple[bytes, tuple[str, ...]]]:
    sound = safetensors({"head": "F32[2]"})
    return {
        "empty": (b"", ("0 bytes are too few", "(at byte 0)")),
        "seven-bytes": (b"1234567", ("7 bytes are too few", "(at byte 0)")),
        "length-zero": (lay_out(b"", EIGHT), ("header: has no bytes", "(at byte 0)")),
        "length-alone": (struct.pack("<Q", 60), ("but the file has only 0", "(at byte 0)")),
        "length-past-the-end": (lay_out(b"{}", length=1000), ("but the file has only 2", "(at byte 0)")),
        "length-one-too-many": (lay_out(b"{}", length=3), ("but the file has only 2", "(at byte 0)")),
        "length-one-too-few": (lay_out("{ }", length=2), ("not JSON", "(at byte 10)")),
        "length-above-the-limit-of-the-library": (lay_out(b"{}", length=101_000_000), ("more than the", "(at byte 0)")),
        "length-above-our-limit": (lay_out(b"{}", length=(32 << 20) + 1), ("more than the", "(at byte 0)")),
        "length-two-to-the-63": (lay_out(b"{}", length=1 << 63), ("more than the", "(at byte 0)")),
        "length-all-ones": (lay_out(b"{}", length=(1 << 64) - 1), ("more than the", "(at byte 0)")),
        "big-endian-length": (struct.pack(">Q", 2) + b"{}", ("more than the", "(at byte 0)")),
        "cut-in-the-header": (sound[:30], ("but the file has only", "(at byte 0)")),
        "cut-in-the-data": (sound[:-1], ("cut off", "(at byte")),
        "cut-behind-the-header": (sound[:-8], ("cut off", "(at byte")),
        "one-byte-too-many": (sound + b"\0", ("1 byte at the end belongs to no tensor", "(at byte")),
        "a-second-file-behind": (sound + sound, ("bytes at the end belong to no tensor", "(at byte")),
        "data-without-tensors": (lay_out("{}", EIGHT), ("8 bytes at the end", "(at byte 10)")),
        "a-zip-archive": (b"PK\x03\x04" + bytes(200), ("header", "(at byte 0)")),
        "a-web-page": (b"<!DOCTYPE html><html><body>404</body></html>", ("more than the", "(at byte 0)")),
        "half-a-pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:12\n", ("more than the",)),
    }  # fmt: skip


def _texts() -> dict[str, tuple[bytes, tuple[str, ...]]]:
    return {
        "not-utf-8": (lay_out(b'{"\xff":' + GOOD.encode() + b"}", EIGHT), ("not UTF-8", "(at byte 10)")),
        "overlong-utf-8": (lay_out(b'{"\xc0\xaf":' + GOOD.encode() + b"}", EIGHT), ("not UTF-8", "(at byte 10)")),
        "utf-16": (lay_out("{}".encode("utf-16-le")), ("not JSON", "(at byte 9)")),
        "byte-order-mark": (lay_out("\ufeff{}"), ("byte order mark", "(at byte 8)")),
        "not-json": (lay_out(b"{"), ("not JSON", "(at byte 9)")),
        "python-repr": (lay_out("{'a': 1}"), ("not JSON", "(at byte 9)")),
        "comment": (lay_out("{} // v1"), ("not JSON", "(at byte 11)")),
        "padded-with-zeros": (lay_out(b"{}\0\0"), ("not JSON", "(at byte 10)")),
        "two-headers": (lay_out("{}{}"), ("not JSON", "(at byte 10)")),
        "trailing-comma": (lay_out('{"head":' + GOOD + ",}", EIGHT), ("not JSON", "(at byte")),
        "array": (lay_out("[]"), ("the top level is an array", "(at byte 8)")),
        "string": (lay_out('"x"'), ("the top level is a string", "(at byte 8)")),
        "null": (lay_out("null"), ("the top level is null", "(at byte 8)")),
        "tensor-twice": (lay_out(f'{{"head":{GOOD},"head":{GOOD}}}', EIGHT), ('"head" is there twice',)),
        "tensor-twice-by-escape": (lay_out(f'{{"head":{GOOD},"he\\u0061d":{GOOD}}}', EIGHT), ('"head" is there twice',)),
        "field-twice": (lay_out('{"head":{"dtype":"I32",' + GOOD[1:] + "}", EIGHT), ('"dtype" is there twice',)),
        "metadata-twice": (lay_out('{"__metadata__":{},"__metadata__":{}}'), ('"__metadata__" is there twice',)),
        "metadata-key-twice": (lay_out('{"__metadata__":{"a":"1","a":"2"}}'), ('"a" is there twice',)),
        "lone-surrogate": (lay_out('{"\\ud800":' + GOOD + "}", EIGHT), ("half a surrogate pair", "(at byte 10)")),
        "nested": (lay_out('{"head":' + "[" * 100_000 + "]" * 100_000 + "}"), ("more than 64 levels", "(at byte")),
        "nested-and-open": (lay_out('{"head":' * 50_000), ("more than 64 levels", "(at byte")),
        "arrays-without-end": (lay_out('{"head":[' + "[]," * 2_000_000 + "0]}"), ("2000002 opening brackets",)),
        "endless-number": (lay_out('{"head":' + "9" * 100_000 + "}"), ("an integer of 100000 characters",)),
        "endless-string": (lay_out('{"' + "a" * 1_000_000), ("not JSON", "(at byte 9)")),
    }  # fmt: skip


def _entries() -> dict[str, tuple[bytes, tuple[str, ...]]]:
    def metadata(value: object) -> bytes:
        return lay_out({"__metadata__": value, "head": entry()}, EIGHT)

    return {
        "metadata-array": (metadata([]), ("__metadata__: is an array",)),
        "metadata-string": (metadata("pt"), ("__metadata__: is a string",)),
        "metadata-number": (metadata({"v": 1}), ('__metadata__."v": is a number',)),
        "metadata-null-inside": (metadata({"v": None}), ('__metadata__."v": is null',)),
        "metadata-nested": (metadata({"v": {}}), ('__metadata__."v": is an object',)),
        "entry-null": (lay_out({"head": None}), ('"head": is null',)),
        "entry-array": (lay_out({"head": ["F32", [2], [0, 8]]}, EIGHT), ('"head": is an array',)),
        "no-dtype": (one(dtype=...), ('"head": dtype is missing',)),
        "no-shape": (one(shape=...), ('"head": shape is missing',)),
        "no-offsets": (one(data_offsets=...), ('"head": data_offsets is missing',)),
        "unknown-field": (one(strides=[1]), ('no field "strides"',)),
        "unknown-dtype": (one(dtype="F99"), ('"head".dtype: "F99"',)),
        "dtype-in-lower-case": (one(dtype="f32"), ('"head".dtype: "f32"',)),
        "dtype-of-torch": (one(dtype="torch.float32"), ('"head".dtype: "torch.float32"',)),
        "dtype-number": (one(dtype=32), ('"head".dtype: 32',)),
        "dtype-array": (one(dtype=["F32"]), ('"head".dtype: ["F32"]',)),
        "dtype-escapes": (one(dtype="\x1b[2J\u202e"), ('"head".dtype',)),
        "name-escapes": (lay_out({"\x1b]0;x\x07\n::error::": 1}), ("is a number",)),
        "name-endless": (lay_out({"a" * 200_000: 1}), ("is a number", "more characters")),
    }  # fmt: skip


def _shapes() -> dict[str, tuple[bytes, tuple[str, ...]]]:
    where = '"head".shape'
    return {
        "shape-null": (one(shape=None), (where,)),
        "shape-number": (one(shape=2), (where,)),
        "shape-negative": (one(shape=[-2]), (where,)),
        "shape-float": (one(shape=[2.0]), (where,)),
        "shape-exponent": (lay_out('{"head":' + GOOD.replace("[2]", "[2e0]") + "}", EIGHT), (where,)),
        "shape-not-a-number": (lay_out('{"head":' + GOOD.replace("[2]", "[NaN]") + "}", EIGHT), ("NaN is not JSON",)),
        "shape-boolean": (one(b"xxxx", shape=[True], data_offsets=[0, 4]), (where,)),
        "shape-string": (one(shape=["2"]), (where,)),
        "shape-minus-zero": (lay_out('{"head":{"dtype":"U8","shape":[-0],"data_offsets":[0,0]}}'), (where,)),
        "shape-two-to-the-64": (one(b"", shape=[1 << 64], data_offsets=[0, 0]), (where,)),
        "shape-overflow": (one(b"", shape=[WIDE, 4], data_offsets=[0, 0]), ('"head".data_offsets', "0 bytes")),
        "shape-overflow-to-its-size": (one(shape=[WIDE, 4, 2], data_offsets=[0, 8]), ('"head".data_offsets', "8 bytes")),
        "shape-overflow-before-zero": (one(b"", shape=[WIDE, 4, 0], data_offsets=[0, 0]), (where, "overflows 64 bits")),
        "shape-of-65-dimensions": (one(b"xxxx", shape=[1] * 65, data_offsets=[0, 4]), (where, "at most 64")),
        "shape-of-a-million-dimensions": (one(shape=[1] * 1_000_000), (where, "at most 64", "more characters")),
        "half-a-byte": (one(bytes(2), dtype="F4", shape=[3], data_offsets=[0, 2]), ("no whole number of bytes",)),
    }  # fmt: skip


def _offsets() -> dict[str, tuple[bytes, tuple[str, ...]]]:
    where = '"head".data_offsets'

    def two(first: dict[str, object], second: dict[str, object], size: int) -> bytes:
        return lay_out({"body": first, "head": second}, bytes(size))

    return {
        "offsets-null": (one(data_offsets=None), (where,)),
        "offsets-one": (one(data_offsets=[0]), (where,)),
        "offsets-three": (one(data_offsets=[0, 4, 8]), (where,)),
        "offsets-float": (one(data_offsets=[0.0, 8.0]), (where,)),
        "offsets-negative": (one(data_offsets=[-8, 0]), (where,)),
        "offsets-reversed": (one(data_offsets=[8, 0]), (where, "before it begins")),
        "offsets-huge": (one(data_offsets=[0, 1 << 63]), (where,)),
        "size-too-small": (one(shape=[3]), (where, "F32[3] takes 12")),
        "size-too-large": (one(shape=[1]), (where, "F32[1] takes 4")),
        "hole-first": (one(bytes(12), data_offsets=[4, 12]), (where, "4 bytes before it", "(at byte")),
        "hole-between": (two(entry(), entry(12, 20), 20), (where, "4 bytes before it", "(at byte")),
        "overlap": (two(entry(), entry(4, 12), 12), (where, 'begins inside "body"', "(at byte")),
        "same-bytes": (two(entry(), entry(), 8), ('begins inside "', "(at byte")),
        "inside-another": (two(entry(0, 16, shape=[4]), entry(4, 12), 16), (where, 'begins inside "body"', "(at byte")),
        "beyond-the-end": (two(entry(), entry(8, 1 << 40, "U8", [(1 << 40) - 8]), 8), ("cut off", "(at byte")),
    }  # fmt: skip
