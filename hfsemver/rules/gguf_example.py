"""GGUF files for examples, written from their metadata; a file of tensors is more than any example needs."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

_UINT32: Final = 4
_BOOL: Final = 7
_TEXT: Final = 8
_ARRAY: Final = 9

Value = str | int | tuple[str, ...]
Metadata = Mapping[str, Value]


def gguf(metadata: Metadata) -> bytes:
    """Return a file of version 3 with these keys and no tensor; whole numbers are of 32 bits and not negative.

    https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
    """
    keys = b"".join(_text(key) + _value(value) for key, value in metadata.items())
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(metadata)) + keys


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", _TEXT) + _text(value)
    if isinstance(value, bool):
        return struct.pack("<IB", _BOOL, value)
    if isinstance(value, int):
        return struct.pack("<II", _UINT32, value)
    return struct.pack("<IIQ", _ARRAY, _TEXT, len(value)) + b"".join(map(_text, value))
