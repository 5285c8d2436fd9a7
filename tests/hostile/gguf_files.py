"""Malformed GGUF files: what is wrong with a count, a key, a value, a tensor, or the bytes behind them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from hfsemver.releases.formats.gguf_types import GgufType
from tests.gguf_files import Tensor, lay_out, pair, text, typed
from tests.hostile.case import Case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE: Final = "x.gguf"
U8, U32, BOOL, STRING, ARRAY = GgufType.UINT8, GgufType.UINT32, GgufType.BOOL, GgufType.STRING, GgufType.ARRAY


def cases() -> Iterator[Case]:
    """Yield all of them."""
    for name, (data, told) in BROKEN.items():
        yield Case(family="gguf", name=name.replace(" ", "-"), files={FILE: data}, told=(FILE, told))


def one(value: bytes) -> bytes:
    """A file with one key."""
    return lay_out({"k": value})


def listed(kind: int, count: int, elements: bytes = b"") -> bytes:
    """A list that claims to have ``count`` elements."""
    return struct.pack("<IIQ", ARRAY, kind, count) + elements


def nested(depth: int) -> bytes:
    """Lists of one list each, so deep."""
    return struct.pack("<I", ARRAY) + struct.pack("<IQ", ARRAY, 1) * depth + struct.pack("<IQ", U8, 0)


HUGE = 1 << 62
TWO = [Tensor(name="a"), Tensor(name="b", offset=32)]

BROKEN: Mapping[str, tuple[bytes, str]] = {
    "nothing": (b"", "magic: cut off"),
    "three bytes": (b"GGU", "magic: cut off"),
    "another magic": (lay_out(magic=b"GGML"), "magic: b'GGML' and not b'GGUF'"),
    "a page": (b"<!DOCTYPE html><html></html>", "magic"),
    "an archive": (b"PK\3\4" + bytes(60), "magic"),
    "magic alone": (b"GGUF", "version: cut off"),
    "no counts": (b"GGUF\3\0\0\0", "tensors: cut off"),
    "half of the counts": (b"GGUF\3\0\0\0" + bytes(8), "metadata keys: cut off"),
    "negative tensor count": (lay_out(tensor_count=(1 << 64) - 1), "18446744073709551615 tensors, more than"),
    "negative key count": (lay_out(key_count=(1 << 64) - 1), "18446744073709551615 metadata keys, more than"),
    "many tensors": (lay_out(tensor_count=100_000), "100000 tensors do not fit"),
    "many keys": (lay_out(key_count=4000), "4000 metadata keys do not fit"),
    "one key more": (lay_out([pair("k", typed(STRING, "x" * 40))], key_count=2), "metadata key: cut off"),
    "one tensor more": (lay_out([], [Tensor(name="a" * 40)], tensor_count=2), "tensor name: cut off"),
    "empty key": (lay_out([pair("", typed(U8, 1)) + bytes(8)]), "a metadata key of 0 bytes"),
    "long key": (lay_out([pair("k" * 65_536, typed(U8, 1))]), "a metadata key of 65536 bytes"),
    "endless key": (lay_out([struct.pack("<Q", HUGE) + bytes(20)]), f"a metadata key of {HUGE} bytes"),
    "key cut off": (lay_out([struct.pack("<Q", 200) + bytes(20)]), "metadata key: cut off"),
    "key of other letters": (lay_out([pair(b"k\xff\xfe", typed(U8, 1))]), "a metadata key is not UTF-8"),
    "key twice": (lay_out([pair("k", typed(U8, 1)), pair("k", typed(U8, 1))]), '"k": is there twice'),
    "no type": (lay_out([text("a key without a value")]), "cut off"),
    "type 13": (one(struct.pack("<I", 13) + bytes(8)), '"k": 13 is not a type of the format'),
    "type -1": (one(b"\xff" * 12), "4294967295 is not a type"),
    "value cut off": (one(struct.pack("<I", GgufType.FLOAT64) + bytes(4)), '"k": cut off: 8 bytes'),
    "bool of 2": (one(struct.pack("<IB", BOOL, 2)), '"k": 2 is neither true nor false'),
    "text cut off": (one(struct.pack("<IQ", STRING, 9) + b"short"), '"k": cut off: 9 bytes'),
    "endless text": (one(struct.pack("<IQ", STRING, HUGE) + b"x"), '"k": cut off'),
    "text of other letters": (one(typed(STRING, b"caf\xe9")), '"k": not UTF-8'),
    "list of type 13": (one(listed(13, 1, b"\0")), "13 is not a type"),
    "list without a count": (one(struct.pack("<II", ARRAY, U8) + b"\0"), "cut off: 8 bytes"),
    "endless list": (one(listed(U8, 1 << 40)), f"{1 << 40} elements do not fit"),
    "list that overflows": (one(listed(GgufType.UINT64, (1 << 61) + 1, bytes(8))), "elements do not fit"),
    "endless list of texts": (one(listed(STRING, 1 << 40)), "elements do not fit"),
    "list cut off": (one(listed(U32, 3, bytes(11))), "3 elements do not fit"),
    "text in a list cut off": (one(listed(STRING, 2, text("ab") + struct.pack("<Q", 5))), '"k": cut off'),
    "text in a long list cut off": (one(listed(STRING, 100, text("") * 99 + struct.pack("<Q", 5))), '"k": cut off'),
    "text in a long list without end": (one(listed(STRING, 100, text("") * 98 + b"\xff" * 16)), '"k": cut off'),
    "many texts": (one(listed(STRING, 3_000_000, bytes(24_000_000))), "3000000 texts, more than"),
    "bool of 2 in a list": (one(listed(BOOL, 2, b"\1\2")), "2 is neither true nor false"),
    "many lists": (one(listed(ARRAY, 1000, struct.pack("<IQ", U8, 0) * 1000)), "1000 lists in a list, more than"),
    "endless lists": (one(listed(ARRAY, HUGE)), "elements do not fit"),
    "deep lists": (one(nested(100)), "lists in lists, more than"),
    "deepest lists": (one(nested(100_000)), "lists in lists, more than"),
    "alignment of 0": (lay_out({"general.alignment": typed(U32, 0)}), '"general.alignment": 0 is no power of two'),
    "alignment of 24": (lay_out({"general.alignment": typed(U32, 24)}), "24 is no power of two"),
    "alignment below 0": (lay_out({"general.alignment": typed(GgufType.INT32, -32)}), "-32 is no power of two"),
    "alignment in words": (lay_out({"general.alignment": typed(STRING, "32")}), "'32' is no power of two"),
    "alignment in a list": (lay_out({"general.alignment": typed(ARRAY, (U32, (32,)))}), "a list is no power of two"),
    "true alignment": (lay_out({"general.alignment": typed(BOOL, True)}), "True is no power of two"),  # noqa: FBT003 -- a value
    "empty tensor name": (lay_out([], [Tensor(name="")], data=64), "a tensor name of 0 bytes"),
    "tensor of other letters": (lay_out([], [Tensor(name=b"\x80")], data=64), "a tensor name is not UTF-8"),
    "tensor twice": (lay_out([], [Tensor(), Tensor(offset=32)], data=64), 'tensor "t": is there twice'),
    "five dimensions": (lay_out([], [Tensor(shape=(1,) * 5)], data=64), 'tensor "t": 5 dimensions, more than 4'),
    "endless dimensions": (lay_out([], [Tensor(rank=1 << 31)], data=64), "2147483648 dimensions"),
    "shape that overflows": (lay_out([], [Tensor(shape=(1 << 32, 1 << 31))], data=64), "overflows 64 bits"),
    "shape that overflows to nothing": (lay_out([], [Tensor(shape=(1 << 40, 1 << 40, 0))], data=64), "overflows 64 bits"),
    "tensor cut off": (lay_out([], [Tensor(name="a" * 20)])[:-4], "cut off: 8 bytes"),
    "tensor behind the end": (lay_out([], [Tensor(shape=(1000,))], data=64), "behind the"),
    "tensor far behind the end": (lay_out([], [Tensor(offset=HUGE)], data=64), "behind the"),
    "tensor of an unknown type behind the end": (lay_out([], [Tensor(type=999, offset=4096)], data=64), "behind the"),
    "no data": (lay_out([], [Tensor()]), "behind the"),
    "data cut off": (lay_out([], TWO, data=64)[:-1], 'tensor "b": ends at'),
    "tensor between two places": (lay_out([], [Tensor(offset=4)], data=64), "begins at 4, no multiple of 32"),
    "tensor in another one": (
        lay_out([], [Tensor(name="a", shape=(64,)), Tensor(name="b", offset=32)], data=512), 'begins inside "a"',
    ),
    "tensors in one place": (lay_out([], [Tensor(name="a"), Tensor(name="b")], data=64), 'begins inside "a"'),
    "half a block": (lay_out([], [Tensor(shape=(33,), type=2)], data=64), "rows of 33 elements are no whole blocks"),
}  # fmt: skip

UNREAD: Mapping[str, tuple[bytes, str]] = {
    "version 0": (lay_out(version=b"\0\0\0\0"), "version: 0"),
    "version 1": (lay_out(version=b"\1\0\0\0"), "version: 1, of which only 2 and 3 are read"),
    "version 4": (lay_out(version=b"\4\0\0\0"), "version: 4"),
    "big-endian": (lay_out(version=b"\0\0\0\3"), "version: 3 in big-endian order"),
    "big-endian magic": (lay_out(magic=b"FUGG"), "magic: in big-endian order"),
}
"""Versions that nothing here reads, though the files may be sound."""
