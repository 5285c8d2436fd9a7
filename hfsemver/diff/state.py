"""What one release says of itself in several places, with no other release beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.adapter.fit import Misfits, find_misfits
from hfsemver.diff.adapter.mismatch import Mismatch, find_mismatches
from hfsemver.diff.card.ancestry import CARD
from hfsemver.diff.card.licence_conflicts import LicenceConflicts, data_conflicts, licence_conflicts
from hfsemver.diff.card.metadata import MetadataFault, metadata_faults
from hfsemver.diff.card.recipes import missing_recipe
from hfsemver.diff.card.relations import ContradictedRelation, contradicted_relation, tuned_from
from hfsemver.diff.card.successor import DanglingSuccessor, dangling_successor
from hfsemver.diff.card.undeclared import UndeclaredBase, undeclared_base, unpinned_base
from hfsemver.diff.card.undetermined import undetermined_licence
from hfsemver.diff.code.faults import CodeFaults, find_code_faults
from hfsemver.diff.config.stops import Stops, stops_of
from hfsemver.diff.eval.overlap import scores_on_training_data
from hfsemver.diff.gguf.drift import Drifts, find_drifts
from hfsemver.diff.template.faults import TemplateFaults, find_template_faults
from hfsemver.diff.template.template import rendered
from hfsemver.diff.tokenizer.contradictions import Contradictions, tokenizer_contradictions
from hfsemver.diff.weights.descent import nothing_in_common
from hfsemver.diff.weights.ties import Ties, find_tie_faults
from hfsemver.releases.formats.card import MAX_SIZE as MAX_CARD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.diff.template.template import TemplateDiff
    from hfsemver.diff.weights.depth import Depth
    from hfsemver.diff.weights.reading import WeightSide
    from hfsemver.releases.formats.evals import EvalScore
    from hfsemver.releases.hub.hub import Hub, Published
    from hfsemver.releases.release import Release
    from hfsemver.releases.rendering.render import Outcome


@dataclass(frozen=True, eq=False, kw_only=True)
class ReleaseState:
    """The facts that rules about one release judge: each is worked out on demand and once.

    ``depth`` bounds what is read of weights; ``published`` is whom to ask what no file says, if anybody. A fact may raise
    ``EvidenceMissing`` where a file that it needs is not here, and where a Hub that is asked does not answer.
    """

    release: Release
    weights: WeightSide
    depth: Depth
    published: Published | None = None
    templates: TemplateDiff | None = None
    """The comparison with the other release, for what it has rendered already."""

    @cached_property
    def renders(self) -> Mapping[str, tuple[Outcome, ...]]:
        """What each chat template makes of every conversation, by its name."""
        known = {} if self.templates is None else self.templates.rendered(self.release)
        return known or rendered(self.release)

    def require_templates(self) -> None:
        """Raise ``EvidenceMissing`` when a template could not be tried; call it after everything that could be said."""
        if self.template_faults.unknown:
            raise EvidenceMissing(
                "chat template", self.template_faults.unknown, hint="shorten the template, then check again"
            )

    @cached_property
    def template_faults(self) -> TemplateFaults:
        """Where a chat template fails by itself, or two copies of it render otherwise."""
        return find_template_faults(self.release, self.renders)

    @cached_property
    def tokenizer(self) -> Contradictions:
        """Where the files of a tokenizer, or it and the network, contradict each other."""
        return tokenizer_contradictions(self.release)

    @cached_property
    def adapter_mismatches(self) -> tuple[Mismatch, ...]:
        """Tensors of adapters that their configurations deny."""
        return find_mismatches(self.release)

    @cached_property
    def adapter_misfits(self) -> Misfits:
        """Tensors of adapters that do not fit to the base that they name; nothing where no Hub is asked."""
        return Misfits() if self._hub is None else find_misfits(self.release, self._hub)

    @cached_property
    def code(self) -> CodeFaults:
        """Code that is named and not there, or that another repository may change."""
        return find_code_faults(self.release)

    @cached_property
    def ties(self) -> Ties:
        """Whether the flag that ties the output projection agrees with what is stored."""
        return find_tie_faults(self.weights, self.depth)

    @cached_property
    def overlaps(self) -> tuple[EvalScore, ...]:
        """Scores on the training split of data that the release says it was trained on, one for each data set."""
        return scores_on_training_data(self.release)

    @cached_property
    def undeclared_base(self) -> UndeclaredBase | None:
        """What shows that there is a base, where the card names none."""
        return undeclared_base(self.release, self._hub)

    @cached_property
    def unpinned_base(self) -> str | None:
        """The base that an adapter is loaded onto at any commit."""
        return unpinned_base(self.release)

    @cached_property
    def contradicted_relation(self) -> ContradictedRelation | None:
        """What shows that the declared relation to the base is another one."""
        return contradicted_relation(self.release) or self._unrelated_base()

    def _unrelated_base(self) -> ContradictedRelation | None:
        """A base whose weights these were not made from; looked at where a Hub is asked and values may be read."""
        name = tuned_from(self.release) if self._hub is not None and self.depth.looks_at_values else None
        base = self._hub.release(name, "main") if self._hub is not None and name is not None else None
        shown = None if base is None else nothing_in_common(self.weights, base)
        return None if shown is None else ContradictedRelation(relation="finetune", shown=shown)

    @cached_property
    def missing_recipe(self) -> str | None:
        """What the release says it is without saying how it was made."""
        return missing_recipe(self.release)

    @cached_property
    def stops(self) -> Stops:
        """Where generation ends, as each file says it."""
        return stops_of(self.release, lambda: self.renders)

    @cached_property
    def metadata_faults(self) -> tuple[MetadataFault, ...]:
        """What the Hub or its client refuses in the front matter."""
        return metadata_faults(self.release.card)

    @cached_property
    def card_refusals(self) -> tuple[str, ...]:
        """Why the Hub says that it would refuse the card; nothing where it is not asked."""
        if self._hub is None or self.release.card is None or self.metadata_faults:
            return ()
        data = self.release.read(CARD, MAX_CARD)
        return self._hub.refusals((data or b"").decode("utf-8-sig", "replace"))

    @cached_property
    def gguf_drifts(self) -> Drifts:
        """Where headers of GGUF files contradict the files beside them."""
        return find_drifts(self.release, lambda: self.renders)

    @cached_property
    def dangling_successor(self) -> DanglingSuccessor | None:
        """The newer model that the card names, where it can be none."""
        return dangling_successor(self.release, self.published)

    @cached_property
    def undetermined_licence(self) -> str | None:
        """Why nobody can tell the licence, ``None`` where it can be told."""
        return undetermined_licence(self.release)

    @cached_property
    def licence_conflicts(self) -> LicenceConflicts:
        """Terms of the bases that the licence drops."""
        return licence_conflicts(self.release, self._hub)

    @cached_property
    def data_conflicts(self) -> LicenceConflicts:
        """Terms on the use of data that the licence drops; nothing where no Hub is asked."""
        return LicenceConflicts() if self._hub is None else data_conflicts(self.release, self._hub)

    @property
    def _hub(self) -> Hub | None:
        return None if self.published is None else self.published.hub
