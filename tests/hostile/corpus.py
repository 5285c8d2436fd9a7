"""All malformed releases, and how one is laid out on disk. Nothing of it is stored: it is written anew for each run."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from tests.gitworld import GitWorld
from tests.hostile import gguf_files, git_objects, headers, indexes, json_files, yaml_files
from tests.hostile.case import SOUND, Case

if TYPE_CHECKING:
    from pathlib import Path

CASES: tuple[Case, ...] = tuple(
    chain(
        headers.cases(),
        gguf_files.cases(),
        indexes.cases(),
        json_files.cases(),
        yaml_files.cases(),
        git_objects.cases(),
    )
)


def lay_out(case: Case, folder: Path) -> str:
    """Write a release into a new folder and return the reference that names it."""
    if case.commit is not None:
        world = GitWorld.create(folder)
        world.commit(SOUND, "sound")
        return f"{folder}@{case.commit(world)}"
    folder.mkdir(parents=True)
    for name, data in {**SOUND, **case.files}.items():
        if data is not None:
            (folder / name).write_bytes(data)
    return str(folder)
