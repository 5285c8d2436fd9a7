"""Floor 1a: what the values of tensors say. Knows bytes and dtypes; no file, no release, no rule.

``measure_all`` compares pairs of tensors in fixed windows, ``examine_all`` looks at tensors alone, ``fingerprint_all`` and
``equal_all`` tell equal ones; each takes as many as there are and answers in their order. ``band_of`` names a result. Where one side is gone, ``sketch_all``
and ``measured`` compare with what was kept of it.
"""

from hfsemver.tensors.bands import Band, band_of
from hfsemver.tensors.engine import equal_all, examine_all, fingerprint_all, measure_all
from hfsemver.tensors.estimate import Distance, Estimate, joined, median_of
from hfsemver.tensors.measure import Health, Measure
from hfsemver.tensors.sample import Sample, sample_all
from hfsemver.tensors.sketch import Sketch, folded, measured, rounded_into_all, seed_of, sketch_all
from hfsemver.tensors.stored import TensorBytes

__all__ = [
    "Band",
    "Distance",
    "Estimate",
    "Health",
    "Measure",
    "Sample",
    "Sketch",
    "TensorBytes",
    "band_of",
    "equal_all",
    "examine_all",
    "fingerprint_all",
    "folded",
    "joined",
    "measure_all",
    "measured",
    "median_of",
    "rounded_into_all",
    "sample_all",
    "seed_of",
    "sketch_all",
]
