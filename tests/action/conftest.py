"""A model in git as a runner checks it out, and the GitHub around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.action.github import serving
from tests.action.runner import Runner
from tests.gitworld import GitWorld
from tests.hub.fixtures import client_home, hub
from tests.workflows.pushing import BODY, files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.action.github import GitHub

__all__ = ["client_home", "hub"]


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    """A repository with the release v1.0.0."""
    made = GitWorld.create(tmp_path / "work")
    made.commit(files(BODY, "1.0.0"), "one")
    made.tag("v1.0.0")
    return made


@pytest.fixture
def runner(world: GitWorld, tmp_path: Path) -> Runner:
    """A runner with that checkout."""
    temp = tmp_path / "temp"
    temp.mkdir()
    made = Runner(workspace=world.root, temp=temp, environment=dict(world.environment))
    made.prepare()
    return made


@pytest.fixture
def github() -> Iterator[GitHub]:
    """A GitHub with one pull request."""
    with serving() as made:
        yield made
