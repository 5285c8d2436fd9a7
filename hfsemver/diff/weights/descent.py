"""Whether weights can have been made from those of a base that lies on a Hub, by small pieces of matrices that both have.

Who trains goes on from the values of the base, so that the cosine of any large piece stays far from zero; between models that
share nothing it lies within hundredths of it (``benchmarks/calibrate_unrelated.py``, docs/weights.md).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing, FormatError, SourceError
from hfsemver.core.escape import clipped
from hfsemver.diff.weights.kinship import Kinship
from hfsemver.diff.weights.reading import WeightSide
from hfsemver.tensors import Estimate, Measure, measure_all
from hfsemver.tensors.bands import MATRIX_ELEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.releases.release import Release
    from hfsemver.tensors import TensorBytes

MATRICES: Final = 24
"""So many matrices are looked at, spread over the network by their names."""
FEWEST: Final = 8
PIECE: Final = 256 << 10
"""Bytes of each of them, from its first row on: the cosine of 65,000 numbers that have nothing in common scatters by 0.004."""
_MATRIX: Final = 2
_FLOATS: Final = frozenset({"F64", "F32", "F16", "BF16"})
_NUMBER: Final = re.compile(r"(?<=\.)\d+(?=\.)")


def nothing_in_common(side: WeightSide, base: Release) -> str | None:
    """Return what shows that the weights were not made from those of ``base``; ``None`` where they may have been.

    That is so too where fewer than half of the matrices, or fewer than eight, are in the base under the same name and in the
    same shape: a library may have renamed or cut them; and where one has layers or experts that the other lacks, for whoever
    takes some out numbers the others anew. Raises ``EvidenceMissing`` where bytes of either side are not here, and where the
    base cannot be read; a malformed file of the release itself is its own ``FormatError``.
    """
    own = _matrices(side.release)
    try:
        theirs = _matrices(base)
        shared = [name for name in sorted(own) if name in theirs and theirs[name].shape == own[name].shape]
        if len(shared) < max(FEWEST, len(own) / 2):
            return None
        if _is_cut(own, theirs):
            return None
        chosen = (
            [shared[place * len(shared) // MATRICES] for place in range(MATRICES)] if len(shared) > MATRICES else shared
        )
        other = WeightSide(base)
        pieces = ((_piece(other, theirs[name]), _piece(side, own[name])) for name in chosen)
        measures = [*measure_all(pieces)]
    except (FormatError, SourceError) as error:
        fault = f"cannot be read, so whether it is the base is not known: {clipped(str(error), 200)}"
        raise EvidenceMissing(base.ref, fault, hint=error.hint) from error
    return _told(measures, base)


def _matrices(release: Release) -> Mapping[str, TensorInfo]:
    return {
        tensor.name: tensor
        for one in release.weights.safe
        if "/" not in one.name
        for tensor in one.tensors.values()
        if tensor.dtype in _FLOATS and len(tensor.shape) == _MATRIX and tensor.count >= MATRIX_ELEMENTS
    }


def _is_cut(own: Mapping[str, TensorInfo], theirs: Mapping[str, TensorInfo]) -> bool:
    """Whether one side has more layers, or experts of a layer, than the other, so that the same number may be another one."""
    ours, others = _numbers(own), _numbers(theirs)
    return any(ours[front] != others[front] for front in ours.keys() & others.keys())


def _numbers(names: Iterable[str]) -> Mapping[str, set[str]]:
    """Return the numbers in names by what stands in front of them."""
    found: dict[str, set[str]] = {}
    for name in names:
        for match in _NUMBER.finditer(name):
            found.setdefault(name[: match.start()], set()).add(match[0])
    return found


def _piece(side: WeightSide, tensor: TensorInfo) -> TensorBytes:
    rows = max(1, PIECE * tensor.shape[0] // max(tensor.size, 1))
    return side.stored(tensor, rows, in_part=True)


def _told(measures: list[Measure | EvidenceMissing], base: Release) -> str | None:
    cosines = []
    for measure in measures:
        if isinstance(measure, EvidenceMissing):
            raise measure
        apart = measure.apart
        cosine = Estimate.exact(1.0) if measure.is_equal else None if apart is None else apart.cosine
        if cosine is not None:
            cosines.append(cosine)
    kinship = Kinship(cosines=tuple(cosines), unknown=len(measures) - len(cosines))
    if kinship.median is None or not kinship.is_none:
        return None
    return f"the weights have nothing in common with those of {base.ref}: median cosine {kinship.median.value:.3f} over {len(cosines)} matrices"
