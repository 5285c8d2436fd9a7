"""Names of content that two sources can agree on without reading it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Algorithm(StrEnum):
    """Where a digest comes from: an LFS object id, or the object id of a blob in git."""

    SHA256 = "sha256"
    GIT_BLOB = "git-blob"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A digest of a whole file. Equal digests of one algorithm mean equal bytes; unequal algorithms say nothing."""

    algorithm: Algorithm
    hex: str

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"
