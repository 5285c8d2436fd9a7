"""Figures within intervals: the median of many holds what is true, however the true figures are spread."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hfsemver.tensors import Estimate, median_of
from hfsemver.tensors.estimate import Z

SPREADS = {
    "all at zero": ((0.0, 1.0),),
    "three fifths begun anew, the others trained hard": ((0.0, 0.6), (0.9, 0.4)),
    "three fifths begun anew, the others trained harder": ((0.0, 0.6), (0.3, 0.4)),
    "just more than half far off": ((0.2, 0.51), (0.0, 0.49)),
    "most just apart, the others turned around": ((0.1, 0.6), (-0.6, 0.4)),
    "some as they were": ((1.0, 0.45), (0.5, 0.1), (0.0, 0.45)),
    "many as they were, others hardly related": ((1.0, 0.3), (0.1, 0.25), (0.0, 0.45)),
}


def estimated(cosine: float, sums: int, random: np.random.Generator) -> Estimate:
    """What a sketch of so many sums tells of a cosine; of matrices that are the same it tells all."""
    if cosine == 1.0:
        return Estimate.exact(cosine)
    value = cosine + random.normal() * math.sqrt((1 + cosine**2) / sums)
    doubt = Z * math.sqrt((1 + value**2) / sums)
    return Estimate(value=min(1.0, value), low=max(-1.0, value - doubt), high=min(1.0, value + doubt))


@pytest.mark.parametrize("count", [3, 40, 300])
@pytest.mark.parametrize("sums", [16, 64, 256])
@pytest.mark.parametrize("spread", SPREADS.values(), ids=SPREADS)
def test_the_median_lies_in_its_interval(spread: tuple[tuple[float, float], ...], sums: int, count: int) -> None:
    """Noise moves the median of figures that lie to one side, and many of them do not make that smaller."""
    random = np.random.default_rng(count + sums)
    places = np.repeat([place for place, _ in spread], [max(round(share * count), 1) for _, share in spread])
    truth, inside = float(np.median(places)), 0
    for _ in range(100):
        found = median_of([estimated(float(place), sums, random) for place in places])
        assert found is not None
        assert found.low <= found.value <= found.high
        inside += found.low <= truth <= found.high

    assert inside >= 94


@pytest.mark.parametrize(("sums", "count"), [(1024, 60), (512, 150), (256, 300), (128, 800)])
def test_the_median_of_alike_figures_is_known_closer_than_each(sums: int, count: int) -> None:
    """So that a surface can call another model another model: within a twenty-fifth of zero."""
    random = np.random.default_rng(1)
    sure = 0
    for _ in range(40):
        found = median_of([estimated(0.0, sums, random) for _ in range(count)])
        assert found is not None
        sure += -0.04 < found.low and found.high < 0.04

    assert sure >= 24


def test_unknown_figures_may_be_anything() -> None:
    """As many as the others leave nothing known of the median."""
    figures = [Estimate.exact(0.0)] * 3

    assert median_of(figures, 2) == Estimate.exact(0.0)
    assert median_of(figures, 4) == Estimate(value=0.0, low=-1.0, high=1.0)
