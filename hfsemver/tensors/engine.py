"""Whole lists of tensors, each with an answer of its own, in the order in which they were given.

One tensor whose bytes are not here takes nothing from the others: its answer is the ``EvidenceMissing`` that reading it
raised. What comes is asked for one by one, and read in chunks by several threads.
"""

from __future__ import annotations

import hashlib
import math
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.tensors.dtypes import code, is_decodable, is_float
from hfsemver.tensors.jobs import Job, run
from hfsemver.tensors.kernel import passes
from hfsemver.tensors.measure import DIGEST, UNSEEN, Measure, combined, equal, health_of
from hfsemver.tensors.passes import Ways, ways_through
from hfsemver.tensors.stored import CHUNK, window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.tensors.measure import Health
    from hfsemver.tensors.passes import Comparison, Side
    from hfsemver.tensors.stored import TensorBytes

_COMPLEX = "C64"


def measure_all(
    pairs: Iterable[tuple[TensorBytes, TensorBytes]], threads: int | None = None
) -> Iterator[Measure | EvidenceMissing]:
    """Compare tensors of one shape, the baseline's first, element by element."""
    return run((_comparing(*pair, threads) for pair in pairs), threads)


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
    return Job(steps, all, CHUNK)


def _is_equal(old: TensorBytes, new: TensorBytes, start: int, stop: int) -> bool:
    return passes().is_equal(window(old, start, stop, 0), window(new, start, stop, 1))


def _comparing(old: TensorBytes, new: TensorBytes, threads: int | None) -> Job[Comparison | Measure | None, Measure]:
    same_dtype = old.dtype == new.dtype
    # A complex number is read as two, which have nothing to be set against where the other side holds one.
    apart = not same_dtype and _COMPLEX in (old.dtype, new.dtype)
    if apart or not (is_decodable(old.dtype) and is_decodable(new.dtype)):
        return Job((partial(_opaque, old, new),), _only, old.size + new.size)
    places = tuple(zip(old.chunks(), new.chunks(), strict=True))
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

    def finish(parts: list[Comparison | Measure | None]) -> Measure:
        count = math.prod(new.shape)
        if parts and all(part is None for part in parts):
            return equal(count)
        # Most tensors of most releases are equal, which is told at the speed of memory. Where only some chunks are, their
        # sums are still missing.
        again = [place for place, part in zip(places, parts, strict=True) if part is None]
        more = run((Job((partial(step, place, skip=False),), _first, 0) for place in again), threads)
        whole: list[Comparison] = []
        for part in parts:
            found = next(more) if part is None else part
            if isinstance(found, EvidenceMissing):
                raise found
            if isinstance(found, tuple):
                whole.append(found)
        return combined(count, new.size, whole)

    steps = tuple(partial(step, place, skip=same_dtype) for place in places)
    return Job(steps, finish, min(old.size + new.size, CHUNK))


def _first(parts: list[Comparison | None]) -> Comparison:
    (part,) = parts
    if part is None:  # only an equal chunk that was to be left out answers with nothing
        raise AssertionError
    return part


def _only(parts: list[Comparison | Measure | None]) -> Measure:
    (part,) = parts
    if not isinstance(part, Measure):
        raise TypeError(part)
    return part


def ways_of(old: str, new: str) -> int:
    """Return what is to be tried: casts between two dtypes, or trips through narrower ones."""
    if old == new:
        return ways_through(old)
    ways = Ways(0)
    if is_float(new):
        ways |= Ways.FORTH
    if is_float(old):
        ways |= Ways.BACK
    return ways


def _examining(tensor: TensorBytes) -> Job[Side, Health | None]:
    if not is_decodable(tensor.dtype):
        return Job((), lambda _: None, 0)
    steps = tuple(partial(_look, tensor, start, stop) for start, stop in tensor.chunks())
    return Job(steps, health_of, min(tensor.size, CHUNK))


def _look(tensor: TensorBytes, start: int, stop: int) -> Side:
    return passes().examine(window(tensor, start, stop), code(tensor.dtype))


def _fingerprint(tensor: TensorBytes) -> bytes:
    digest = hashlib.blake2b(f"{tensor.dtype}{tensor.shape}".encode(), digest_size=DIGEST)
    for start, stop in tensor.chunks():
        digest.update(window(tensor, start, stop))
    return digest.digest()


def _opaque(old: TensorBytes, new: TensorBytes) -> Measure:
    """Compare bytes where the numbers cannot be read, or do not pair up."""
    changed = abs(old.size - new.size)
    content = hashlib.blake2b(digest_size=DIGEST)
    shared = min(old.size, new.size)
    for start, stop in new.chunks():
        content.update(window(new, start, stop, 1))
    for start in range(0, shared, CHUNK):
        left, right = (window(side, start, min(start + CHUNK, shared), place) for place, side in enumerate((old, new)))
        if not passes().is_equal(left, right):
            changed += passes().compare(left, right, code("U8"), code("U8"), 0)[0]
    return Measure(
        count=old.size,
        changed=changed,
        content=content.digest(),
        # One side may be plain numbers all the same, and NaN among them is a fault.
        baseline_health=_health(old),
        current_health=_health(new),
    )


def _health(tensor: TensorBytes) -> Health:
    if not is_decodable(tensor.dtype):
        return UNSEEN
    return health_of([_look(tensor, start, stop) for start, stop in tensor.chunks()])
