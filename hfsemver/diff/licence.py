"""Placeholder until this part of the diff lands."""
from __future__ import annotations
from dataclasses import dataclass
from hfsemver.releases.release import Release
@dataclass(frozen=True, kw_only=True)
class LicenceDiff:
    pass
def compare_licences(baseline: Release | None, current: Release) -> LicenceDiff:
    return LicenceDiff()
