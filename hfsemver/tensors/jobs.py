"""Work on chunks, by several threads, with answers in the order in which they were asked for.

Each thread reads its chunk and passes over it, so that one waits for the disk while another computes. Only so many chunks
are on the way as keep all threads busy, and memory does not grow with the work. How many threads there are changes nothing
about the answers.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

from hfsemver.core.errors import EvidenceMissing, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    # Batches of steps go in, and what each step of a batch returned comes out.
    Taking: TypeAlias = Callable[[Iterable[list[Callable[[], Any]]]], Iterator[list[Any]]]

Part = TypeVar("Part")
Answer = TypeVar("Answer")

THREADS: Final = "HFSEMVER_THREADS"
"""Environment variable: how many threads read and compute; by default one for each processor, eight at most."""

_MOST: Final = 8
_LIMIT: Final = 256
_AHEAD: Final = 3
_BATCH: Final = 1 << 20
_SMALL: Final = 64


@dataclass(frozen=True, slots=True)
class Job(Generic[Part, Answer]):
    """Steps that may be taken in any order, by any thread, and what makes an answer of all that they return.

    ``size`` is that of one step, in bytes. The first step that raises ``EvidenceMissing`` is the answer of the job. ``again``
    says which steps are to be taken once all others were, by what they returned; their results come after the others.
    """

    steps: Sequence[Callable[[], Part]]
    finish: Callable[[list[Part]], Answer]
    size: int
    again: Callable[[list[Part]], Sequence[Callable[[], Part]]] | None = None

    def answer(self, parts: Sequence[Part | EvidenceMissing], take: Taking) -> Answer | EvidenceMissing:
        """Return what the steps amount to."""
        here = _whole(parts)
        if isinstance(here, EvidenceMissing):
            return here
        if self.again is not None and (steps := self.again(here)):
            more = _whole([part for found in take([step] for step in steps) for part in found])
            if isinstance(more, EvidenceMissing):
                return more
            here += more
        return self.finish(here)


def _whole(parts: Sequence[Part | EvidenceMissing]) -> list[Part] | EvidenceMissing:
    here: list[Part] = []
    for part in parts:
        if isinstance(part, EvidenceMissing):
            return part
        here.append(part)
    return here


def thread_count() -> int:
    """Return how many threads work; see ``THREADS``."""
    asked = os.environ.get(THREADS, "")
    if asked:
        if not (asked.isascii() and asked.isdigit() and len(asked) <= len(str(_LIMIT)) and 1 <= int(asked) <= _LIMIT):
            raise UsageError(
                f"{THREADS} is {asked!r} and no number of threads", hint=f"a number from 1 to {_LIMIT}, or nothing"
            )
        return int(asked)
    return min(processors(), _MOST)


def processors() -> int:
    """Return how many processors this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(jobs: Iterable[Job[Any, Answer]], threads: int | None = None) -> Iterator[Answer | EvidenceMissing]:
    """Yield the answer of each job, in order, whatever its steps are made of; what a step raises beside ``EvidenceMissing`` is raised here."""
    waiting: deque[Job[Any, Answer]] = deque()
    parts: list[Any] = []
    with _workers(thread_count() if threads is None else threads) as take:
        for batch in take(_batches(jobs, waiting)):
            parts.extend(batch)
            while waiting and len(parts) >= len(waiting[0].steps):
                job = waiting.popleft()
                own, parts = parts[: len(job.steps)], parts[len(job.steps) :]
                yield job.answer(own, take)


def _batches(jobs: Iterable[Job[Any, Answer]], waiting: deque[Job[Any, Answer]]) -> Iterator[list[Callable[[], Any]]]:
    """Put steps together until they are worth handing to a thread."""
    batch: list[Callable[[], Any]] = []
    size = 0
    for job in jobs:
        waiting.append(job)
        for step in job.steps:
            batch.append(step)
            size += job.size
            if size >= _BATCH or len(batch) >= _SMALL:
                yield batch
                batch, size = [], 0
    # Also when it is empty: a job without a single step is answered after the last batch.
    yield batch


def _take(batch: list[Callable[[], Any]]) -> list[Any]:
    found: list[Any] = []
    for step in batch:
        try:
            found.append(step())
        except EvidenceMissing as missing:
            found.append(missing)
    return found


@contextmanager
def _workers(threads: int) -> Iterator[Taking]:
    """Open as many threads, and give the way to have batches of steps taken by them: results come in order."""
    if threads == 1:
        yield partial(map, _take)
        return
    pool = ThreadPoolExecutor(threads, thread_name_prefix="hfsemver")

    def take(batches: Iterable[list[Callable[[], Any]]]) -> Iterator[list[Any]]:
        coming = iter(batches)
        pending: deque[Future[list[Any]]] = deque()
        for batch in islice(coming, threads * _AHEAD):
            pending.append(pool.submit(_take, batch))
        while pending:
            done = pending.popleft().result()
            for batch in islice(coming, 1):
                pending.append(pool.submit(_take, batch))
            yield done

    try:
        yield take
    finally:
        pool.shutdown(cancel_futures=True)
