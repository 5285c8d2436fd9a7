"""The Hub, as a fixture for the tests of itself."""

from __future__ import annotations

from tests.hub.fixtures import client_home, hub

__all__ = ["client_home", "hub"]
