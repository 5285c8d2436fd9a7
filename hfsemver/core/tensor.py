"""What a header says about one tensor; no values."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

# Bits per element, https://github.com/huggingface/safetensors/blob/main/safetensors/src/tensor.rs (Dtype::bitsize).
DTYPE_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "U16": 16, "I16": 16, "U32": 32, "I32": 32, "U64": 64, "I64": 64,
    "F16": 16, "BF16": 16, "F32": 32, "F64": 64, "C64": 64,
    "F8_E4M3": 8, "F8_E5M2": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "F8_E8M0": 8,
    "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4,
}  # fmt: skip

# Dtypes that hold packed or scaled values: reading them takes special kernels, so becoming one is a new contract.
PACKED_DTYPES = frozenset({
    "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F8_E8M0", "F6_E2M3", "F6_E3M2", "F4",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorInfo:
    """One entry of a safetensors header.

    ``data_offsets`` are byte offsets in ``file``, counted from the start of the file. An empty ``dtype`` says that the
    name alone is known, from an index whose shard is not here.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    file: str = ""
    data_offsets: tuple[int, int] = (0, 0)

    def __str__(self) -> str:
        if not self.dtype:
            return "known by name only"
        return f"{self.dtype}[{','.join(map(str, self.shape))}]"

    @property
    def count(self) -> int:
        """Number of elements."""
        return prod(self.shape)

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self.data_offsets[1] - self.data_offsets[0]
