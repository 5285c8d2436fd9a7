"""The hook through the real pre-commit, which installs it from a repository as everybody's are."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.fresh import ROOT, copy_clone, demand_index
from tests.gitworld import GitWorld, isolated
from tests.workflows.pushing import BODY, HEADLESS, TUNED, files

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[GitWorld, dict[str, str]]:
    """This repository as pre-commit fetches it, and the folder in which it installs what it fetched, once for all tests."""
    folder = tmp_path_factory.mktemp("hooks")
    demand_index(folder / "probe")
    world = GitWorld.create(copy_clone(folder / "hfsemver"))
    world.commit({}, "hooks")
    variables = {name: value for name, value in isolated(folder).items() if not name.startswith("PYTHON")}
    path = os.pathsep.join((os.path.dirname(sys.executable), os.environ["PATH"]))  # noqa: PTH120 -- a text for a variable
    return world, {**variables, "PRE_COMMIT_HOME": str(folder / "cache"), "PATH": path, "GIT_ALLOW_PROTOCOL": "file"}


@pytest.fixture
def model(hooks: tuple[GitWorld, dict[str, str]], tmp_path: Path) -> GitWorld:
    """A model with one release and the framework in its repository."""
    source, variables = hooks
    made = GitWorld(tmp_path / "work", variables)
    made.root.mkdir()
    made.git("init", "--quiet", "--initial-branch=main", ".")
    config = f"repos:\n  - repo: {source.root}\n    rev: {source.head()}\n    hooks:\n      - id: hfsemver\n"
    made.commit({**files(BODY, "1.0.0"), ".pre-commit-config.yaml": config.encode()}, "one")
    made.tag("v1.0.0")
    made.bare(tmp_path / "remote.git")
    made.push("--no-verify", "--quiet", "origin", "main", "v1.0.0")
    command = [sys.executable, "-m", "pre_commit", "install", "--hook-type", "pre-push"]
    subprocess.run(command, cwd=made.root, env=variables, check=True, capture_output=True, timeout=120)
    return made


def test_the_manifest_is_valid() -> None:
    """As the framework itself has it."""
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_push_is_judged_and_refused(model: GitWorld) -> None:
    """A break under the number of a patch does not leave, and what is large enough does."""
    model.commit(files(HEADLESS, "1.0.1"), "two")
    refused = model.push("origin", "main")
    model.commit(files(TUNED, "1.1.0"), "three")
    passed = model.push("origin", "main")

    assert refused.returncode != 0
    assert b"tensor-removed" in refused.stdout + refused.stderr
    assert passed.returncode == 0, passed.stderr.decode()


def test_a_tag_that_is_pushed_on_its_own_is_not_seen(model: GitWorld) -> None:
    """The framework runs no hook where no commit is new: the limit that the page names, and our own hook has not."""
    model.commit(files(HEADLESS, "1.0.1"), "two")
    model.push("--no-verify", "origin", "main")
    model.tag("v1.0.1")

    assert model.push("origin", "v1.0.1").returncode == 0
