"""How fast the values of two bfloat16 releases of 1 GiB are compared, beside a bare pass over both files and beside torch.

Everything is measured in one run, in turn: every round does each side once. The engine is asked as ``check`` asks it, from
tensors of real folders; the bare pass reads the same windows with the same reader and takes their maximum, which any program
has to pay that looks at each number once. Whole processes are measured beside them, start-up included. Files are in the page
cache: the figures are about arithmetic, not about the disk.

``--scaling`` measures instead how the cost grows: with the bytes that are compared, and with the shards of a repository that
changed, whose others are told by their digests.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import _sides as sides
import _timing as timing
import _weights as weights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

THREADS = 2
OF_BARE, OF_TORCH, LINEAR = 0.6, 25.0, 0.98
ROUNDS = 5
SHARDS = 8
SIZES = (0.25, 0.5, 1.0, 2.0, 4.0)

BARE = """
import sys
import numpy as np
for path in sys.argv[1:]:
    window = bytearray(1 << 24)
    view = np.frombuffer(window, np.uint16)
    with open(path, "rb", buffering=0) as file:
        while file.readinto(window):
            view.max()
"""
GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "-c", "commit.gpgsign=false")
RAW = ("-c", "filter.lfs.clean=cat", "-c", "filter.lfs.process=", "-c", "filter.lfs.required=false")


def in_turn(runs: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Do each once unmeasured and then ``rounds`` times in turn; return the median seconds."""
    for run in runs.values():
        run()
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            taken[name].append(run())
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def process(*command: str | Path, cwd: Path | None = None) -> Callable[[], float]:
    """Return a run of a whole process."""
    side = timing.Side(command=tuple(map(str, command)), cwd=cwd)
    return lambda: timing.run(side).wall


def write_pair(folder: Path, tensors: int) -> tuple[Path, Path]:
    """Write both releases."""
    baseline, current = folder / "a", folder / "b"
    timing.apart(weights.write_release, baseline, "1.0.0", tensors, 0.0)
    timing.apart(weights.write_release, current, "1.1.0", tensors, 1e-4)
    return baseline, current


def compare(folder: Path, gib: float, rounds: int) -> None:
    """Measure every way, and judge the engine by the bare pass and by torch."""
    baseline, current = write_pair(folder, max(1, round(gib * 2**30 / weights.TENSOR)))
    workers = {name: sides.Worker(side, baseline, current) for name, side in sides.in_process(THREADS).items()}
    answers: dict[str, float] = {}

    def run(name: str) -> float:
        seconds, answer = workers[name].run()
        if answer is not None:
            answers[name] = answer
        return seconds

    flags = ("--weights", "full", "--declared", "1.1.0", "--format", "json")
    runs: dict[str, Callable[[], float]] = {name: partial(run, name) for name in workers}
    runs["process: check"] = process(*timing.hfsemver("check", str(current), "--baseline", str(baseline), *flags))
    runs["process: bare pass"] = process(*timing.python(BARE, *sorted(folder.glob("*/model.safetensors"))))
    seconds = in_turn(runs, rounds)
    for worker in workers.values():
        worker.close()
    size = sum(path.stat().st_size for path in folder.glob("*/model.safetensors"))
    of_bare = {
        f"engine of the bare pass, {sides.times(threads)}": (
            round(seconds[f"bare pass, {sides.times(threads)}"] / seconds[f"engine, {sides.times(threads)}"], 3),
            OF_BARE,
        )
        for threads in (1, THREADS)
    }
    engine = seconds[f"engine, {sides.times(THREADS)}"]
    of_torch = {"engine over plain torch": (round(seconds["plain torch"] / engine, 1), OF_TORCH)}
    timing.report(
        "weights_diff",
        {},
        floors=of_bare | of_torch,
        bytes_read=size,
        rounds=rounds,
        median_s={name: round(figure, 4) for name, figure in seconds.items()},
        gb_per_s={name: round(size / figure / 1e9, 2) for name, figure in seconds.items()},
        check_of_bare_process=round(seconds["process: bare pass"] / seconds["process: check"], 3),
        engine_over={
            name: round(figure / engine, 2) for name, figure in seconds.items() if "torch" in name or "NumPy" in name
        },
        relative_l2=answers,
    )


def line(points: Sequence[tuple[float, float]]) -> dict[str, object]:
    """Return points of GB and seconds with the straight line that fits them best."""
    fit = statistics.linear_regression(*zip(*points, strict=True))
    fitted = statistics.correlation(*zip(*points, strict=True)) ** 2
    return {
        "points_gb_s": [[round(gb, 4), round(seconds, 4)] for gb, seconds in points],
        "s_per_gb": round(fit.slope, 4),
        "s_at_nothing": round(fit.intercept, 4),
        "r_squared": round(fitted, 5),
    }


def seconds_of(worker: sides.Worker) -> float:
    """Do the work of a side once."""
    return worker.run()[0]


