"""Time whole processes side by side: every round runs each side once, so that a busy machine slows all of them alike."""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROUNDS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A command, the exit codes that mean it did its work, where it runs and what it reads."""

    command: tuple[str, ...]
    codes: tuple[int, ...] = (0,)
    cwd: Path | None = None
    stdin: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run: seconds on the wall, seconds of processor time with its children, largest resident set in MiB."""

    wall: float
    user: float
    peak_mib: float


def hfsemver(*arguments: str) -> tuple[str, ...]:
    """Return the command line of the console script that belongs to this interpreter."""
    return (str(Path(sys.executable).with_name("hfsemver")), *arguments)


def python(program: str, *arguments: str | Path) -> tuple[str, ...]:
    """Return the command line of a Python program given as text."""
    return (sys.executable, "-c", program, *map(str, arguments))


def run(side: Side) -> Sample:
    """Run a side once; ends the benchmark when it fails, because a fast failure is no figure."""
    started = time.perf_counter()
    # An installed package has its byte code beside it; a checkout on a machine that writes none would be compiled every time.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        side.command,
        cwd=side.cwd,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None  # noqa: S101 -- given as a pipe above
    assert process.stderr is not None  # noqa: S101 -- given as a pipe above
    process.stdin.write(side.stdin)
    process.stdin.close()
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in side.codes:
        sys.exit(f"{side.command} ended with {process.returncode}: {errors.decode(errors='replace')[-500:]}")
    return Sample(wall=wall, user=usage.ru_utime, peak_mib=usage.ru_maxrss / 1024)


def apart(work: Callable[..., object], *arguments: object) -> None:
    """Do the preparation in a process of its own: Linux counts what a parent holds into the peak of its children."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(f"{work.__name__} ended with {process.exitcode}")


def interleaved(sides: Mapping[str, Side], rounds: int = ROUNDS) -> dict[str, dict[str, float]]:
    """Run each side once unmeasured and then ``rounds`` times in turn; return the medians."""
    for side in sides.values():
        run(side)
    samples: dict[str, list[Sample]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            samples[name].append(run(side))
    return {
        name: {
            "wall_s": round(statistics.median(sample.wall for sample in taken), 4),
            "user_s": round(statistics.median(sample.user for sample in taken), 4),
            "peak_mib": round(statistics.median(sample.peak_mib for sample in taken), 1),
        }
        for name, taken in samples.items()
    }


def ratios(medians: Mapping[str, Mapping[str, float]], side: str, figure: str = "wall_s") -> dict[str, float]:
    """Return the figure of every other side as a multiple of that of ``side``."""
    return {name: round(of[figure] / medians[side][figure], 2) for name, of in medians.items() if name != side}


def report(
    name: str,
    bars: Mapping[str, tuple[float, float]],
    *,
    floors: Mapping[str, tuple[float, float]] | None = None,
    **rest: object,
) -> None:
    """Print one JSON object and exit with 1 when a figure is over its bar or under its floor; both map a name to figure and limit."""
    judged = {key: {"figure": figure, "bar": bar, "ok": figure < bar} for key, (figure, bar) in bars.items()}
    judged |= {
        key: {"figure": figure, "at_least": floor, "ok": figure >= floor}
        for key, (figure, floor) in (floors or {}).items()
    }
    print(json.dumps({"benchmark": name, "bars": judged, **rest}, indent=2))
    sys.exit(not all(entry["ok"] for entry in judged.values()))
