"""The Hub of a test in the place of the one that the environment of this process names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.releases.hub.patience import Patience
from hfsemver.releases.hub.wire import Wire

if TYPE_CHECKING:
    from tests.hub.hub import Hub

HASTY = Patience(tries=3, silence=5.0, working=5.0, first=0.01, wait=0.02, longest=3.0)
"""As many tries as it takes to see that there are several, and no time between them."""


@pytest.fixture
def here(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A Hub that commands of this process find, as the owner of everything on it."""
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", hub.token)
    return hub


def wire(hub: Hub, token: str | None = None) -> Wire:
    """Return a way to ask a Hub, by default as its owner."""
    return Wire(endpoint=hub.url, token=hub.token if token is None else token, patience=HASTY)
