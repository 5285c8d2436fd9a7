"""What a GGUF file can hold: types of values, types of tensors, and the header that is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class GgufType(IntEnum):
    """The 13 types of a value, by the number that stands in the file."""

    UINT8 = 0
    INT8 = 1
    UINT16 = 2
    INT16 = 3
    UINT32 = 4
    INT32 = 5
    FLOAT32 = 6
    BOOL = 7
    STRING = 8
    ARRAY = 9
    UINT64 = 10
    INT64 = 11
    FLOAT64 = 12


BLOCKS: Final[Mapping[int, tuple[int, int]]] = MappingProxyType({
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18),
})  # fmt: skip
"""Elements of a block and the bytes that it takes, by the type of a tensor.

``GGML_QUANT_SIZES`` in https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py; forks have more.
"""
WHOLE: Final = frozenset({0, 1, 28, 30})
"""Types of tensors that hold numbers as a training run does: F32, F16, F64 and BF16."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GgufArray:
    """A list of ``count`` elements of one type: its ``values`` while they are few, else the ``sha256`` of its bytes.

    A text too long to keep is such a list of bytes.
    """

    kind: GgufType
    count: int
    values: tuple[GgufValue, ...] | None = None
    sha256: str = ""


GgufValue = int | float | str | GgufArray


@dataclass(frozen=True, slots=True, kw_only=True)
class GgufTensor:
    """A tensor: its shape with the fastest dimension first, the number of its type, its offset behind the header."""

    name: str
    shape: tuple[int, ...]
    type: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GgufHeader:
    """Metadata by key, in the order of the file, and the tensors."""

    version: int
    metadata: Mapping[str, GgufValue]
    tensors: tuple[GgufTensor, ...]

    @property
    def architecture(self) -> str:
        """What llama.cpp takes the network for, which is also the prefix of its keys; empty where that is not said."""
        return self.text("general.architecture") or ""

    def text(self, key: str) -> str | None:
        """Return a text, ``None`` for another type, an empty text and no such key."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) and value else None

    def number(self, key: str) -> int | None:
        """Return a whole number, ``None`` for another type and no such key."""
        value = self.metadata.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def length(self, key: str) -> int | None:
        """Return how many elements a list has, ``None`` for another type and no such key."""
        value = self.metadata.get(key)
        return value.count if isinstance(value, GgufArray) else None

    def own(self, key: str) -> int | None:
        """Return the number of a key of the architecture: ``own("context_length")`` is that of ``llama.context_length``."""
        return self.number(f"{self.architecture}.{key}")

    @property
    def is_quantized(self) -> bool:
        """Whether a matrix is stored in blocks; norms and biases stay whole in every file."""
        return any(tensor.type not in WHOLE for tensor in self.tensors if len(tensor.shape) > 1)
