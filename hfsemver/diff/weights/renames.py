"""Find tensors that only changed their name: by their bytes where these may be read, else by a consistent new prefix."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.weights.tensors import TensorPair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.weights.reading import WeightReading, WeightSide

MIN_CONSISTENT = 2
"""A new prefix that fits a single tensor of that shape may be chance; from two on it is a renaming."""

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
    votes: dict[tuple[str, str], int] = defaultdict(int)
    suffixes: dict[str, list[TensorInfo]] = defaultdict(list)
    for new in added:
        suffixes[_tail(new.name)].append(new)
    for old in removed:
        for new in suffixes[_tail(old.name)]:
            if _kind(old) == _kind(new):
                votes[_prefixes(old.name, new.name)] += 1
    pairs: list[TensorPair] = []
    taken: set[str] = set()
    for (before, after), count in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        under = [t for t in removed if t.name.startswith(before) and t.name not in taken]
        moved = [
            TensorPair(old=t, new=by_name[name]) for t in under if (name := after + t.name[len(before) :]) in by_name
        ]
        whole = len(moved) == len(under) and all(_kind(pair.old) == _kind(pair.new) for pair in moved)
        if count >= MIN_CONSISTENT and len(moved) >= MIN_CONSISTENT and whole:
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


def _tail(name: str) -> str:
    return ".".join(name.split(".")[-2:])


def _common(left: str, right: str, step: Callable[[list[str]], list[str]]) -> int:
    count = 0
    for a, b in zip(step(left.split(".")), step(right.split(".")), strict=False):
        if a != b:
            break
        count += 1
    return count


def _prefixes(old: str, new: str) -> tuple[str, str]:
    """Cut the longest common run of trailing name parts off both names."""
    tail = _common(old, new, lambda parts: parts[::-1])
    olds, news = old.split("."), new.split(".")
    return (
        "".join(part + "." for part in olds[: len(olds) - tail]),
        "".join(part + "." for part in news[: len(news) - tail]),
    )


def _closest(olds: list[TensorInfo], news: list[TensorInfo]) -> list[TensorPair]:
    """Pair equal tensors by the likeness of their names: all biases of zeros have the same bytes."""
    scored = sorted(
        (
            (
                -_common(old.name, new.name, lambda parts: parts[::-1]),
                -_common(old.name, new.name, list),
                old.name,
                new.name,
            )
            for old in olds
            for new in news
        ),
    )
    by_old, by_new = {t.name: t for t in olds}, {t.name: t for t in news}
    pairs = []
    for _, _, old, new in scored:
        if old in by_old and new in by_new:
            pairs.append(TensorPair(old=by_old.pop(old), new=by_new.pop(new)))
    return pairs


def _split(pairs: Iterable[TensorPair], removed: Iterable[TensorInfo], added: Iterable[TensorInfo]) -> Renames:
    pairs = tuple(sorted(pairs, key=lambda pair: pair.new.name))
    olds, news = {pair.old.name for pair in pairs}, {pair.new.name for pair in pairs}
    return Renames(
        pairs=pairs,
        removed=tuple(t for t in removed if t.name not in olds),
        added=tuple(t for t in added if t.name not in news),
    )
