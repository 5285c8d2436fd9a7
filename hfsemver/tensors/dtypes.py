"""How the bytes of each safetensors dtype are read as numbers, and how numbers are rounded into it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import ml_dtypes
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Little-endian, as the format demands. C64 is read as pairs of F32. F4 and F6 are packed below a byte and stay raw.
_NUMPY: dict[str, np.dtype[np.generic]] = {
    "BOOL": np.dtype("u1"), "U8": np.dtype("u1"), "I8": np.dtype("i1"), "U16": np.dtype("<u2"), "I16": np.dtype("<i2"),
    "U32": np.dtype("<u4"), "I32": np.dtype("<i4"), "U64": np.dtype("<u8"), "I64": np.dtype("<i8"),
    "F16": np.dtype("<f2"), "F32": np.dtype("<f4"), "F64": np.dtype("<f8"), "C64": np.dtype("<f4"),
    "BF16": np.dtype(ml_dtypes.bfloat16),
    "F8_E4M3": np.dtype(ml_dtypes.float8_e4m3fn), "F8_E5M2": np.dtype(ml_dtypes.float8_e5m2),
    "F8_E4M3FNUZ": np.dtype(ml_dtypes.float8_e4m3fnuz), "F8_E5M2FNUZ": np.dtype(ml_dtypes.float8_e5m2fnuz),
    "F8_E8M0": np.dtype(ml_dtypes.float8_e8m0fnu),
}  # fmt: skip

# For each float dtype those that hold fewer values of it, so that a trip through one leaves a trace.
NARROWER: dict[str, tuple[str, ...]] = {
    "F64": ("F32", "BF16", "F16", "F8_E4M3", "F8_E5M2"),
    "F32": ("BF16", "F16", "F8_E4M3", "F8_E5M2"),
    "F16": ("BF16", "F8_E4M3", "F8_E5M2"),
    "BF16": ("F16", "F8_E4M3", "F8_E5M2"),
}

# Formats without infinity: casting a larger number saturates in torch and gives NaN in ml_dtypes, so it is clamped
# first.
_SATURATING = frozenset({"F8_E4M3", "F8_E4M3FNUZ", "F8_E5M2FNUZ"})


def is_decodable(dtype: str) -> bool:
    """Whether ``decode`` can read the dtype; the others can only be compared byte by byte."""
    return dtype in _NUMPY


def numpy_dtype(dtype: str) -> np.dtype[np.generic]:
    """Return the NumPy dtype of one stored element."""
    return _NUMPY[dtype]


def decode(data: bytes, dtype: str) -> NDArray[np.float64]:
    """Return the elements as float64. Exact for every dtype but integers above 2**53."""
    stored = np.frombuffer(data, dtype=_NUMPY[dtype])
    with np.errstate(invalid="ignore"):  # a signalling NaN is a NaN like any other
        if dtype.startswith(("F8", "BF")):
            return stored.astype(np.float32).astype(np.float64)
        return stored.astype(np.float64)


@cache
def _largest(dtype: str) -> float:
    return float(ml_dtypes.finfo(_NUMPY[dtype]).max)  # type: ignore[no-untyped-call]  # ml_dtypes types it nowhere


def rounded(values: NDArray[np.float64], dtype: str) -> NDArray[np.float64]:
    """Return ``values`` rounded to nearest-even into a float ``dtype`` and back to float64.

    Values above the largest number of a dtype without infinity saturate, as torch does.
    """
    if dtype in _SATURATING:
        values = np.clip(values, -_largest(dtype), _largest(dtype))
    with np.errstate(over="ignore", invalid="ignore"):
        # Through float32 first: ml_dtypes casts from there, and float64 values that came from a narrower dtype fit it.
        if dtype in {"F64", "F32", "F16"}:
            return values.astype(_NUMPY[dtype]).astype(np.float64)
        return values.astype(np.float32).astype(_NUMPY[dtype]).astype(np.float32).astype(np.float64)
