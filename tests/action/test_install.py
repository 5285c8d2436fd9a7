"""The action from nothing: a fresh clone as ``uses: ./`` has it, installed by its own step, judging by its own code."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hfsemver.cli.exits import Exit
from tests.action.runner import ROOT, Runner
from tests.gitworld import GitWorld, isolated
from tests.workflows.pushing import BODY, HEADLESS, files

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.timeout(600)]


def index_answers(folder: Path) -> bool:
    """Whether packages can be had here at all."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "--retries",
        "0",
        "--quiet",
        "download",
        "--no-deps",
        "--dest",
        str(folder),
        "click",
    ]
    return subprocess.run(command, capture_output=True, check=False, timeout=120).returncode == 0


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a checkout of this repository holds: every file that git knows or would add."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )  # fmt: skip
    target = tmp_path / "clone"
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            place = target / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes((ROOT / name).read_bytes())
    return target


def test_a_fresh_clone_installs_itself_and_judges(clone: Path, tmp_path: Path) -> None:
    """Once for both steps of a job, from files of known hashes, without torch, and nothing is written into the checkout."""
    if not index_answers(tmp_path / "probe"):
        pytest.skip("no package index answers here")
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
    if not index_answers(tmp_path / "probe"):
        pytest.skip("no package index answers here")
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
