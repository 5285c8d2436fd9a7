"""One pass over a chunk of values: what is asked, and what it answers."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from hfsemver.tensors.dtypes import NARROWER

if TYPE_CHECKING:
    from array import array

    Buffer: TypeAlias = bytes | bytearray | memoryview
    # NaN, infinite, variety (0 no finite element, 1 all the same, 2 several), first finite element, sum of squares.
    Side: TypeAlias = tuple[int, int, int, float, float]
    # Changed elements; squares of baseline, current and difference, product, largest difference; ways left; both sides;
    # 128 bytes of sums over the bytes of current.
    Comparison: TypeAlias = tuple[int, tuple[float, float, float, float, float], int, Side, Side, bytes]

BLOCK: Final = 4096
"""Elements that are added up in single precision, in lanes, before double takes over."""

ROW: Final = 1024
"""Sums of a sketch, and elements that go to one of them each."""


class Ways(IntFlag):
    """How every element of current may follow from baseline: by a cast forth or back, or by a trip through a dtype."""

    FORTH = 1
    BACK = 2
    THROUGH_F32 = 4
    THROUGH_BF16 = 8
    THROUGH_F16 = 16
    THROUGH_E4M3 = 32
    THROUGH_E5M2 = 64


THROUGH: Final = {
    "F32": Ways.THROUGH_F32, "BF16": Ways.THROUGH_BF16, "F16": Ways.THROUGH_F16,
    "F8_E4M3": Ways.THROUGH_E4M3, "F8_E5M2": Ways.THROUGH_E5M2,
}  # fmt: skip


def ways_through(dtype: str) -> int:
    """Return the trips through narrower dtypes that are to be tried on a tensor of this one."""
    return sum(THROUGH[narrow] for narrow in NARROWER.get(dtype, ()))


class Passes(Protocol):
    """Dtypes go by their numbers (``dtypes.code``); chunks hold whole elements, all but the last a multiple of ``BLOCK``."""

    @property
    def name(self) -> str:
        """The vector width in use, or ``numpy``."""
        ...

    def compare(self, baseline: Buffer, current: Buffer, old: int, new: int, ways: int) -> Comparison:
        """Compare as many elements on both sides; sums leave out elements that are not finite on one of them."""
        ...

    def examine(self, tensor: Buffer, dtype: int) -> Side:
        """Look at one tensor."""
        ...

    def is_equal(self, baseline: Buffer, current: Buffer) -> bool:
        """Whether two runs of bytes are the same."""
        ...

    def sketch(self, tensor: Buffer, dtype: int, first_row: int, seed: int, sums: array[float]) -> None:
        """Add elements under random signs to ``ROW`` doubles; ``first_row`` counts rows before this chunk."""
        ...
