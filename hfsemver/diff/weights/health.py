"""Faults in the values of the current release: what no version number makes right."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.diff.weights.echoes import repeated_faults
from hfsemver.diff.weights.tensors import Unread, require_read
from hfsemver.diff.weights.values import HEADERS_ONLY
from hfsemver.tensors.dtypes import is_float

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.weights.depth import Depth
    from hfsemver.diff.weights.reading import WeightSide
    from hfsemver.diff.weights.values import ValuesDiff
    from hfsemver.releases.release import Release
    from hfsemver.tensors import Health

SAMPLED = "only a sample of its values was looked at"

EXPLODED = 1e6
"""Growth of the sum of squares, a thousandfold norm, above which a tensor is taken for broken and not for trained.

A bias that starts at one millionth grows by as much in ordinary training, so its values have to be large as well.
"""


FEW = 32
"""Numbers of which a tensor has to hold as many, before it is strange that all of them are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One tensor and what is wrong with it."""

    tensor: TensorInfo
    kind: str
    problem: str

    @property
    def words(self) -> str:
        """The kind and the problem."""
        return f"{self.kind}: {self.problem}"


@dataclass(frozen=True, kw_only=True)
class HealthDiff:
    """Faults that the baseline did not have, and files that could not be looked at."""

    faults: tuple[Fault, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def tensors(self) -> frozenset[tuple[str, str]]:
        """The tensors at fault, by file and name."""
        return frozenset((fault.tensor.file, fault.tensor.name) for fault in self.faults)

    def require_complete(self) -> None:
        """Raise ``EvidenceMissing`` when some values could not be looked at."""
        require_read(self.unread)


def compare_health(baseline: Release | None, side: WeightSide, values: ValuesDiff, depth: Depth) -> HealthDiff:
    """Look for NaN, infinities and tensors that turned constant or exploded.

    A tensor that the baseline has too is judged against it; a new one, and every one of a first release, on its own.
    """
    faults: list[Fault] = []
    for seen in values.tensors:
        if seen.measure is not None and not seen.measure.sampled:
            old, new = seen.measure.baseline_health, seen.measure.current_health
            faults.extend(Fault(tensor=seen.pair.new, kind=k, problem=p) for k, p in _problems(old, new, seen.pair.new))
    unread = _not_looked_at(baseline, side.release, values)
    compared = {(v.pair.new.file, v.pair.new.name) for v in (*values.tensors, *values.echoes)}
    lone = [
        tensor
        for weight_set in side.release.weights.sets.values()
        for tensor in weight_set.tensors.values()
        if (tensor.file, tensor.name) not in compared and tensor.file not in unread
    ]
    if not depth.reads_values:
        reason = SAMPLED if depth.looks_at_values else HEADERS_ONLY
        unread |= {tensor.file: Unread(file=tensor.file, reason=reason, differs=False) for tensor in lone}
        lone = []
    for tensor, health in zip(lone, side.healths(lone), strict=True):
        if health is not None:
            faults.extend(Fault(tensor=tensor, kind=k, problem=p) for k, p in _problems(None, health, tensor))
    faults.sort(key=lambda fault: (fault.tensor.file, fault.tensor.name, fault.problem))
    echoes = repeated_faults([(f.tensor, f.words) for f in faults], side.release.weights)
    told = tuple(fault for fault in faults if (fault.tensor, fault.words) not in echoes)
    return HealthDiff(faults=told, unread=tuple(unread[file] for file in sorted(unread)))


def _not_looked_at(baseline: Release | None, current: Release, values: ValuesDiff) -> dict[str, Unread]:
    """Return the files of the current release whose values were not all seen, by path."""
    unread = {u.file: u for u in values.unread if not u.here}
    for seen in values.tensors:
        if seen.measure is not None and seen.measure.sampled:
            unread[seen.pair.new.file] = Unread(file=seen.pair.new.file, reason=SAMPLED, differs=True)
    for weight_set in current.weights.sets.values() if baseline is None else ():
        for file in weight_set.pointers:
            unread[file] = Unread(file=file, reason="only its LFS pointer is here", differs=False)
    return unread


def _problems(old: Health | None, new: Health, tensor: TensorInfo) -> Iterator[tuple[str, str]]:
    # More of them than before is another fault, whatever the baseline was let out with.
    if new.nan > (old.nan if old else 0):
        yield "not finite", f"{new.nan} of {tensor.count} values are NaN"
    if new.infinite > (old.infinite if old else 0) and not new.is_mask:
        yield "not finite", f"{new.infinite} of {tensor.count} values are infinite"
    # Zeros of integers are zero points, counters and masks; a few numbers may all be the same by right.
    if old is None or not is_float(tensor.dtype):
        return
    if tensor.count >= FEW and new.is_constant and (not old.is_constant or (new.is_zero and not old.is_zero)):
        yield "constant", f"every value is {new.constant or 0.0:.6g} now"
    if old.squares and new.squares > max(EXPLODED * old.squares, tensor.count):
        growth = (new.squares / old.squares) ** 0.5
        told = f"{growth:.3g}-fold" if math.isfinite(growth) else "beyond what a double can hold"
        yield "exploded", f"its norm grew {told}"
