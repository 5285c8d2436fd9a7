"""Everything a run found out, ready to be rendered; holds no way of rendering it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfsemver.core.change import Change
    from hfsemver.core.finding import Accepted, Finding, Skip
    from hfsemver.core.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two releases: how it was named, the version it carries and the commit it is."""

    ref: str
    version: str | None = None
    commit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFigures:
    """What comparing the weights showed.

    ``evidence`` is what the figures stand on: ``digest``, ``header``, ``surface`` where old weights were known by description
    only, ``sample``, ``full``, or ``partial`` where some bytes were read and others are not here. ``relative_l2`` is
    ||current - baseline|| / ||baseline|| over the tensors whose values changed. The intervals hold the true figure in 95 of 100
    cases, and are ``None`` for exact figures.
    """

    evidence: str
    tensors: int
    changed: int
    bytes_read: int
    relative_l2: float | None = None
    cosine: float | None = None
    relative_l2_interval: tuple[float, float] | None = None
    cosine_interval: tuple[float, float] | None = None
    max_abs: float | None = None
    changed_share: float | None = None
    bands: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Findings, skips and the verdict over one pair of releases; ``baseline`` is ``None`` for a first release.

    ``changes`` lists every difference, also those that no rule is about; ``None`` where that list was not asked for.
    """

    baseline: Side | None
    current: Side
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    skips: tuple[Skip, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    weights: WeightFigures | None = None
    notes: tuple[str, ...] = ()
    changes: tuple[Change, ...] | None = None
