"""Steps by several threads: answers in order, what is asked again, and who decides how many threads there are."""

from __future__ import annotations

import threading
from functools import partial

import numpy as np
import pytest

from hfsemver.core.errors import EvidenceMissing, UsageError
from hfsemver.tensors import Measure, TensorBytes, measure_all
from hfsemver.tensors.jobs import THREADS, Job, run, thread_count
from hfsemver.tensors.kernel import ENGINE, passes
from hfsemver.tensors.stored import CHUNK
from tests.tensors.held import held


def fails(where: str) -> int:
    raise EvidenceMissing(where, "is not here")


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_answers_come_in_the_order_of_the_jobs(threads: int) -> None:
    """Also those of jobs without a step, and of jobs that ask again; a missing byte takes nothing from the others."""
    jobs: list[Job[int, int]] = []
    for number in range(200):
        steps = tuple(partial(int, number) for _ in range(number % 4))
        jobs.append(Job(steps, sum, 1 << 19))
    jobs.append(Job((partial(fails, "a"), partial(int, 1)), sum, 1))
    jobs.append(Job((partial(int, 1),), sum, 1, lambda parts: [partial(int, parts[0] + 1), partial(int, 3)]))
    jobs.append(Job((partial(int, 1),), sum, 1, lambda _: [partial(fails, "b")]))
    answers = [*run(jobs, threads)]

    assert answers[:200] == [number * (number % 4) for number in range(200)]
    missing, again, later = answers[200:]
    assert isinstance(missing, EvidenceMissing)
    assert again == 1 + 2 + 3
    assert isinstance(later, EvidenceMissing)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_no_more_threads_read_than_were_asked_for(threads: int) -> None:
    """Chunks that were taken for equal are read a second time by the same threads, and counted once."""
    size = 6 * CHUNK + 5
    old, new = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    new[-1] = 1
    readers: set[int] = set()

    def watched(values: bytes) -> TensorBytes:
        def read_into(start: int, view: memoryview) -> None:
            readers.add(threading.get_ident())
            view[:] = values[start : start + len(view)]

        return TensorBytes(dtype="U8", shape=(size,), size=size, read_into=read_into)

    (found,) = measure_all([(watched(old.tobytes()), watched(new.tobytes()))], threads)

    assert isinstance(found, Measure)
    assert found.changed == 1
    assert found.count == size
    assert len(readers) <= threads


def test_complex_numbers_count_as_two() -> None:
    """So that no share is above one."""
    values = np.arange(64, dtype=np.complex64)
    old, new = (held(side.tobytes(), "C64", side.shape) for side in (values, values + (1 + 1j)))
    (found,) = measure_all([(old, new)])

    assert isinstance(found, Measure)
    assert (found.count, found.changed) == (128, 128)


@pytest.mark.parametrize("asked", ["0", "-1", "abc", "1e3", "100000", "²"])
def test_a_strange_number_of_threads_is_refused(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which variable, and what may stand in it."""
    monkeypatch.setenv(THREADS, asked)

    with pytest.raises(UsageError, match=THREADS):
        thread_count()


def test_an_unknown_kernel_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip of the pen would measure another one than was meant."""
    passes.cache_clear()
    monkeypatch.setenv(ENGINE, "nunpy")
    try:
        with pytest.raises(UsageError, match=ENGINE):
            passes()
    finally:
        passes.cache_clear()
