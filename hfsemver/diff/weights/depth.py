"""How deep weights may be read."""

from __future__ import annotations

from enum import StrEnum


class Depth(StrEnum):
    """Headers and digests only, one hundredth of the bytes, or every byte that digests do not settle."""

    HEADER = "header"
    SAMPLE = "sample"
    FULL = "full"

    @property
    def reads_values(self) -> bool:
        """Whether every tensor byte may be read."""
        return self is Depth.FULL

    @property
    def looks_at_values(self) -> bool:
        """Whether any tensor byte may be read."""
        return self is not Depth.HEADER
