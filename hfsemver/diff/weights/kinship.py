"""Whether the weights of one release descend from those of the other: what their matrices say together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hfsemver.tensors import Estimate, median_of
from hfsemver.tensors.bands import MATRIX_ELEMENTS, unrelated_below

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hfsemver.diff.weights.tensor_values import TensorValues
    from hfsemver.diff.weights.tensors import TensorPair

_MATRIX: Final = 2

_FIRST_FACTORS: Final = frozenset({"lora_A", "lora_down"})
"""What libraries call the factor of a low-rank adapter that starts at random."""
_FACTORS: Final = _FIRST_FACTORS | {
    "lora_B",
    "lora_up",
    "lora_embedding_A",
    "lora_embedding_B",
    "lora_magnitude_vector",
}

_TELLING: Final = ("F", "BF", "I8", "I16")
"""Dtypes whose numbers lie on both sides of zero; in wider integers and those without a sign several are packed."""

# What quantised weights are scaled with: of one sign, so that any two of them look alike.
_SCALE: Final = re.compile(r"(?:.*_)?(?:scales?|scale_inv|q?zeros?|zero_points?|(?:nested_)?absmax|quant_map|g_idx)")


@dataclass(frozen=True, kw_only=True)
class Kinship:
    """The cosines of matrices to the baseline, those of an adapter's first factors alone; unchanged ones count as 1.

    ``unknown`` matrices are on both sides and could not be judged: they may turn the median, so they count as the worst.
    """

    cosines: tuple[Estimate, ...] = ()
    unknown: int = 0
    is_adapter: bool = False

    @cached_property
    def median(self) -> Estimate | None:
        """Median cosine over the matrices that were judged; ``None`` without one."""
        return median_of(self.cosines)

    @property
    def below(self) -> float:
        """How far from zero the median cosine has to lie for the releases to be related."""
        return unrelated_below(adapter=self.is_adapter)

    @property
    def is_none(self) -> bool:
        """Whether the releases share nothing, whatever the matrices hold that could not be judged.

        A cosine of -1 is no chance: those are the baseline's values with another sign.
        """
        worst = self._worst
        return worst is not None and -self.below < worst.low and worst.high < self.below

    @property
    def is_unsure(self) -> bool:
        """Whether the interval of the median, or matrices that could not be judged, leave it open."""
        worst = self._worst
        if worst is None:
            return self.unknown > 0
        return not self.is_none and worst.low < self.below and worst.high > -self.below

    @cached_property
    def _worst(self) -> Estimate | None:
        return median_of(self.cosines, self.unknown)


def kinship_of(seen: Iterable[TensorValues], unjudged: Iterable[tuple[TensorPair, str]], hidden: int) -> Kinship:
    """Gather the matrices that tell; ``unjudged`` pairs come with the name of their network, ``hidden`` tensors were never seen.

    A pickle that was left as it was beside other safetensors, or the other way round, vouches for nothing: of several
    networks the one that went furthest counts.
    """
    known, missing = tuple(seen), tuple(unjudged)
    pairs = [*(values.pair for values in known), *(pair for pair, _ in missing)]
    adapter = _is_adapter([pair.name for pair in pairs])
    cosines: dict[str, list[Estimate]] = {}
    unknown = {"": hidden}
    for values in known:
        if _tells(values.pair, adapter=adapter, same=values.is_same):
            cosine = _cosine(values)
            if cosine is None:
                unknown[values.network] = unknown.get(values.network, 0) + 1
            else:
                cosines.setdefault(values.network, []).append(cosine)
    for pair, network in missing:
        unknown[network] = unknown.get(network, 0) + _tells(pair, adapter=adapter, same=False)
    found = [
        Kinship(cosines=tuple(cosines.get(network, ())), unknown=unknown.get(network, 0), is_adapter=adapter)
        for network in sorted(cosines.keys() | unknown.keys())
    ]
    return min(found, key=_closeness, default=Kinship(is_adapter=adapter))


def _closeness(kinship: Kinship) -> tuple[bool, bool, float]:
    """Order networks by how little they have in common with the baseline, what is open behind what is known."""
    middle = kinship.median.value if kinship.median is not None else 1.0
    return (not kinship.is_none, not kinship.is_unsure, middle)


def _is_adapter(names: Iterable[str]) -> bool:
    """Whether these are factors of low-rank adapters without the matrices that they adapt, whatever else was saved beside them."""
    here = frozenset(names)
    for name in here:
        parts = name.split(".")
        at = next((place for place, part in enumerate(parts) if part in _FIRST_FACTORS), None)
        if at is not None:
            owner = ".".join(parts[:at])
            if f"{owner}.weight" not in here and f"{owner}.base_layer.weight" not in here:
                return True
    return False


def _tells(pair: TensorPair, *, adapter: bool, same: bool) -> bool:
    """Whether a tensor can tell related from unrelated: norms and biases look alike in any two releases.

    Kernels of convolutions and stacks of experts are matrices too, or a network of little else could not be judged. Packed
    numbers tell when they are the same.
    """
    parts = pair.name.split(".")
    if sum(size > 1 for size in pair.new.shape) < _MATRIX or pair.new.count < MATRIX_ELEMENTS:
        return False
    if adapter:
        return not _FIRST_FACTORS.isdisjoint(parts)
    if not _FACTORS.isdisjoint(parts) or _SCALE.fullmatch(parts[-1]):
        return False
    return same or all(side.dtype.startswith(_TELLING) for side in (pair.old, pair.new))


def _cosine(values: TensorValues) -> Estimate | None:
    measure = values.measure
    if measure is None or values.is_same:
        return Estimate.exact(1.0)
    if measure.apart is not None and measure.apart.cosine is not None:
        return measure.apart.cosine
    # A matrix that became or was zero has no direction, and nothing speaks against it; other numbers were not measured.
    return Estimate.exact(1.0) if measure.baseline_health.is_zero or measure.current_health.is_zero else None
