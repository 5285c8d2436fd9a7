"""Everything that differs between two releases, worked out part by part on demand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.claim import Claim
from hfsemver.diff.card.card import CardDiff, compare_cards
from hfsemver.diff.card.licence import LicenceDiff, compare_licences
from hfsemver.diff.config.config import ConfigDiff, compare_configs
from hfsemver.diff.config.generation import GenerationDiff, compare_generation
from hfsemver.diff.config.sides import ConfigSides
from hfsemver.diff.files.files import FilesDiff, compare_files
from hfsemver.diff.files.formats import FormatsDiff, compare_formats
from hfsemver.diff.files.pickles import PicklesDiff, compare_pickles
from hfsemver.diff.template.template import TemplateDiff, compare_templates
from hfsemver.diff.tokenizer.tokenizer import TokenizerDiff, compare_tokenizers
from hfsemver.diff.weights.declared import unstored
from hfsemver.diff.weights.depth import Depth
from hfsemver.diff.weights.health import HealthDiff, compare_health
from hfsemver.diff.weights.implied import IMPLIED
from hfsemver.diff.weights.reading import WeightReading
from hfsemver.diff.weights.transitions import compare_tensors
from hfsemver.diff.weights.updates import Updates, sort_updates
from hfsemver.diff.weights.values import ValuesDiff, compare_values
from hfsemver.tensors import Band

if TYPE_CHECKING:
    from hfsemver.core.bump import Bump
    from hfsemver.diff.config.change import KeyChange
    from hfsemver.diff.config.generation import Stop
    from hfsemver.diff.weights.tensors import TensorDiff
    from hfsemver.releases.release import Release


@dataclass(frozen=True, eq=False, kw_only=True)
class ReleaseDiff:
    """``current`` against ``baseline``; a ``None`` baseline is a first release, which differs from nothing.

    ``left_out`` names the rules that the policy does not count: they explain nothing, so that what would follow from them
    is told on its own. ``required`` is the bump that the evidence requires, known only to rules of the last stage.
    """

    baseline: Release | None
    current: Release
    claim: Claim = field(default_factory=Claim)
    depth: Depth = Depth.FULL
    left_out: frozenset[str] = frozenset()
    required: Bump | None = None

    def requiring(self, bump: Bump) -> ReleaseDiff:
        """Return the same diff, with all that was worked out so far, for the rules that judge the version."""
        return self._twin(replace(self, required=bump))

    def claiming(self, claim: Claim) -> ReleaseDiff:
        """Return the same diff, with all that was worked out so far, under another claim."""
        return self._twin(replace(self, claim=claim))

    def leaving_out(self, rules: frozenset[str]) -> ReleaseDiff:
        """Return the same diff for a policy that does not count ``rules``."""
        if rules == self.left_out:
            return self
        twin = self._twin(replace(self, left_out=rules))
        for name in ("config", "tensors", "values", "health", "updates", "weights_changed"):
            twin.__dict__.pop(name, None)
        return twin

    def _twin(self, twin: ReleaseDiff) -> ReleaseDiff:
        # No part of the evidence depends on what is claimed or required.
        known = {name: value for name, value in self.__dict__.items() if name not in twin.__dict__}
        twin.__dict__.update(known)
        return twin

    @cached_property
    def files(self) -> FilesDiff:
        """Paths added, removed and changed, and the one answer to whether two files are equal."""
        return compare_files(self.baseline, self.current)

    @cached_property
    def configs(self) -> ConfigSides | None:
        """Both ``config.json``, normalised; ``None`` in a first release."""
        if self.baseline is None:
            return None
        return ConfigSides(baseline=self.baseline, current=self.current, files=self.files)

    @cached_property
    def reading(self) -> WeightReading | None:
        """How weights are read; ``None`` in a first release."""
        if self.baseline is None:
            return None
        return WeightReading(baseline=self.baseline, current=self.current, files=self.files, depth=self.depth)

    @cached_property
    def formats(self) -> FormatsDiff:
        """Weight formats, variants and quantisations that a consumer can ask for by name."""
        return compare_formats(self.baseline, self.current)

    @cached_property
    def pickles(self) -> PicklesDiff:
        """Files that run code when they are loaded; recognised by their first bytes or by name, never loaded."""
        return compare_pickles(self.baseline, self.current, self.formats)

    @cached_property
    def config(self) -> ConfigDiff:
        """``config.json`` and ``model_index.json``, normalised; each changed key in exactly one group."""
        return compare_configs(self.configs, self.generation, self.left_out)

    @cached_property
    def generation(self) -> GenerationDiff:
        """Stop tokens and sampling defaults, as an engine would find them."""
        return compare_generation(self.configs)

    @cached_property
    def tokenizer(self) -> TokenizerDiff:
        """Token ids and special tokens."""
        return compare_tokenizers(self.baseline, self.current, self.files)

    @cached_property
    def templates(self) -> TemplateDiff:
        """Chat templates, by what they render."""
        return compare_templates(self.baseline, self.current)

    @cached_property
    def card(self) -> CardDiff:
        """Front matter."""
        return compare_cards(self.baseline, self.current)

    @cached_property
    def licence(self) -> LicenceDiff:
        """Licence id and text, by strictness."""
        return compare_licences(self.baseline, self.current)

    @cached_property
    def tensors(self) -> TensorDiff:
        """Tensors added, removed, renamed, reshaped and recast, after each transition has claimed what it explains."""
        return compare_tensors(self.reading, self.config, self.formats, self.left_out)

    @cached_property
    def values(self) -> ValuesDiff:
        """Bands of the tensor values; reads weight bytes unless digests settle it."""
        return compare_values(self.reading, self.tensors, self.formats)

    @cached_property
    def health(self) -> HealthDiff:
        """Values of the current release that are broken whatever the version."""
        return compare_health(self.baseline, self.current, self.values, self.depth)

    @cached_property
    def updates(self) -> Updates:
        """Changed values that nothing larger explains."""
        return sort_updates(self.values, self.health, self.left_out)

    @property
    def declared_dtype(self) -> tuple[KeyChange, ...]:
        """A change of the declared dtype that no change of the stored ones explains."""
        stored = self.tensors.recast or self.tensors.packed or any(self.tensors.claimed)
        return () if stored else self.config.dtype

    @property
    def lone_stops(self) -> tuple[Stop, ...]:
        """Stops that came while none went: beside a stop that went they are the other half of one edit."""
        told = self.generation.stops_removed and "stop-token-removed" not in self.left_out
        return () if told else self.generation.stops_added

    @property
    def plain_values(self) -> tuple[KeyChange, ...]:
        """Changed keys of the configuration that no other rule speaks for."""
        return (*self.config.other, *unstored(self.config.one_sided_dtype, self.reading))

    @property
    def lost_indexes(self) -> tuple[str, ...]:
        """Indexes that the baseline has for sets which are still sharded; without one no loader finds the shards."""
        before = {} if self.baseline is None else self.baseline.weights.sets
        return tuple(
            old.index_file
            for name, old in before.items()
            if old.index_file
            and name in (now := self.current.weights.sets)
            and now[name].is_sharded
            and not now[name].index_file
        )

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
        claimed = any(claim.cause not in (IMPLIED, "tied-embeddings-changed") for claim in tensors.claimed)
        moved = claimed or any((*structure, *formats, tensors.recast, tensors.heads, tensors.reshardings))
        # Under --weights header another file is no news yet: it may be the same weights, saved again.
        unread = self.depth.reads_values and any(u.differs for u in self.values.unread)
        return moved or unread or any(v.band is not Band.IDENTICAL for v in self.values.tensors)
