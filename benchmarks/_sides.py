"""Ways to compare the values of two releases, each in a process of its own that stays alive: none pays for another's imports.

A side gets both folders once, and then does its work as often as it is asked. Each answers with ||b - a|| / ||a|| over all
tensors, so that a fast side that computes something else is seen.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from multiprocessing.connection import Connection
    from pathlib import Path

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.weights.reading import WeightSide

WINDOW = 512 << 10
"""Bytes that the engine reads at a time of a bfloat16 tensor."""

PIECE = 128 << 10
"""Elements of a chunk that suits torch best."""


class Worker:
    """One side in its process."""

    def __init__(self, prepare: Callable[..., Callable[[], float | None]], baseline: Path, current: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, prepare, baseline, current), daemon=True)
        self._process.start()
        there.close()

    def run(self) -> tuple[float, float | None]:
        """Do the work once; return the seconds that it took, and the answer."""
        self._here.send("run")
        seconds, answer = self._here.recv()
        return seconds, answer

    def close(self) -> None:
        """Let the process end."""
        self._here.send("")
        self._process.join()


def _serve(pipe: Connection, prepare: Callable[..., Callable[[], float | None]], baseline: Path, current: Path) -> None:
    work = prepare(baseline, current)
    while pipe.recv():
        started = time.perf_counter()
        answer = work()
        pipe.send((time.perf_counter() - started, answer))


def bare(baseline: Path, current: Path, *, threads: int) -> Callable[[], None]:
    """Read both files through the engine's reader into its windows, and take the maximum of what is in them."""
    import numpy as np

    from hfsemver.releases.disk import RegularFile

    paths = [folder / "model.safetensors" for folder in (baseline, current)]
    files = [RegularFile(path, path.name, path.stat().st_size) for path in paths]
    size = files[0].size

    def share(first: int) -> None:
        windows = [memoryview(bytearray(WINDOW)) for _ in files]
        views = [np.frombuffer(window, np.uint16) for window in windows]
        for start in range(first * WINDOW, size - WINDOW, threads * WINDOW):
            for file, window, view in zip(files, windows, views, strict=True):
                file.read_into(start, window)
                np.max(view)

    def work() -> None:
        if threads == 1:
            share(0)
            return
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(share, range(threads)))

    return work


def engine(
    baseline: Path, current: Path, *, threads: int, kernel: str = "", tensors: int | None = None
) -> Callable[[], float]:
    """Measure as ``check`` does, of the first ``tensors`` tensors if so many are given."""
    os.environ["HFSEMVER_KERNEL"] = kernel
    from hfsemver.diff.weights.reading import WeightSide
    from hfsemver.releases.open import open_release
    from hfsemver.releases.ref import LocalRef
    from hfsemver.tensors import Measure, measure_all

    sides = [WeightSide(open_release(LocalRef(str(folder)))) for folder in (baseline, current)]
    listed = [_tensors(side)[:tensors] for side in sides]

    def work() -> float:
        pairs = ((sides[0].stored(old), sides[1].stored(new)) for old, new in zip(*listed, strict=True))
        found = [seen for seen in measure_all(pairs, threads=threads) if isinstance(seen, Measure)]
        return _share((m.difference_squares or 0.0, m.baseline_squares or 0.0) for m in found)

    return work


def _tensors(side: WeightSide) -> list[TensorInfo]:
    return [tensor for weight_set in side.release.weights.sets.values() for tensor in weight_set.tensors.values()]


def _share(squares: Iterable[tuple[float, float]]) -> float:
    moved, whole = (math.fsum(side) for side in zip(*squares, strict=True))
    return math.sqrt(moved / whole)


def plain_torch(baseline: Path, current: Path) -> Callable[[], float]:
    """Whole tensors and the operators that come to mind first, with as many threads as torch takes."""
    import torch

    def work() -> float:
        squares = []
        with _opened(baseline) as a, _opened(current) as b:
            for name in a.keys():  # noqa: SIM118 -- no mapping
                x, y = a.get_tensor(name).float(), b.get_tensor(name).float()
                gap = y - x
                torch.dot(x.flatten(), y.flatten()).item()
                y.norm().item()
                gap.abs().max().item()
                torch.count_nonzero(gap).item()
                squares.append((gap.norm().item() ** 2, x.norm().item() ** 2))
        return _share(squares)

    return work


def _opened(folder: Path) -> Any:  # safetensors leaves its types out
    from safetensors import safe_open

    return safe_open(folder / "model.safetensors", "pt")


def chunked_torch(baseline: Path, current: Path, *, threads: int) -> Callable[[], float]:
    """The best operators there are, over pieces that stay in the cache; the changed elements are left uncounted."""
    import torch

    torch.set_num_threads(1)
    files = [_opened(folder) for folder in (baseline, current)]

    def share(pairs: list[tuple[torch.Tensor, torch.Tensor]]) -> tuple[float, float]:
        x, y, gap = (torch.empty(PIECE) for _ in range(3))
        sums, top = [0.0] * 4, 0.0
        for one, other in pairs:
            x.copy_(one)
            y.copy_(other)
            torch.sub(y, x, out=gap)
            low, high = torch.aminmax(gap)
            top = max(top, -low.item(), high.item())
            for place, (left, right) in enumerate(((gap, gap), (x, x), (y, y), (x, y))):
                sums[place] += torch.dot(left, right).item()
        return sums[0], sums[1]

    def work() -> float:
        pieces = [
            pair
            for name in files[0].keys()  # noqa: SIM118 -- no mapping
            for pair in zip(*(file.get_tensor(name).view(-1).split(PIECE) for file in files), strict=True)
        ]
        with ThreadPoolExecutor(threads) as pool:
            return _share(list(pool.map(share, (pieces[first::threads] for first in range(threads)))))

    return work


def times(threads: int) -> str:
    """Return so many threads in words."""
    return f"{threads} thread{'s' * (threads > 1)}"


def in_process(most: int) -> dict[str, Callable[..., Callable[[], float | None]]]:
    """Return all sides by name, with 1 thread and with ``most``."""
    found: dict[str, Callable[..., Callable[[], float | None]]] = {}
    for threads in (1, most):
        found[f"bare pass, {times(threads)}"] = partial(bare, threads=threads)
        found[f"engine, {times(threads)}"] = partial(engine, threads=threads)
    return found | {
        f"engine on NumPy, {most} threads": partial(engine, threads=most, kernel="numpy"),
        f"chunked torch, {most} threads": partial(chunked_torch, threads=most),
        "plain torch": plain_torch,
    }
