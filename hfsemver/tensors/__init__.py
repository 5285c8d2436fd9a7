"""Floor 1a: what the values of tensors say. Knows bytes and dtypes; no file, no release, no rule.

``measure_all`` compares pairs of tensors in fixed windows, ``examine_all`` looks at tensors alone, ``fingerprint_all`` and
``equal_all`` tell equal ones; each takes as many as there are and answers in their order. ``band_of`` names a result. Everything above asks
through these five.
"""

from hfsemver.tensors.bands import Band, band_of
from hfsemver.tensors.engine import equal_all, examine_all, fingerprint_all, measure_all
from hfsemver.tensors.measure import Health, Measure
from hfsemver.tensors.stored import TensorBytes

__all__ = [
    "Band",
    "Health",
    "Measure",
    "TensorBytes",
    "band_of",
    "equal_all",
    "examine_all",
    "fingerprint_all",
    "measure_all",
]
