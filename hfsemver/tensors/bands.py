"""Name what a measure shows. Exact tests first; statistics only where nothing exact exists.

A norm cannot tell a re-save from a light fine-tune: rounding to bfloat16 moves a tensor by about 0.2 % in relative L2,
and a fine-tune at a learning rate of 5e-6 moves it by about as much. So a band is decided element by element.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfsemver.tensors.measure import Measure

UNRELATED_COSINE = 0.04
"""A release whose median cosine to the baseline, over its matrices, is nearer to zero than this is another model.

Calibrated: unrelated pairs lie within 0.02 of zero and related ones above 0.08. ``docs/weights.md`` has the figures.
"""

UNRELATED_ADAPTER_COSINE = 0.15
"""The same for low-rank adapters, over their first factors: unrelated ones lie within 0.09 of zero, related ones above 0.37.

The first factor starts at random and hardly leaves its start. The second starts at zero and has few directions: two
unrelated ones may point anywhere.
"""

MATRIX_ELEMENTS = 1024
"""Smaller matrices say too little: the cosine of independent ones scatters by more than 0.03."""


class Band(IntEnum):
    """How the values of one tensor changed, from not at all to anyhow."""

    IDENTICAL = 0
    RECAST = 1
    ROUNDTRIP = 2
    UPDATED = 3

    @property
    def word(self) -> str:
        """The name in reports."""
        return self.name.lower()


def unrelated_below(*, adapter: bool) -> float:
    """Return how far from zero the median cosine of related releases lies at least."""
    return UNRELATED_ADAPTER_COSINE if adapter else UNRELATED_COSINE


def band_of(measure: Measure, baseline_dtype: str, current_dtype: str) -> Band:
    """Return the band of one tensor that kept its shape."""
    if baseline_dtype != current_dtype:
        return Band.RECAST if measure.recast else Band.UPDATED
    if measure.is_equal:
        return Band.IDENTICAL
    return Band.ROUNDTRIP if measure.through else Band.UPDATED
