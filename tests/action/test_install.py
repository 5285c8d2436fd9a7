"""The action from nothing: a fresh clone as ``uses: ./`` has it, installed by its own step, judging by its own code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from hfsemver.cli.exits import Exit
from tests.action.runner import Runner
from tests.fresh import copy_clone, demand_index
from tests.gitworld import GitWorld, isolated
from tests.workflows.pushing import BODY, HEADLESS, files

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.timeout(600)]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a checkout of this repository holds, where packages can be had."""
    demand_index(tmp_path / "probe")
    return copy_clone(tmp_path / "clone")


def test_a_fresh_clone_installs_itself_and_judges(clone: Path, tmp_path: Path) -> None:
    """Once for both steps of a job, from files of known hashes, without torch, and nothing is written into the checkout."""
    world = GitWorld.create(tmp_path / "work")
    world.commit(files(BODY, "1.0.0"), "one")
    world.tag("v1.0.0")
    world.commit(files(HEADLESS, "1.0.1"), "two")
    environment = {name: value for name, value in isolated(tmp_path).items() if not name.startswith("PYTHON")}
    temp = tmp_path / "temp"
    temp.mkdir()
    runner = Runner(workspace=world.root, temp=temp, environment=environment, action=clone)

    first = runner.use()
    installed = (temp / "hfsemver-python" / "installed").stat().st_mtime_ns
    second = runner.use({"declared": "v2.0.0"})

    assert (first.status, first.outputs["verdict"]) == (Exit.TOO_SMALL, "violation"), first.log
    assert (second.status, second.outputs["verdict"]) == (Exit.OK, "pass"), second.log
    assert (temp / "hfsemver-python" / "installed").stat().st_mtime_ns == installed
    site = next((temp / "hfsemver-python" / "lib").glob("python*/site-packages"))
    assert (site / "hfsemver" / "templates").is_dir()
    assert not (site / "torch").exists()
    assert not (clone / "build").exists()
    assert world.git("status", "--porcelain", "--ignored") == ""


def test_a_changed_file_is_not_installed(clone: Path, tmp_path: Path) -> None:
    """A package whose hash is another one stops the step before anything of it runs."""
    lock = clone / ".github" / "action-requirements.txt"
    text = lock.read_text(encoding="utf-8")
    hashes = re.findall(r"sha256:([0-9a-f]{64})", text)
    for one in hashes:
        text = text.replace(one, one[::-1])
    lock.write_text(text, encoding="utf-8")
    world = GitWorld.create(tmp_path / "work")
    temp = tmp_path / "temp"
    temp.mkdir()
    runner = Runner(workspace=world.root, temp=temp, environment=isolated(tmp_path), action=clone)

    ran = runner.use()

    assert ran.status
    assert "HASHES" in ran.log
    assert ran.outputs["verdict"] == ""
    assert not (temp / "hfsemver-python" / "bin" / "hfsemver").exists()
