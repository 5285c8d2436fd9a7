"""How often the 95 % interval of a surface holds the true distance and the true cosine.

Simulated pairs of every way in which weights change, at several numbers of sums, and every tensor of real pairs: folders of
releases, two for a pair, given as ``--pair OLD NEW``.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.weights.reading import WeightSide
from hfsemver.releases.local import LocalSource
from hfsemver.releases.release import Release
from hfsemver.tensors import Measure, Sketch, TensorBytes, measure_all, seed_of, sketch_all
from hfsemver.tensors.sketch import distance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

KINDS = ("dense", "sparse", "heavy", "rows", "columns", "low rank", "unrelated", "tiny", "corner", "scaled", "few")
SUMS = (16, 64, 128, 1024)
WANTED = 0.94
SEEDS = 5

Pair = tuple[str, TensorBytes, TensorBytes]


def simulated(count: int) -> Iterator[Pair]:
    """Yield pairs of float32 matrices with a change of each kind in turn."""
    random = np.random.default_rng(2026)
    for number in range(count):
        shape = int(random.choice([64, 256])), int(random.choice([64, 384]))
        old = random.standard_normal(shape) * 0.02
        gap = change(KINDS[number % len(KINDS)], old, random)
        yield KINDS[number % len(KINDS)], held(old), held(old + gap)


def change(kind: str, old: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """Return what is added to a matrix, between a hundred-thousandth and a tenth in size."""
    shape, size = old.shape, 10.0 ** random.uniform(-5, -1)
    gap = np.zeros(shape)
    if kind == "rows":
        gap[random.integers(0, shape[0], 3)] = random.standard_normal((3, shape[1])) * size
    elif kind == "columns":
        gap[:, random.integers(0, shape[1], 2)] = random.standard_normal((shape[0], 2)) * size
    elif kind == "corner":
        gap[:8, :8] = size
    elif kind == "low rank":
        gap = np.outer(random.standard_normal(shape[0]), random.standard_normal(shape[1])) * size
    elif kind == "unrelated":
        gap = random.standard_normal(shape) * 0.02 - old
    elif kind == "few":
        gap.flat[random.choice(gap.size, int(random.integers(1, 13)), replace=False)] = size
    elif kind == "scaled":
        gap = old * size
    elif kind == "heavy":
        gap = random.standard_t(2, shape) * size
    elif kind == "sparse":
        gap = random.standard_normal(shape) * (random.random(shape) < 0.01) * size
    else:
        gap = random.standard_normal(shape) * (1e-7 if kind == "tiny" else size)
    return gap


def held(values: NDArray[np.float64]) -> TensorBytes:
    """Return a tensor in memory."""
    data = values.astype(np.float32).tobytes()

    def read_into(start: int, view: memoryview) -> None:
        view[:] = data[start : start + len(view)]

    return TensorBytes(dtype="F32", shape=values.shape, size=len(data), read_into=read_into)


def real(old: Path, new: Path) -> Iterator[Pair]:
    """Yield every tensor that two releases share in name and shape."""
    sides = [WeightSide(Release(LocalSource(folder))) for folder in (old, new)]
    before, after = ([t for s in side.release.weights.sets.values() for t in s.tensors.values()] for side in sides)
    named = {tensor.name: tensor for tensor in before}
    for tensor in after:
        found = named.get(tensor.name)
        if found is not None and found.shape == tensor.shape and tensor.dtype.startswith(("F", "BF")):
            yield f"{old} -> {new}", sides[0].stored(found), sides[1].stored(tensor)


def sketched(tensor: TensorBytes, seed: int, sums: int) -> Sketch:
    """Return the sketch of one tensor."""
    (found,) = sketch_all([(tensor, seed)], sums)
    if isinstance(found, EvidenceMissing):
        raise found
    return found


def count(pairs: Iterator[Pair], sums: int, seeds: int) -> dict[str, list[int]]:
    """Return, for each kind, how many estimates there were and how many intervals held the distance and the cosine."""
    held_true: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for number, (kind, old, new) in enumerate(pairs):
        (truth,) = measure_all([(old, new)])
        if not isinstance(truth, Measure) or truth.relative_l2 is None or truth.cosine is None or not truth.changed:
            continue
        for trial in range(seeds):
            seed = seed_of(f"tensor {number}", trial)
            found = distance(sketched(old, seed, sums), sketched(new, seed, sums))
            if found is None or found.relative_l2 is None or found.cosine is None:
                continue
            apart, cosine = found.relative_l2, found.cosine
            tallies = held_true[kind]
            tallies[0] += 1
            # The truth itself was summed in single precision by blocks.
            tallies[1] += apart.low * (1 - 1e-6) <= truth.relative_l2 <= apart.high * (1 + 1e-6)
            tallies[2] += cosine.low - 1e-7 <= truth.cosine <= cosine.high + 1e-7
    return held_true


def main() -> None:
    """Count, print, and end with 1 where too few intervals hold the truth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulated", type=int, default=1_000, help="how many pairs are drawn")
    parser.add_argument("--pair", nargs=2, type=Path, action="append", default=[], metavar=("OLD", "NEW"))
    asked = parser.parse_args()
    lines = [summary("simulated", sums, count(simulated(asked.simulated), sums, 1)) for sums in SUMS]
    for old, new in asked.pair:
        lines += [summary("real", sums, count(real(old, new), sums, SEEDS)) for sums in SUMS]
    ok = all(min(line["relative_l2"], line["cosine"]) >= WANTED for line in lines if line["estimates"])
    print(json.dumps({"benchmark": "interval_coverage", "at least": WANTED, "ok": ok, "counts": lines}, indent=2))
    sys.exit(not ok)


def summary(what: str, sums: int, tallies: dict[str, list[int]]) -> dict[str, Any]:
    """Return the shares over all kinds, and of each."""
    whole = [sum(column) for column in zip(*tallies.values(), strict=True)] or [0, 0, 0]

    def share(place: int, of: list[int]) -> float:
        return round(of[place] / of[0], 4) if of[0] else math.nan

    line: dict[str, Any] = {"pairs": what, "sums": sums, "estimates": whole[0]}
    line |= {"relative_l2": share(1, whole), "cosine": share(2, whole)}
    line["kinds"] = {kind: [share(1, of), share(2, of)] for kind, of in tallies.items()}
    return line


if __name__ == "__main__":
    main()
