"""A release that carries a surface, and the surface alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hfsemver.core.surface import PATH
from hfsemver.workflows.surface import write_into
from tests.hub.fixtures import client_home, hub
from tests.hub.here import here
from tests.workflows.surfaces import TENSORS, lay

__all__ = ["client_home", "here", "hub", "old", "surface"]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A release with its surface."""
    folder = lay(tmp_path / "old", TENSORS, "1.0.0")
    write_into(str(folder))
    return folder


@pytest.fixture
def surface(old: Path, tmp_path: Path) -> Path:
    """Its surface alone."""
    (tmp_path / "kept").mkdir()
    return Path(shutil.copy(old / PATH, tmp_path / "kept" / "surface.json"))
