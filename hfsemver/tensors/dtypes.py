"""Dtypes of safetensors as the passes know them: numbers, widths, and which of them holds less than another."""

from __future__ import annotations

import math
from typing import Final

from hfsemver.core.tensor import DTYPE_BITS

COMPLEX: Final = "C64"

# A complex number is read as two. F4 and F6 are packed below a byte and stay raw.
_STORED_AS = {"BOOL": "U8", COMPLEX: "F32"}

# What single precision does not hold in full.
_WIDE = frozenset({"F64", "I32", "U32", "I64", "U64"})

# The numbers of the dtypes in native/kernel.h, in its order.
_CODES = (
    "U8", "I8", "U16", "I16", "F16", "BF16", "F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F8_E8M0",
    "F32", "F64", "I32", "U32", "I64", "U64",
)  # fmt: skip

# For each float dtype those that hold fewer values of it, so that a trip through one leaves a trace.
NARROWER: dict[str, tuple[str, ...]] = {
    "F64": ("F32", "BF16", "F16", "F8_E4M3", "F8_E5M2"),
    "F32": ("BF16", "F16", "F8_E4M3", "F8_E5M2"),
    "F16": ("BF16", "F8_E4M3", "F8_E5M2"),
    "BF16": ("F16", "F8_E4M3", "F8_E5M2"),
}


def holds_all(dtype: str, other: str) -> bool:
    """Whether a float dtype holds every value of another one, so that a cast into it changes none."""
    return other in NARROWER.get(dtype, ()) and {dtype, other} != {"F16", "BF16"}


def is_decodable(dtype: str) -> bool:
    """Whether its elements can be read as numbers; those of others can only be compared byte by byte."""
    return _STORED_AS.get(dtype, dtype) in _CODES


def is_float(dtype: str) -> bool:
    """Whether the dtype holds floating-point numbers, so that others can be rounded into it."""
    return dtype.startswith(("F", "BF"))


def pair_up(baseline: str, current: str) -> bool:
    """Whether elements of the two can be set against each other as numbers; one complex number is two, and no other is."""
    return is_decodable(baseline) and is_decodable(current) and (baseline == COMPLEX) == (current == COMPLEX)


def numbers(dtype: str, shape: tuple[int, ...]) -> int:
    """Return how many numbers a tensor holds: its elements, and two for each that is complex."""
    return math.prod(shape) * (2 if dtype == COMPLEX else 1)


def width(dtype: str) -> int:
    """Return the bytes of one stored element; a complex number counts as two."""
    return DTYPE_BITS[_STORED_AS.get(dtype, dtype)] // 8


def code(dtype: str) -> int:
    """Return the number of the dtype in the compiled kernel."""
    return _CODES.index(_STORED_AS.get(dtype, dtype))


def dtype_of(number: int) -> str:
    """Return the dtype of a number of the compiled kernel."""
    return _CODES[number]


def is_narrow(dtype: str) -> bool:
    """Whether single precision holds every value of the dtype."""
    return dtype not in _WIDE
