"""Fuzz the readers of safetensors headers and of shard indexes with atheris, for hours if need be.

No test, and atheris is no dependency: ``.github/CONTRIBUTING.md`` says how to run it. Everything behind the name of a
target goes to libFuzzer: options (``-runs=1000000 -seed=1``) and the folders of the corpus, the first of which grows.
An input that shows a bug is written to a file and ends the run; ``near_files`` says what counts as one.
"""

from __future__ import annotations

import argparse
import random
import sys
import tarfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TARGETS = ("header", "index")
# Small files are read fast and hold every fault; a hang or a gigabyte ends the run.
DEFAULTS = ("-max_len=512", "-mutate_depth=2", "-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1")
# What a reader fetches first; smaller than the headers here, so that the second read is on the way of many of them.
WINDOW = 96


def main(argv: Sequence[str]) -> None:
    """Write seeds, or run libFuzzer on one target, which ends the process."""
    parser = argparse.ArgumentParser(description="Everything else goes to libFuzzer.", allow_abbrev=False)
    parser.add_argument("target", choices=(*TARGETS, "seeds"))
    chosen, options = parser.parse_known_args(argv)
    if chosen.target == "seeds":
        write_seeds(Path(options[0]), Path(options[1]))
    else:
        fuzz(chosen.target, options)


def write_seeds(data: Path, folder: Path) -> None:
    """Write the files of others' tests in ``data`` as seeds of both targets: each JSON text is a header as well."""
    for target in TARGETS:
        (folder / target).mkdir(parents=True)
    for file in data.glob("safetensors-rs/*.safetensors"):
        (folder / "header" / file.name).write_bytes(file.read_bytes())
    with tarfile.open(data / "JSONTestSuite.tar.xz") as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                text = content.read()
                (folder / "index" / Path(member.name).name).write_bytes(text)
                (folder / "header" / Path(member.name).name).write_bytes(len(text).to_bytes(8, "little") + text)


def fuzz(target: str, options: Sequence[str]) -> None:
    """Run libFuzzer with the readers instrumented, and nothing else."""
    # By name, so that the types are the same whether it is installed or not; it has none of its own.
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["hfsemver.releases.formats"]):
        formats = import_module("hfsemver.releases.formats.safetensors")
    near_files = import_module("tests.hostile.near_files")
    formats.FIRST_READ = WINDOW  # type: ignore[attr-defined]  # loaded by name, so without types
    read, mutate = {
        "header": (near_files.read_as_the_library, near_files.near_file),
        "index": (near_files.read_index, near_files.near_index),
    }[target]
    rng = random.Random()
    seeded = False

    def mutated(data: bytes, limit: int, seed: int) -> bytes:
        nonlocal seeded
        if not seeded:  # once: it takes as long as a mutation, and one seed of libFuzzer still makes one run
            rng.seed(seed)
            seeded = True
        broken: bytes = mutate(rng, data, limit, atheris.Mutate)  # Setup() puts another function there
        return broken

    atheris.Setup([sys.argv[0], *DEFAULTS, *options], read, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