def by_size(folder: Path, most: float, rounds: int) -> dict[str, object]:
    """Compare more and more tensors of one pair of releases."""
    counts = [max(1, round(size * 1e9 / weights.TENSOR)) for size in SIZES if size <= most]
    baseline, current = write_pair(folder, max(counts))
    side = partial(sides.engine, threads=THREADS)
    workers = {str(count): sides.Worker(partial(side, tensors=count), baseline, current) for count in counts}
    seconds = in_turn({name: partial(seconds_of, worker) for name, worker in workers.items()}, rounds)
    for worker in workers.values():
        worker.close()
    return line([(2 * int(count) * weights.TENSOR / 1e9, figure) for count, figure in seconds.items()])


def write_shards(repository: Path, moved: float, tensors: int) -> None:
    """Put the objects of all shards where git-lfs keeps them, with their pointers beside the repository's other files."""
    numbers = weights.values(weights.TENSOR // SHARDS, moved)
    for shard in range(SHARDS):
        path = repository / f"{shard}.whole"
        with path.open("wb") as stream:
            stream.write(weights.header([len(numbers)] * tensors, shard * tensors))
            for place in range(tensors):
                weights.write_rotated(stream, numbers, place + shard * tensors)
        with path.open("rb") as stream:
            oid = hashlib.file_digest(stream, "sha256").hexdigest()
        size = path.stat().st_size
        kept = repository / ".git" / "lfs" / "objects" / oid[:2] / oid[2:4] / oid
        kept.parent.mkdir(parents=True, exist_ok=True)
        path.rename(kept)
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n"
        (repository / f".git/{shard}-{bool(moved)}").write_text(pointer)


def tag(repository: Path, changed: int, version: str) -> None:
    """Commit and tag a release whose first ``changed`` shards are the moved ones."""
    for shard in range(SHARDS):
        pointer = (repository / f".git/{shard}-{shard < changed}").read_bytes()
        (repository / f"model-{shard + 1:05}-of-{SHARDS:05}.safetensors").write_bytes(pointer)
    weights.write_settings(repository, version)
    # Pointers are written as they are: the filter would take them for weights.
    for command in (("add", "-A"), ("commit", "-q", "--allow-empty", "-m", version), ("tag", f"v{version}")):
        subprocess.run([*GIT, *RAW, *command], cwd=repository, check=True, capture_output=True)


def by_shards(repository: Path, gib: float, rounds: int) -> dict[str, object]:
    """Check tags of one repository in which no shard, one shard and so on changed, up to all of them."""
    repository.mkdir()
    subprocess.run([*GIT, "init", "-q"], cwd=repository, check=True)
    (repository / ".gitattributes").write_text("*.safetensors filter=lfs diff=lfs merge=lfs -text\n")
    tensors = max(1, round(gib * 2**30 / weights.TENSOR))
    for moved in (0.0, 1e-4):
        timing.apart(write_shards, repository, moved, tensors)
    tag(repository, 0, "1.0.0")
    flags = ("--weights", "full", "--format", "json", "--baseline", "@v1.0.0", "--declared")
    runs = {}
    for changed in range(SHARDS + 1):
        tag(repository, changed, f"1.{changed + 1}.0")
        check = timing.hfsemver("check", f"@v1.{changed + 1}.0", *flags, f"1.{changed + 1}.0")
        runs[str(changed)] = process(*check, cwd=repository)
    shard = 2 * tensors * weights.TENSOR // SHARDS
    return line([(int(changed) * shard / 1e9, seconds) for changed, seconds in in_turn(runs, rounds).items()])


def scale(folder: Path, gib: float, most: float, rounds: int) -> None:
    """Measure both curves, and judge how straight they are."""
    found = {
        "bytes compared": by_size(folder / "sizes", most, rounds),
        "shards changed, whole processes": by_shards(folder / "shards", min(2 * gib, most), rounds),
    }
    straight = {f"R squared, {name}": (float(str(curve["r_squared"])), LINEAR) for name, curve in found.items()}
    timing.report("weights_diff --scaling", {}, floors=straight, threads=THREADS, rounds=rounds, curves=found)


def main() -> None:
    """Build the releases and measure what is asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--gib", type=float, default=1.0, help="GiB of one release")
    asked.add_argument("--rounds", type=int, default=ROUNDS, help="measured rounds, at least five")
    asked.add_argument("--scaling", action="store_true", help="measure how the cost grows")
    asked.add_argument("--gib-max", type=float, default=SIZES[-1], help="largest release of the scaling curve")
    options = asked.parse_args()
    rounds = max(ROUNDS, options.rounds)
    with tempfile.TemporaryDirectory() as folder:
        if options.scaling:
            scale(Path(folder), options.gib, options.gib_max, rounds)
        else:
            compare(Path(folder), options.gib, rounds)


if __name__ == "__main__":
    main()
