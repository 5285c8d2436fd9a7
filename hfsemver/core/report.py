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
class DistanceFigures:
    """How far values lie from those of the baseline; ``None`` for what has no such figure, as packed values have none.

    ``changed_share`` is the share of elements that differ, ``relative_l2`` is ||current - baseline|| / ||baseline||, and
    ``max_abs`` the largest absolute difference of one element. Figures that are estimated have intervals.
    """

    changed_share: float | None = None
    relative_l2: float | None = None
    cosine: float | None = None
    max_abs: float | None = None
    relative_l2_interval: tuple[float, float] | None = None
    cosine_interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorFigures:
    """One tensor whose values changed, and how: ``band`` names it, ``distance`` measures it."""

    name: str
    file: str
    band: str
    elements: int
    distance: DistanceFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFigures:
    """The tensors of one module in one layer; ``distance`` is that of the ones that changed, taken together."""

    module: str
    tensors: int
    changed: int
    distance: DistanceFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFigures:
    """The modules of one layer that do the same: ``part`` is attention, mlp, norm or other."""

    part: str
    tensors: int
    changed: int
    distance: DistanceFigures
    modules: tuple[ModuleFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFigures:
    """The tensors of one layer, or of a module outside of all layers, whose ``layer`` is ``None``.

    ``file`` is that of the weights, whatever their shards, and ``path`` what the names begin with: ``model.layers``.
    """

    file: str
    path: str
    layer: int | None
    tensors: int
    changed: int
    distance: DistanceFigures
    parts: tuple[PartFigures, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFigures:
    """What comparing the weights showed.

    ``evidence`` is what the figures stand on: ``digest``, ``header``, ``surface`` where old weights were known by description
    only, ``sample``, ``full``, or ``partial`` where some bytes were read and others are not here. ``relative_l2`` is
    ||current - baseline|| / ||baseline|| over the tensors whose values changed and have such a figure, as packed ones have none. The intervals hold the true figure in 95 of 100
    cases, and are ``None`` for exact figures.
    ``layers`` and ``changed_tensors`` are the same, layer by layer and tensor by tensor; ``None`` where not asked for.
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
    layers: tuple[LayerFigures, ...] | None = None
    changed_tensors: tuple[TensorFigures, ...] | None = None


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

    @property
    def rules_told(self) -> frozenset[str]:
        """The rules that the report speaks of: by a finding, accepted or not, or by a skip."""
        found = (*self.findings, *(one.finding for one in self.accepted))
        return frozenset((*(one.rule for one in found), *(one.rule for one in self.skips)))
