"""The cache that ``huggingface_hub`` keeps: snapshots of releases made of links into a folder of blobs.

Layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# A blob is named by its ETag: a git object id, or the SHA-256 of a large file.
_BLOB = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubCache:
    """The blobs of one cached repository: the only place that links of its snapshots may lead to."""

    blobs: Path

    @classmethod
    def around(cls, folder: Path) -> HubCache | None:
        """Return the cache that the resolved ``folder`` is a snapshot of, or lies in; ``None`` for any other folder."""
        for snapshot in (folder, *folder.parents):
            repository = snapshot.parent.parent
            if snapshot.parent.name == "snapshots" and "--" in repository.name and (repository / "blobs").is_dir():
                return cls(blobs=repository / "blobs")
        return None

    def blob(self, folder: str, target: str) -> str | None:
        """Return the name of the blob that a link in ``folder`` with the text ``target`` leads to, if it is one."""
        place, name = os.path.split(os.path.normpath(os.path.join(folder, target)))  # noqa: PTH118 -- pathlib has no normpath
        return name if place == str(self.blobs) and _BLOB.fullmatch(name) else None
