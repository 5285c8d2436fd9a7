"""The bytes of a dtype as numbers in NumPy, and numbers rounded into a dtype."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import ml_dtypes
import numpy as np

from hfsemver.tensors.dtypes import is_narrow

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Little-endian, as the format demands; C64 is read as pairs of F32.
_NUMPY: dict[str, np.dtype[np.generic]] = {
    "BOOL": np.dtype("u1"), "U8": np.dtype("u1"), "I8": np.dtype("i1"), "U16": np.dtype("<u2"), "I16": np.dtype("<i2"),
    "U32": np.dtype("<u4"), "I32": np.dtype("<i4"), "U64": np.dtype("<u8"), "I64": np.dtype("<i8"),
    "F16": np.dtype("<f2"), "F32": np.dtype("<f4"), "F64": np.dtype("<f8"), "C64": np.dtype("<f4"),
    "BF16": np.dtype(ml_dtypes.bfloat16),
    "F8_E4M3": np.dtype(ml_dtypes.float8_e4m3fn), "F8_E5M2": np.dtype(ml_dtypes.float8_e5m2),
    "F8_E4M3FNUZ": np.dtype(ml_dtypes.float8_e4m3fnuz), "F8_E5M2FNUZ": np.dtype(ml_dtypes.float8_e5m2fnuz),
    "F8_E8M0": np.dtype(ml_dtypes.float8_e8m0fnu),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FloatFormat:
    """Bits of the mantissa, exponent of the smallest normal number, largest number, and what a larger one becomes.

    A format without infinity saturates: torch 2.13 does so for F8_E4M3, and who casts to the others has to clamp first,
    because a cast alone makes NaN of what is too large.
    """

    mantissa: int
    lowest: int
    largest: float
    beyond: float


FORMATS: Final = {
    "F32": FloatFormat(23, -126, float.fromhex("0x1.fffffep127"), np.inf),
    "BF16": FloatFormat(7, -126, float.fromhex("0x1.fep127"), np.inf),
    "F16": FloatFormat(10, -14, 65504.0, np.inf),
    "F8_E4M3": FloatFormat(3, -6, 448.0, 448.0),
    "F8_E5M2": FloatFormat(2, -14, 57344.0, np.inf),
    "F8_E4M3FNUZ": FloatFormat(3, -7, 240.0, 240.0),
    "F8_E5M2FNUZ": FloatFormat(2, -15, 57344.0, 57344.0),
}


def decode(data: bytes | bytearray | memoryview, dtype: str) -> NDArray[np.float32] | NDArray[np.float64]:
    """Return the elements as float32 where it holds all of them, else as float64: exact but for integers above 2**53."""
    stored = np.frombuffer(data, dtype=_NUMPY[dtype])
    with np.errstate(invalid="ignore"):  # a signalling NaN is a NaN like any other
        return stored.astype(np.float32) if is_narrow(dtype) else stored.astype(np.float64)


def widened(values: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the same numbers as float64."""
    with np.errstate(invalid="ignore"):  # a signalling NaN is a NaN like any other
        return values.astype(np.float64)


def encoded(data: memoryview, dtype: str, other: str, by_way: str = "") -> bytes | None:
    """Return numbers rounded into another dtype, perhaps by way of a third.

    ``None`` where that is no float and one of them is no number of it.
    """
    values = widened(decode(data, dtype))
    near = rounded(rounded(values, by_way), other)
    with np.errstate(invalid="ignore", over="ignore"):
        stored = (near.astype(np.float32) if is_narrow(other) else near).astype(_NUMPY[other])
        if other not in FORMATS and not np.array_equal(stored.astype(np.float64), values, equal_nan=True):
            return None
        return stored.tobytes()


def rounded(values: NDArray[np.float64], dtype: str) -> NDArray[np.float64]:
    """Return ``values`` rounded to nearest-even into a float ``dtype`` and back to float64.

    Values above the largest number of a dtype without infinity saturate. F64 and powers of two (F8_E8M0) stay as they are.
    """
    form = FORMATS.get(dtype)
    if form is None:
        return values
    exponent = ((values.view(np.uint64) >> np.uint64(52)) & np.uint64(0x7FF)).astype(np.int64) - 1023
    shift = form.mantissa - np.maximum(exponent, form.lowest)
    whole = 1.5 * 2.0**52  # adding and taking away a number this large leaves no room for a fraction
    with np.errstate(over="ignore", invalid="ignore"):
        near = ((values * _power_of_two(shift) + whole) - whole) * _power_of_two(-shift)
        near = np.copysign(near, values)  # also of zero, whose sign the sum lost
        return np.where(np.abs(near) > form.largest, np.copysign(form.beyond, near), near)


def _power_of_two(exponent: NDArray[np.int64]) -> NDArray[np.float64]:
    return ((exponent + 1023) << 52).view(np.float64)
