"""A Hub."""

from __future__ import annotations

from tests.hub.fixtures import client_home, hub
from tests.hub.here import here

__all__ = ["client_home", "here", "hub"]
