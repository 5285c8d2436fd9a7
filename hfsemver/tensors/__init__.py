"""Floor 1a: what the values of tensors say. Knows bytes and dtypes; no file, no release, no rule.

``measure`` compares two tensors in fixed windows, ``band_of`` names the result, ``examine`` looks at one alone.
Everything above asks through these three, so that a faster engine can take their place.
"""

from hfsemver.tensors.bands import Band, band_of
from hfsemver.tensors.measure import Health, Measure, TensorBytes, examine, fingerprint, measure

__all__ = ["Band", "Health", "Measure", "TensorBytes", "band_of", "examine", "fingerprint", "measure"]
