"""Placeholder until this part of the diff lands."""
from __future__ import annotations
from dataclasses import dataclass
from hfsemver.releases.release import Release
@dataclass(frozen=True, kw_only=True)
class FilesDiff:
    pass
def compare_files(baseline: Release | None, current: Release) -> FilesDiff:
    return FilesDiff()
