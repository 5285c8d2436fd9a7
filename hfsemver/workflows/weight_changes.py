"""List what differs in the weights: tensors in groups that changed alike, values with figures for the largest changes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from hfsemver.core.change import Change, ChangeKind
from hfsemver.core.location import Location
from hfsemver.diff.weights.folding import fold, fold_pairs
from hfsemver.reports.figures import figure
from hfsemver.reports.lines import count
from hfsemver.tensors import Band

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.diff.weights.folding import TensorGroup
    from hfsemver.diff.weights.tensor_values import TensorValues
    from hfsemver.diff.weights.tensors import Claimed, TensorPair
    from hfsemver.releases.release import Release

MEASURED: Final = 10
"""Tensors that are told one by one, with figures; the others are folded."""


def tensor_changes(diff: ReleaseDiff) -> Iterator[Change]:
    """Yield what became of tensors, one entry for all that changed alike."""
    tensors = diff.tensors
    for words, groups in (
        ("added", fold((None, tensor) for tensor in tensors.added)),
        ("removed", fold((tensor, None) for tensor in tensors.removed)),
        ("reshaped", fold_pairs(tensors.reshaped)),
        ("stored in another dtype", fold_pairs(tensors.recast)),
        ("packed", fold_pairs(tensors.packed)),
    ):
        for group in groups:
            yield _tensors(group, words)
    for words, pairs in (("renamed", tensors.renamed), ("renamed as its library does", tensors.respelled)):
        yield from _renamed(pairs, words)
    for claimed in tensors.claimed:
        for group in fold(_sides(diff, claimed)):
            what = "added" if group.old == "-" else "removed" if group.new == "-" else "changed"
            yield _tensors(group, f"{what}, which {claimed.cause} explains")


def _tensors(group: TensorGroup, words: str) -> Change:
    return Change(
        kind=ChangeKind.TENSORS,
        location=group.location,
        words=_counted(group, words),
        baseline="" if group.old == "-" else group.old,
        current="" if group.new == "-" else group.new,
    )


def _counted(group: TensorGroup, words: str) -> str:
    return words if len(group.names) == 1 else f"{count(len(group.names), 'tensor')} {words}"


def _renamed(pairs: Iterable[TensorPair], words: str) -> Iterator[Change]:
    """Tell old names beside new ones: a group of new names may come from several patterns of old ones."""
    groups: dict[tuple[str, str], list[TensorPair]] = {}
    for pair in pairs:
        (old,), (new,) = fold([(pair.old, None)]), fold([(None, pair.new)])
        groups.setdefault((old.pattern, new.pattern), []).append(pair)
    for (old_pattern, new_pattern), found in sorted(groups.items(), key=lambda group: group[0]):
        first = min(found, key=lambda pair: pair.name)
        alone = len(found) == 1
        yield Change(
            kind=ChangeKind.TENSORS,
            location=Location(file=first.new.file, pointer=first.name if alone else new_pattern),
            words=words if alone else f"{count(len(found), 'tensor')} {words}",
            baseline=first.old.name if alone else old_pattern,
            current=first.name if alone else new_pattern,
        )


def _sides(diff: ReleaseDiff, claimed: Claimed) -> Iterator[tuple[TensorInfo | None, TensorInfo | None]]:
    for name in claimed.tensors:
        old = None if diff.baseline is None else _find(diff.baseline, claimed.weight_set, name)
        new = _find(diff.current, claimed.weight_set, name)
        yield old, new


def _find(release: Release, weight_set: str, name: str) -> TensorInfo | None:
    """Look a tensor up in its set; where the set had another name, in the only one that holds such a tensor."""
    sets = release.weights.sets
    wanted = [sets[weight_set]] if weight_set in sets else list(sets.values())
    found = [tensor for one in wanted if (tensor := one.tensors.get(name)) is not None]
    return found[0] if len(found) == 1 else None


def value_changes(diff: ReleaseDiff) -> Iterator[Change]:
    """Yield tensors whose values changed, the largest changes first; one that was only recast is told as a tensor."""
    changed = [v for v in diff.values.tensors if v.band not in (Band.IDENTICAL, Band.RECAST)]
    changed.sort(key=lambda values: (-_distance(values), values.pair.new.file, values.pair.name))
    for values in changed[:MEASURED]:
        yield Change(
            kind=ChangeKind.VALUES,
            location=Location(file=values.pair.new.file, pointer=values.pair.name),
            words=f"{values.band.word}{_figures(values)}",
        )
    for band in Band:
        for group in fold_pairs(values.pair for values in changed[MEASURED:] if values.band is band):
            yield Change(kind=ChangeKind.VALUES, location=group.location, words=_counted(group, band.word))
    for unread in diff.values.unread:
        yield Change(kind=ChangeKind.UNKNOWN, location=Location(file=unread.file), words=unread.reason)


def _distance(values: TensorValues) -> float:
    """Return ||current - baseline|| / ||baseline||; what has no such figure comes first, because nothing bounds it."""
    distance = None if values.measure is None else values.measure.relative_l2
    return math.inf if distance is None else distance


def _figures(values: TensorValues) -> str:
    measure = values.measure
    apart = None if measure is None else measure.apart
    if measure is None or apart is None:
        return ""
    parts = []
    if measure.count and measure.changed is not None:
        parts.append(f"{figure(measure.changed / measure.count * 100)} % of the values")
    for name, found in (("relative L2", apart.relative_l2), ("cosine", apart.cosine)):
        if found is not None:
            doubt = "" if found.is_exact else f" ({figure(found.low)} to {figure(found.high)})"
            parts.append(f"{name} {figure(found.value)}{doubt}")
    if measure.max_abs is not None:
        parts.append(f"largest change {figure(measure.max_abs)}")
    return ": " + ", ".join(parts)
