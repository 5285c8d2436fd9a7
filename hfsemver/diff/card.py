"""Placeholder until this part of the diff lands."""
from __future__ import annotations
from dataclasses import dataclass
from hfsemver.releases.release import Release
@dataclass(frozen=True, kw_only=True)
class CardDiff:
    pass
def compare_cards(baseline: Release | None, current: Release) -> CardDiff:
    return CardDiff()
