"""A Hub for the tests of those who publish to it."""

from __future__ import annotations

import pytest

from tests.hub.fixtures import client_home, hub

__all__ = ["client_home", "hub"]


@pytest.fixture(autouse=True)
def _git_speaks_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """A branch is moved by git, which this suite keeps to files elsewhere."""
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "http")
