"""GGUF files written piece by piece, sound or broken in one place."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hfsemver.releases.formats.gguf_types import GgufType

CODES = {
    GgufType.UINT8: "B", GgufType.INT8: "b", GgufType.UINT16: "H", GgufType.INT16: "h", GgufType.UINT32: "I",
    GgufType.INT32: "i", GgufType.FLOAT32: "f", GgufType.UINT64: "Q", GgufType.INT64: "q", GgufType.FLOAT64: "d",
    GgufType.BOOL: "?",
}  # fmt: skip


def text(value: str | bytes) -> bytes:
    """A length of 64 bits and the bytes."""
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(data)) + data


def bare(kind: GgufType, value: object) -> bytes:
    """A value without its type; that of a list is a pair of the type of its elements and these."""
    if kind is GgufType.STRING:
        assert isinstance(value, str | bytes)
        return text(value)
    if kind is GgufType.ARRAY:
        assert isinstance(value, tuple)
        of, elements = value
        return struct.pack("<IQ", of, len(elements)) + b"".join(bare(of, each) for each in elements)
    return struct.pack("<" + CODES[kind], value)


def typed(kind: GgufType, value: object) -> bytes:
    """A value behind its type."""
    return struct.pack("<I", kind) + bare(kind, value)


def pair(key: str | bytes, value: bytes) -> bytes:
    """A key and a value that is written already."""
    return text(key) + value


@dataclass(frozen=True, kw_only=True)
class Tensor:
    """What a file says of a tensor, true or not."""

    name: str | bytes = "t"
    shape: Sequence[int] = (8,)
    type: int = 0
    offset: int = 0
    rank: int | None = None

    def __bytes__(self) -> bytes:
        rank = len(self.shape) if self.rank is None else self.rank
        sizes = struct.pack(f"<{len(self.shape)}Q", *self.shape)
        return text(self.name) + struct.pack("<I", rank) + sizes + struct.pack("<IQ", self.type, self.offset)


def lay_out(
    keys: Sequence[bytes] | Mapping[str, bytes] = (),
    tensors: Sequence[Tensor] = (),
    *,
    data: int = 0,
    magic: bytes = b"GGUF",
    version: bytes = b"\3\0\0\0",
    key_count: int | None = None,
    tensor_count: int | None = None,
    alignment: int = 32,
) -> bytes:
    """Lay a file out, with the right counts unless others are given; ``data`` zeros follow, aligned."""
    pairs = [pair(key, value) for key, value in keys.items()] if isinstance(keys, Mapping) else keys
    counts = struct.pack(
        "<QQ",
        len(tensors) if tensor_count is None else tensor_count,
        len(pairs) if key_count is None else key_count,
    )
    header = magic + version + counts + b"".join(pairs) + b"".join(map(bytes, tensors))
    return header + bytes(-len(header) % alignment + data) if data else header
