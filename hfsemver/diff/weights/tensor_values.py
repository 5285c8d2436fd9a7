"""What was seen of the values of one tensor that both sides have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfsemver.diff.weights.tensors import TensorPair
    from hfsemver.tensors import Band, Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorValues:
    """One tensor whose values were looked at: its band and, unless a digest settled it, its measure."""

    pair: TensorPair
    band: Band
    measure: Measure | None = None
    network: str = ""
    """The set of pickles that it lies in: a network of its own beside the one in safetensors, which has no name here."""

    @property
    def is_same(self) -> bool:
        """Whether both sides hold the same bytes."""
        return self.measure is None or self.measure.is_equal
