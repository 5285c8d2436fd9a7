"""Whole lists of tensors, each with an answer of its own, in the order in which they were given.

One tensor whose bytes are not here takes nothing from the others: its answer is the ``EvidenceMissing`` that reading it
raised. What comes is asked for one by one, and read in chunks by several threads.
"""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from hfsemver.tensors.dtypes import code, is_decodable, numbers, pair_up
from hfsemver.tensors.jobs import Job, run
from hfsemver.tensors.kernel import passes
from hfsemver.tensors.measure import UNSEEN, Measure, combined, equal, hashed, health_of
from hfsemver.tensors.passes import Ways, ways_through
from hfsemver.tensors.stored import CHUNK, window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hfsemver.core.errors import EvidenceMissing
    from hfsemver.tensors.measure import Health
    from hfsemver.tensors.passes import Comparison, Side
    from hfsemver.tensors.stored import TensorBytes


def measure_all(
    pairs: Iterable[tuple[TensorBytes, TensorBytes]], threads: int | None = None
) -> Iterator[Measure | EvidenceMissing]:
    """Compare tensors of one shape, the baseline's first, element by element."""
    return run((_comparing(*pair) for pair in pairs), threads)


def examine_all(
    tensors: Iterable[TensorBytes], threads: int | None = None
) -> Iterator[Health | EvidenceMissing | None]:
    """Look at tensors by themselves; ``None`` for dtypes that are packed below a byte."""
    return run(map(_examining, tensors), threads)


def fingerprint_all(tensors: Iterable[TensorBytes], threads: int | None = None) -> Iterator[bytes | EvidenceMissing]:
    """Return 128 bits over dtype, shape and bytes (BLAKE2b): equal for the same tensor under any name."""
    return run(
        (Job((partial(_fingerprint, tensor),), lambda found: found[0], tensor.size) for tensor in tensors), threads
    )


def equal_all(
    pairs: Iterable[tuple[TensorBytes, TensorBytes]], threads: int | None = None
) -> Iterator[bool | EvidenceMissing]:
    """Tell whether tensors of as many bytes hold the same ones."""
    return run((_telling(*pair) for pair in pairs), threads)


def _telling(old: TensorBytes, new: TensorBytes) -> Job[bool, bool]:
    old, new = old.part(0, old.size), new.part(0, new.size)
    steps = tuple(partial(_is_equal, old, new, start, stop) for start, stop in old.chunks())
    return Job(steps, all, old.step + new.step)


def _is_equal(old: TensorBytes, new: TensorBytes, start: int, stop: int) -> bool:
    return passes().is_equal(window(old, start, stop, 0), window(new, start, stop, 1))


def _comparing(old: TensorBytes, new: TensorBytes) -> Job[Comparison | None, Measure] | Job[Measure, Measure]:
    if not pair_up(old.dtype, new.dtype):
        return Job((partial(_opaque, old, new),), lambda found: found[0], old.size + new.size)
    places = tuple(zip(old.chunks(), new.chunks(), strict=True))
    count = numbers(new.dtype, new.shape)
    ways = ways_of(old.dtype, new.dtype)
    differs = Event()

    def step(place: tuple[tuple[int, int], tuple[int, int]], *, skip: bool) -> Comparison | None:
        (start, stop), (first, last) = place
        left, right = window(old, start, stop, 0), window(new, first, last, 1)
        # Once a chunk is known to differ, the sums of all others are wanted, and an equal one need not be read a second time.
        if skip and not differs.is_set() and passes().is_equal(left, right):
            return None
        differs.set()
        return passes().compare(left, right, code(old.dtype), code(new.dtype), ways)

    def again(parts: list[Comparison | None]) -> list[Callable[[], Comparison | None]]:
        # Most tensors of most releases are equal, which is told at the speed of memory. Where only some chunks are, their
        # sums are still missing.
        if not differs.is_set():
            return []
        return [partial(step, place, skip=False) for place, part in zip(places, parts, strict=True) if part is None]

    def finish(parts: list[Comparison | None]) -> Measure:
        if parts and not differs.is_set():
            return equal(count)
        more = iter(parts[len(places) :])
        ordered = (part if part is not None else next(more) for part in parts[: len(places)])
        return combined(count, new.size, [part for part in ordered if part is not None])

    steps = tuple(partial(step, place, skip=old.dtype == new.dtype) for place in places)
    return Job(steps, finish, old.step + new.step, again)


def ways_of(old: str, new: str) -> int:
    """Return what is to be tried: casts between two dtypes, exact ones where there is no float, or trips through narrower ones."""
    return ways_through(old) if old == new else Ways.FORTH | Ways.BACK


def _examining(tensor: TensorBytes) -> Job[Side, Health | None]:
    if not is_decodable(tensor.dtype):
        return Job((), lambda _: None, 0)
    steps = tuple(partial(_look, tensor, start, stop) for start, stop in tensor.chunks())
    return Job(steps, health_of, tensor.step)


def _look(tensor: TensorBytes, start: int, stop: int) -> Side:
    return passes().examine(window(tensor, start, stop), code(tensor.dtype))


def _fingerprint(tensor: TensorBytes) -> bytes:
    digest = hashed(tensor.dtype, tensor.shape)
    for start, stop in tensor.chunks():
        digest.update(window(tensor, start, stop))
    return digest.digest()


def _opaque(old: TensorBytes, new: TensorBytes) -> Measure:
    """Compare bytes where the numbers cannot be read, or do not pair up."""
    content = hashed(new.dtype, new.shape)
    changed = abs(old.size - new.size)
    looks: tuple[list[Side], list[Side]] = ([], [])
    for start in range(0, max(old.size, new.size), CHUNK):
        left, right = (
            window(side, min(start, side.size), min(start + CHUNK, side.size), place)
            for place, side in enumerate((old, new))
        )
        content.update(right)
        # One side may be plain numbers all the same, and NaN among them is a fault.
        for side, view, seen in ((old, left, looks[0]), (new, right, looks[1])):
            if is_decodable(side.dtype) and view:
                seen.append(passes().examine(view, code(side.dtype)))
        shared = min(len(left), len(right))
        if shared and not passes().is_equal(left[:shared], right[:shared]):
            changed += passes().compare(left[:shared], right[:shared], code("U8"), code("U8"), 0)[0]
    before, after = (
        health_of(seen) if is_decodable(side.dtype) else UNSEEN for side, seen in zip((old, new), looks, strict=True)
    )
    return Measure(
        count=old.size, changed=changed, content=content.digest(), baseline_health=before, current_health=after
    )
