"""Real commit histories of model repositories, laid out as git repositories again.

The archives are no part of the project: ``HFSEMVER_TEST_DATA`` names the folder that holds them, by default
``shared/data`` beside the checkout, and tests that need them are skipped where there is none. Weights are LFS pointers
in them, so identity can be judged, and values cannot.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.gitworld import GitWorld
from tests.published import extract

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(os.environ.get("HFSEMVER_TEST_DATA") or Path(__file__).parents[2] / "shared" / "data")
ROOT = DATA / "hf_histories"


def archives() -> tuple[Path, ...]:
    """Return the archives that are here; none where there are none."""
    return tuple(sorted(ROOT.glob("*.tar.xz")))


def rebuild(archive: Path, folder: Path) -> GitWorld:
    """Make a repository with one commit a snapshot, with the dates and messages of the original."""
    unpacked = folder / "unpacked"
    extract(archive, unpacked)
    source = next(unpacked.iterdir())
    world = GitWorld.create(folder / "repository")
    for snapshot, commit, date, message in _commits(source):
        for path in world.root.iterdir():
            if path.name != ".git":
                world.git("rm", "-rq", "--cached", "--ignore-unmatch", path.name)
        _copy(source / snapshot, world.root)
        dates = {"GIT_AUTHOR_DATE": f"{date}T12:00:00+00:00", "GIT_COMMITTER_DATE": f"{date}T12:00:00+00:00"}
        world.git("add", "--all", "--force", variables=dates)
        world.git(
            "commit",
            "--quiet",
            "--allow-empty",
            "-m",
            f"{message or '(no message)'}\n\nOriginal: {commit}",
            variables=dates,
        )
    return world


def original_commits(world: GitWorld) -> dict[str, str]:
    """Return the short id that each commit has in the original repository, by its id in the rebuilt one."""
    lines = world.git("log", "--format=%H %(trailers:key=Original,valueonly,separator=)").splitlines()
    return {line.split()[0]: line.split()[1][:8] for line in lines}


def _commits(source: Path) -> Iterator[tuple[str, str, str, str]]:
    with (source / "COMMITS.tsv").open(encoding="utf-8", newline="") as table:
        for row in csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row and row[0] not in ("snapshot", "-"):
                yield row[0], row[1], row[2], row[3]


def _copy(source: Path, target: Path) -> None:
    """Make ``target`` hold exactly the files of ``source``, besides its repository."""
    wanted = {path.relative_to(source): path for path in source.rglob("*") if path.is_file()}
    for path in [path for path in target.rglob("*") if path.is_file() and ".git" not in path.relative_to(target).parts]:
        if path.relative_to(target) not in wanted:
            path.unlink()
    for name, path in wanted.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(path.read_bytes())
