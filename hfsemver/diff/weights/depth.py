"""How deep weights may be read."""

from __future__ import annotations

from enum import StrEnum


class Depth(StrEnum):
    """Headers and digests only, or every byte that digests do not settle."""

    HEADER = "header"
    FULL = "full"

    @property
    def reads_values(self) -> bool:
        """Whether tensor bytes may be read."""
        return self is Depth.FULL
