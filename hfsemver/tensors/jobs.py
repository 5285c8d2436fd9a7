"""Work on chunks, by several threads, with answers in the order in which they were asked for.

Each thread reads its chunk and passes over it, so that one waits for the disk while another computes. Only so many chunks
are on the way as keep all threads busy, and memory does not grow with the work. How many threads there are changes nothing
about the answers.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from hfsemver.core.errors import EvidenceMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

Part = TypeVar("Part")
Answer = TypeVar("Answer")

THREADS: Final = "HFSEMVER_THREADS"
"""Environment variable: how many threads read and compute; by default one for each processor, eight at most."""

_MOST: Final = 8
_AHEAD: Final = 3
_BATCH: Final = 1 << 20
_SMALL: Final = 64


@dataclass(frozen=True, slots=True)
class Job(Generic[Part, Answer]):
    """Steps that may be taken in any order, by any thread, and what makes an answer of all that they return.

    ``size`` is that of one step, in bytes. The first step that raises ``EvidenceMissing`` is the answer of the job.
    """

    steps: Sequence[Callable[[], Part]]
    finish: Callable[[list[Part]], Answer]
    size: int

    def answer(self, parts: Sequence[Part | EvidenceMissing]) -> Answer | EvidenceMissing:
        """Return what the steps amount to."""
        here: list[Part] = []
        for part in parts:
            if isinstance(part, EvidenceMissing):
                return part
            here.append(part)
        try:
            return self.finish(here)
        except EvidenceMissing as missing:
            return missing


def thread_count() -> int:
    """Return how many threads work; see ``THREADS``."""
    asked = os.environ.get(THREADS, "")
    if asked.isascii() and asked.isdigit() and int(asked):
        return int(asked)
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(here, _MOST)


def run(jobs: Iterable[Job[Part, Answer]], threads: int | None = None) -> Iterator[Answer | EvidenceMissing]:
    """Yield the answer of each job, in order; what a step raises beside ``EvidenceMissing`` is raised here."""
    waiting: deque[Job[Part, Answer]] = deque()
    parts: list[Part | EvidenceMissing] = []
    for batch in _in_order(_batches(jobs, waiting), thread_count() if threads is None else threads):
        parts.extend(batch)
        while waiting and len(parts) >= len(waiting[0].steps):
            job = waiting.popleft()
            own, parts = parts[: len(job.steps)], parts[len(job.steps) :]
            yield job.answer(own)


def _batches(
    jobs: Iterable[Job[Part, Answer]], waiting: deque[Job[Part, Answer]]
) -> Iterator[list[Callable[[], Part]]]:
    """Put steps together until they are worth handing to a thread."""
    batch: list[Callable[[], Part]] = []
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


def _take(batch: list[Callable[[], Part]]) -> list[Part | EvidenceMissing]:
    found: list[Part | EvidenceMissing] = []
    for step in batch:
        try:
            found.append(step())
        except EvidenceMissing as missing:
            found.append(missing)
    return found


def _in_order(batches: Iterator[list[Callable[[], Part]]], threads: int) -> Iterator[list[Part | EvidenceMissing]]:
    if threads == 1:
        yield from map(_take, batches)
        return
    pool = ThreadPoolExecutor(threads, thread_name_prefix="hfsemver")
    try:
        pending: deque[Future[list[Part | EvidenceMissing]]] = deque()
        for batch in islice(batches, threads * _AHEAD):
            pending.append(pool.submit(_take, batch))
        while pending:
            done = pending.popleft().result()
            for batch in islice(batches, 1):
                pending.append(pool.submit(_take, batch))
            yield done
    finally:
        pool.shutdown(cancel_futures=True)
