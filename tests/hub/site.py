"""What every answer of the Hub needs to know about the Hub it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.repository import Repository
    from tests.hub.store import Store
    from tests.hub.transfers import Upload


@dataclass(slots=True, kw_only=True)
class Site:
    """The store and its two origins: ``url`` speaks for the Hub, ``cdn`` hands out and takes in large files."""

    store: Store
    url: str
    cdn: str
    xet: Path | None = None
    page_size: int | None = None
    part_size: int = 16 * 1024 * 1024
    uploads: dict[str, Upload] = field(default_factory=dict)

    def web(self, repository: Repository) -> str:
        """Return the address of a repository."""
        return f"{self.url}/{repository.address}"

    def download(self, repository: Repository, sha256: str) -> str:
        """Return the address of a large file; whoever has it needs no token."""
        return f"{self.cdn}/cdn/{repository.address}/{sha256}"
