"""Everything that differs between two releases, as the rules read it: one edit in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.asked import DEFAULT_ASKED, Asked
from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.rule_id import RuleId
from hfsemver.diff.card.sections import missing_sections
from hfsemver.diff.config.config import ConfigDiff, compare_configs
from hfsemver.diff.config.floor import CONFIG, raised
from hfsemver.diff.evidence import Evidence
from hfsemver.diff.shown import Shown
from hfsemver.diff.weights.declared import unstored
from hfsemver.diff.weights.depth import Depth
from hfsemver.diff.weights.health import HealthDiff, compare_health
from hfsemver.diff.weights.implied import IMPLIED
from hfsemver.diff.weights.index_faults import lost_indexes
from hfsemver.diff.weights.transitions import compare_tensors
from hfsemver.diff.weights.updates import Updates, rule_of_updates, sort_updates
from hfsemver.diff.weights.values import ValuesDiff, compare_values
from hfsemver.tensors import Band

if TYPE_CHECKING:
    from hfsemver.core.progress import Progress
    from hfsemver.core.promise import Kind
    from hfsemver.core.section import Section
    from hfsemver.diff.config.change import KeyChange
    from hfsemver.diff.config.floor import Need
    from hfsemver.diff.config.generation import Stop
    from hfsemver.diff.eval.scores import Regression
    from hfsemver.diff.files.subjects import Unjudged
    from hfsemver.diff.weights.tensors import TensorDiff
    from hfsemver.releases.hub.hub import Published
    from hfsemver.releases.release import Release


def compare(
    baseline: Release | None,
    current: Release,
    depth: Depth = Depth.FULL,
    progress: Progress | None = None,
    published: Published | None = None,
) -> ReleaseDiff:
    """Compare two releases, on demand; a ``None`` baseline is a first release, which differs from nothing.

    What no file says is asked where the release is ``published``, and nowhere without that.
    """
    evidence = Evidence(baseline=baseline, current=current, depth=depth, progress=progress, published=published)
    return ReleaseDiff(evidence)


@dataclass(frozen=True, eq=False)
class ReleaseDiff(Shown):
    """Evidence in which each cause has claimed what follows from it.

    ``left_out`` names causes that claim nothing, in the words of rule ids: what would follow from one that nobody tells has to
    be told on its own. ``named_kind`` is the kind of repository that somebody names, where it is not left to the files, and
    ``asked`` is what a policy asks of it. What is read is read by ``evidence``, once for all such views.
    """

    left_out: frozenset[str] = frozenset()
    named_kind: Kind | None = None
    asked: Asked = DEFAULT_ASKED

    def leaving_out(self, causes: frozenset[str]) -> ReleaseDiff:
        """Return the same evidence, in which these causes claim nothing."""
        return self if causes == self.left_out else replace(self, left_out=causes)

    def of_kind(self, kind: Kind | None) -> ReleaseDiff:
        """Return the same evidence about a kind of repository, ``None`` for the one that its files show."""
        return self if kind == self.named_kind else replace(self, named_kind=kind)

    def asking(self, asked: Asked) -> ReleaseDiff:
        """Return the same evidence, of which a policy asks this."""
        return replace(self, asked=asked)

    @property
    def kind(self) -> Kind:
        """What consumers have: a release that is no embedding model any more has broken them all the same."""
        return self.named_kind or (self.baseline or self.current).kind

    @property
    def update_rule(self) -> RuleId:
        """The rule that tells changed values, by what consumers made of the old ones: vectors, adapters or nothing known."""
        return rule_of_updates(self.kind, self.left_out, lambda: self._is_adapter_base is True)

    @property
    def _is_adapter_base(self) -> bool | EvidenceMissing:
        """Whether adapters fit to these weights: the policy says so, or the Hub has some; or why that cannot be told."""
        published = self.evidence.published
        if self.asked.adapter_base or published is None or not self.values.of(Band.UPDATED):
            return self.asked.adapter_base
        try:
            return published.hub.has_adapters(published.repo)
        except EvidenceMissing as silence:
            return silence

    def require_adapters_known(self) -> None:
        """Raise ``EvidenceMissing`` where values moved, and the Hub that was asked for adapters of the model did not answer."""
        if isinstance(known := self._is_adapter_base, EvidenceMissing):
            raise known

    @property
    def unjudged(self) -> tuple[Unjudged, ...]:
        """Changes that no rule reads."""
        told = RuleId.GGUF_METADATA_DRIFT not in self.left_out
        return (*self.evidence.unjudged, *self.evidence.unjudged_headers(drifts_are_told=told))

    @property
    def regressions(self) -> tuple[Regression, ...]:
        """Scores that are worse by more than chance, or than is tolerated where chance is not known."""
        return tuple(one for one in self.evals.regressions if one.exceeds(self.asked.tolerance))

    def require_moved(self) -> None:
        """Raise ``EvidenceMissing`` where values that could not be read leave it open whether any of them changed."""
        if not self.values_moved:
            self.values.require_complete()

    @property
    def values_moved(self) -> bool:
        """Whether values of the weights are known to be other ones, by more than saving does."""
        return bool(self.updates.updated) or self.updates.unrelated is not None

    @property
    def missing_sections(self) -> tuple[Section, ...]:
        """The sections that the card must have and has no more, sorted."""
        return missing_sections(self.baseline, self.current, self.asked.sections)

    @cached_property
    def config(self) -> ConfigDiff:
        """``config.json`` and ``model_index.json``, normalised; each changed key in exactly one group."""
        return compare_configs(self.evidence.configs, self.generation, self.left_out)

    @cached_property
    def tensors(self) -> TensorDiff:
        """Tensors added, removed, renamed, reshaped and recast, after each transition has claimed what it explains."""
        return compare_tensors(
            self.evidence.reading, self.evidence.tensors, self.config, self.left_out, self.adapters.folders
        )

    @cached_property
    def values(self) -> ValuesDiff:
        """Bands of the tensor values; reads weight bytes unless digests settle it."""
        return compare_values(self.evidence.measuring, self.tensors, self.formats)

    @cached_property
    def health(self) -> HealthDiff:
        """Values of the current release that are broken whatever the version."""
        return compare_health(self.baseline, self.evidence.weights, self.values, self.depth)

    @cached_property
    def updates(self) -> Updates:
        """Changed values that nothing larger explains."""
        return sort_updates(self.values, self.health, self.left_out, self.update_rule)

    @property
    def declared_dtype(self) -> tuple[KeyChange, ...]:
        """A change of the declared dtype that no change of the stored ones explains."""
        stored = self.tensors.recast or self.tensors.packed or any(self.tensors.claimed)
        return () if stored else self.config.dtype

    @property
    def lone_stops(self) -> tuple[Stop, ...]:
        """Stops that came while none went: beside a stop that went they are the other half of one edit."""
        told = self.generation.stops_removed and RuleId.STOP_TOKEN_REMOVED not in self.left_out
        return () if told else self.generation.stops_added

    @property
    def raised_floors(self) -> tuple[Need, ...]:
        """What only a newer library than before reads as it is meant; another rope or architecture tells its spelling."""
        causes = (
            (RuleId.ROPE_CONFIG_CHANGED, self.config.rope),
            (RuleId.ARCHITECTURE_CHANGED, self.config.architecture),
        )
        told = any(changes and cause not in self.left_out for cause, changes in causes)
        needs = raised(self.baseline, self.current, self.processors.folded, self.processors.bounded)
        return tuple(need for need in needs if not (told and need.file == CONFIG))

    @property
    def plain_values(self) -> tuple[KeyChange, ...]:
        """Changed keys of the configuration that no other rule speaks for."""
        return (
            *self.config.other,
            *unstored(self.config.one_sided_dtype, self.evidence.reading),
            *self.tokenizer.tokenization.values,
            *self.adapters.other,
            *self.processors.other,
        )

    @property
    def lost_indexes(self) -> tuple[str, ...]:
        """Indexes that the baseline has for sets which are still sharded; without one no loader finds the shards."""
        return lost_indexes(self.baseline, self.current)

    @cached_property
    def weights_changed(self) -> bool:
        """Whether weights differ as a loader sees them: a tensor, a value, a layout or, where nothing else is known, a digest.

        A file that could not be looked at counts when its digest or its size shows that it is another one.
        """
        tensors = self.tensors
        structure = (
            tensors.added,
            tensors.removed,
            tensors.renamed,
            tensors.respelled,
            tensors.reshaped,
            tensors.packed,
        )
        formats = (self.formats.added, self.formats.removed, self.formats.renamed)
        # What every loader makes by itself may come and go; a head that is no such copy is among the heads.
        claimed = any(claim.cause not in (IMPLIED, RuleId.TIED_EMBEDDINGS_CHANGED) for claim in tensors.claimed)
        moved = claimed or any((*structure, *formats, tensors.recast, tensors.heads, tensors.reshardings))
        # Under --weights header another file is no news yet: it may be the same weights, saved again.
        unread = self.depth.reads_values and any(u.differs for u in self.values.unread)
        return moved or unread or any(v.band is not Band.IDENTICAL for v in self.values.tensors)
