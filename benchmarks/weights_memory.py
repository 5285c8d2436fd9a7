"""How much memory a check of every value needs: two releases of 16 GiB each in an address space of 1 GiB, with two threads.

The files are sparse, with true headers, and a few bytes in every tensor differ: the whole of both has to be read, and the
values of all of it are compared. Sizes of 1 and 4 GiB beside it show whether memory grows with the weights.
"""

from __future__ import annotations

import argparse
import tempfile
from itertools import pairwise
from pathlib import Path

import _timing as timing
import _weights as weights

LIMIT = 1 << 30
THREADS = 2
MOST_MIB = 256
TENSOR = 256 << 20
CHANGED = b"\x80\x3f" * 8  # eight ones in bfloat16

LIMITED = """
import os, resource, sys
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
os.environ["HFSEMVER_THREADS"] = sys.argv[2]
os.execv(sys.argv[3], sys.argv[3:])
"""


def write_release(folder: Path, version: str, gib: float, tensor: int) -> None:
    """Write zeros as bfloat16 in tensors of ``tensor`` bytes; from version 1.1.0 on, each starts and ends with other values."""
    folder.mkdir(parents=True)
    size = int(gib * (1 << 30))
    ends = [*range(0, size, tensor), size]
    head = weights.header([end - start for start, end in pairwise(ends)])
    with (folder / "model.safetensors").open("wb") as stream:
        stream.write(head)
        stream.truncate(len(head) + size)
        for start, end in pairwise(ends) if version != "1.0.0" else ():
            for place in (start, end - len(CHANGED)):
                stream.seek(len(head) + place)
                stream.write(CHANGED)
    weights.write_settings(folder, version)


def check(folder: Path, gib: float, tensor: int) -> timing.Sample:
    """Build two releases and compare them under the limit."""
    baseline, current = folder / "a", folder / "b"
    timing.apart(write_release, baseline, "1.0.0", gib, tensor)
    timing.apart(write_release, current, "1.1.0", gib, tensor)
    flags = ("--weights", "full", "--declared", "1.1.0", "--format", "json")
    command = timing.hfsemver("check", str(current), "--baseline", str(baseline), *flags)
    return timing.run(timing.Side(command=timing.python(LIMITED, str(LIMIT), str(THREADS), *command)))


def main() -> None:
    """Compare releases of growing size, the largest also as a single tensor."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--gib", type=float, default=16, help="GiB of the largest release")
    largest = asked.parse_args().gib
    runs = {f"{gib:g} GiB": (gib, TENSOR) for gib in (largest / 16, largest / 4, largest)}
    runs[f"{largest:g} GiB in one tensor"] = (largest, int(largest * (1 << 30)))
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, (gib, tensor)) in enumerate(runs.items()):
            found[name] = check(Path(folder, str(number)), gib, tensor)
    peaks = {name: sample.peak_mib for name, sample in found.items()}
    timing.report(
        "weights_memory",
        {f"peak MiB, {name}": (round(peak, 1), MOST_MIB) for name, peak in peaks.items()},
        address_space_gib=LIMIT / 2**30,
        threads=THREADS,
        wall_s={name: round(sample.wall, 1) for name, sample in found.items()},
        user_s={name: round(sample.user, 1) for name, sample in found.items()},
    )


if __name__ == "__main__":
    main()
