"""A full disk under each command that writes: nothing half, one line that says where, and the same command goes once there is room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.full_disk import PAGE, Disk, Shell, disk, shell
from tests.gitworld import GitWorld
from tests.workflows.pushing import BODY, TUNED, files

__all__ = ["disk", "shell"]

FINGERPRINT = "0123456789abcdef"
LONG = "because " * (PAGE // 8 - 40)
# Each command with the pages that are too few for it.
COMMANDS = {
    "init": (("init",), 2),
    "init, workflow": (("init", "--workflow"), 3),
    "hook": (("hook", "install"), 1),
    "accept": (("accept", FINGERPRINT, "--reason", LONG), 1),
    "surface": (("surface", "write"), 1),
    "report, json": (("check", "--format", "json", "--output", "report"), 1),
    "report, markdown": (("check", "--format", "markdown", "--output", "report"), 1),
    "report, sarif": (("check", "--format", "sarif", "--output", "report"), 1),
    "report, junit": (("check", "--format", "junit", "--output", "report"), 1),
    "report, human": (("check", "--format", "human", "--output", "report"), 1),
    "tags": (("log", "--tag", "--yes"), 2),
}
WHERE = {"check": "report", "surface": ".hfsemver/surface.json"}
CASES = [(name, pages) for name, (_, few) in COMMANDS.items() for pages in range(few)]


@pytest.fixture
def world(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> GitWorld:
    """A repository on a small disk, with something to release in it."""
    made = GitWorld.create(disk.root / "work")
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(made.root)
    made.commit(files(BODY), "one")
    made.commit(files(TUNED), "two")
    return made


@pytest.mark.parametrize(("name", "pages"), CASES)
def test_a_command_writes_all_or_nothing(world: GitWorld, disk: Disk, shell: Shell, name: str, pages: int) -> None:
    """An older report, and a hook of somebody else, are what they were."""
    argv = COMMANDS[name][0]
    (world.root / "report").write_bytes(b"an older one")
    hook = world.root / ".git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_bytes(b"#!/bin/sh\n")
    before = disk.files()
    disk.fill(pages)
    shell.insist_on_no_room(*argv, where=WHERE.get(argv[0], str(world.root)))
    # What was written before is whole, and told.
    done = {
        path: content for path, content in disk.files().items() if argv[0] in {"init", "log"} and path not in before
    }
    disk.insist_on_nothing_written(before | done)
    disk.make_room()
    shell.insist_on_success(*argv)
    after = disk.files()
    assert all(after[path] == content for path, content in done.items() if "tmp_obj" not in path)
    assert after != before
    assert not [path for path in after if Path(path).name.startswith(".") and ".." in path]
    assert shell.run("doctor")[0] in {0, 1}
