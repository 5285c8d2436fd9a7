"""A release that is killed in between is none, or whole; and the same command, typed again, ends in one whole release."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.gitworld import GitWorld
from tests.workflows.bumping import insist_on_one_release
from tests.workflows.pushing import BODY, TUNED, files

if TYPE_CHECKING:
    from pathlib import Path

# Stands before git on the PATH, counts the calls of one command, and kills whoever called it, before git runs or after.
KILLER = """#!/bin/sh
for word in "$@"; do
    if [ "$word" = "{command}" ]; then
        if [ "{moment}" = before ]; then kill -9 $PPID; exit 9; fi
        "{git}" "$@"; code=$?
        kill -9 $PPID
        exit $code
    fi
done
exec "{git}" "$@"
"""
STEPS = [
    (command, moment)
    for command in ("hash-object", "commit-tree", "mktag", "update-ref", "read-tree")
    for moment in ("before", "after")
]


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    """A repository with one release, and a commit that is to be the next."""
    made = GitWorld.create(tmp_path / "work")
    made.commit(files(BODY), "one")
    assert bumped(made).returncode == 0
    made.commit(files(TUNED, "1.0.0"), "two")
    return made


def bumped(world: GitWorld, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    variables = {**world.environment, "PATH": path + world.environment["PATH"]}
    command = [sys.executable, "-m", "hfsemver", "bump"]
    return subprocess.run(
        command, cwd=world.root, env=variables, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize(("command", "moment"), STEPS)
def test_a_release_that_is_killed_is_finished_by_the_next_run(
    world: GitWorld, tmp_path: Path, command: str, moment: str
) -> None:
    """At every step that writes, before git does it and after; the earlier release stays what it was."""
    before = world.git("rev-parse", "v1.0.0", "v1.0.0^{commit}")
    programs = tmp_path / "programs"
    programs.mkdir()
    killer = programs / "git"
    killer.write_text(KILLER.format(command=command, moment=moment, git=shutil.which("git")))
    killer.chmod(0o755)
    killed = bumped(world, f"{programs}{os.pathsep}")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    has_tag = "v1.1.0" in world.git("tag", "--list")
    assert has_tag == (world.git("log", "-1", "--format=%s") == "Release 1.1.0"), "all names moved, or none"
    again = bumped(world)

    assert again.returncode == 0, again.stderr
    insist_on_one_release(world)
    assert world.git("rev-parse", "v1.0.0", "v1.0.0^{commit}") == before


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_a_thousand_kills_end_in_one_release_each(tmp_path: Path) -> None:
    """At any moment, by the clock."""
    seed = random.Random(1)
    template = GitWorld.create(tmp_path / "template")
    template.commit(files(BODY), "one")
    assert bumped(template).returncode == 0
    template.commit(files(TUNED, "1.0.0"), "two")
    for number in range(1000):
        shutil.copytree(template.root, tmp_path / "work", symlinks=True)
        world = GitWorld(tmp_path / "work", template.environment)
        command = [sys.executable, "-m", "hfsemver", "bump"]
        process = subprocess.Popen(
            command, cwd=world.root, env=world.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(seed.uniform(0.3, 1.6))
        process.kill()
        process.wait()
        time.sleep(0.05)  # what git was doing it does to its end
        again = bumped(world)
        assert again.returncode == 0, (number, again.stderr)
        insist_on_one_release(world)
        shutil.rmtree(world.root)
