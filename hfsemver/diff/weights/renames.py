"""Find tensors that only changed their name: by their bytes where these may be read, else by a consistent new prefix."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.weights.tensors import TensorPair

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.weights.reading import WeightReading, WeightSide

MIN_CONSISTENT = 2
"""A new prefix that fits a single tensor of that shape may be chance; from two on it is a renaming."""

_MOST_ALIKE = 16
"""Endings that more tensors of one kind share say nothing of what came before them."""

_MOST_PARTS, _LONGEST = 24, 256
"""Names of more parts or characters than any library gives vote for no prefix, and no more of their parts are compared."""

Kind = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Renames:
    """Pairs found, and what stays removed and added."""

    pairs: tuple[TensorPair, ...]
    removed: tuple[TensorInfo, ...]
    added: tuple[TensorInfo, ...]


def by_bytes(reading: WeightReading, removed: Iterable[TensorInfo], added: Iterable[TensorInfo]) -> Renames:
    """Pair tensors of equal dtype, shape and bytes; of several such, those with the most alike names.

    Reads only tensors whose dtype and shape occur on both sides. Tensors whose bytes are not here stay unpaired.
    """
    olds, news = _by_kind(removed), _by_kind(added)
    kinds = sorted(olds.keys() & news.keys())
    before = _by_hash(reading.old, (t for kind in kinds for t in olds[kind]))
    after = _by_hash(reading.new, (t for kind in kinds for t in news[kind]))
    pairs = [pair for key in sorted(before.keys() & after.keys()) for pair in _closest(before[key], after[key])]
    return _split(pairs, removed, added)


def by_prefix(removed: Iterable[TensorInfo], added: Iterable[TensorInfo]) -> Renames:
    """Pair tensors whose names differ by one prefix that all tensors under it exchanged for one and the same other."""
    removed, added = tuple(removed), tuple(added)
    by_name = {t.name: t for t in added}
    olds = _Names(removed)
    pairs: list[TensorPair] = []
    taken: set[str] = set()
    for before, after in _votes(removed, added):
        under = [t for t in olds.under(before) if t.name not in taken]
        moved = [
            TensorPair(old=t, new=by_name[name]) for t in under if (name := after + t.name[len(before) :]) in by_name
        ]
        whole = len(moved) == len(under) and all(_kind(pair.old) == _kind(pair.new) for pair in moved)
        if len(moved) >= MIN_CONSISTENT and whole:
            pairs.extend(moved)
            taken.update(pair.old.name for pair in moved)
            for pair in moved:
                del by_name[pair.new.name]
    return _split(pairs, removed, added)


def _kind(tensor: TensorInfo) -> Kind:
    return tensor.dtype, tensor.shape


def _by_kind(tensors: Iterable[TensorInfo]) -> Mapping[Kind, list[TensorInfo]]:
    kinds: dict[Kind, list[TensorInfo]] = defaultdict(list)
    for tensor in tensors:
        if tensor.dtype:
            kinds[_kind(tensor)].append(tensor)
    return kinds


def _by_hash(side: WeightSide, tensors: Iterable[TensorInfo]) -> Mapping[bytes, list[TensorInfo]]:
    hashes: dict[bytes, list[TensorInfo]] = defaultdict(list)
    wanted = tuple(tensors)
    for tensor, found in zip(wanted, side.fingerprints(wanted), strict=True):
        # Without its bytes a tensor stays unpaired, and the value rules say that they are not here.
        if not isinstance(found, EvidenceMissing):
            hashes[found].append(tensor)
    return hashes


class _Names:
    """Tensors in the order of their names, in which those under one prefix stand together."""

    def __init__(self, tensors: Iterable[TensorInfo]) -> None:
        self.tensors = sorted(tensors, key=lambda tensor: tensor.name)
        self.names = [tensor.name for tensor in self.tensors]

    def under(self, prefix: str) -> list[TensorInfo]:
        start = bisect_left(self.names, prefix)
        stop = start
        while stop < len(self.names) and self.names[stop].startswith(prefix):
            stop += 1
        return self.tensors[start:stop]


def _votes(removed: Iterable[TensorInfo], added: Iterable[TensorInfo]) -> list[tuple[str, str]]:
    """Return pairs of prefixes that tensors of one kind may have exchanged, those that explain most tensors first.

    A tensor votes for the longest ending that any tensor of its kind on the other side shares, where that shows what came
    before: of 18,000 experts each shares its last two parts with all others, and its number with one.
    """
    votes: dict[tuple[str, str], int] = defaultdict(int)
    # Endings themselves would take many times the room of the names.
    endings: dict[Kind, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for new in added:
        alike = endings[_kind(new)]
        for _, ending in _endings(new.name):
            alike[hash(ending)].append(new.name)
    for old in removed:
        alike = endings[_kind(old)]
        for before, ending in _endings(old.name):
            named = alike.get(hash(ending), ())
            if len(named) > _MOST_ALIKE:
                continue
            for name in named:
                if name.endswith(ending):
                    votes[before, name[: len(name) - len(ending)]] += 1
    counted = [pair for pair, count in votes.items() if count >= MIN_CONSISTENT and pair[0] != pair[1]]
    return sorted(counted, key=lambda pair: (-votes[pair], pair))


def _endings(name: str) -> Iterator[tuple[str, str]]:
    """Cut a name at each of its points, the longest ending first, down to two parts; the last is what comes after all of them."""
    parts = name.split(".")
    if len(parts) > _MOST_PARTS or len(name) > _LONGEST:
        return
    for at in range(max(len(parts) - 1, 1)):
        ending = ".".join(parts[at:])
        yield name[: len(name) - len(ending)], ending


def _closest(olds: list[TensorInfo], news: list[TensorInfo]) -> list[TensorPair]:
    """Pair equal tensors by the likeness of their names: all biases of zeros have the same bytes.

    Those that share their longest ending first, then those that share less, each in the order of their names.
    """
    if len(olds) == len(news) == 1:
        return [TensorPair(old=olds[0], new=news[0])]
    left, right = ({t.name: t for t in side} for side in (olds, news))
    longest = max(name.count(".") + 1 for name in (*left, *right))
    pairs = []
    for count in range(min(longest, _MOST_PARTS), -1, -1):
        waiting: dict[str, list[str]] = defaultdict(list)
        for name in sorted(right, reverse=True):
            waiting[_last(name, count)].append(name)
        pairs += [
            TensorPair(old=left.pop(name), new=right.pop(found.pop()))
            for name in sorted(left)
            if (found := waiting.get(_last(name, count)))
        ]
    return pairs


def _last(name: str, count: int) -> str:
    """Return the last parts of a name, all of it where it has no more, or nothing."""
    return ".".join(name.rsplit(".", count)[-count:]) if count else ""


def _split(pairs: Iterable[TensorPair], removed: Iterable[TensorInfo], added: Iterable[TensorInfo]) -> Renames:
    pairs = tuple(sorted(pairs, key=lambda pair: pair.new.name))
    olds, news = {pair.old.name for pair in pairs}, {pair.new.name for pair in pairs}
    return Renames(
        pairs=pairs,
        removed=tuple(t for t in removed if t.name not in olds),
        added=tuple(t for t in added if t.name not in news),
    )
