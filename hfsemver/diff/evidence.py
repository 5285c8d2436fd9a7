"""What two releases show before anybody says what counts: worked out part by part, once, on demand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.diff.access import Restriction, find_restrictions
from hfsemver.diff.adapter.contract import AdapterDiff, compare_adapters
from hfsemver.diff.card.card import CardDiff, compare_cards
from hfsemver.diff.card.licence import LicenceDiff, compare_licences
from hfsemver.diff.card.terms import unread_terms
from hfsemver.diff.code.code import CodeDiff
from hfsemver.diff.config.generation import GenerationDiff, compare_generation
from hfsemver.diff.config.sides import ConfigSides
from hfsemver.diff.embedding.embedding import EmbeddingDiff
from hfsemver.diff.eval.scores import EvalDiff
from hfsemver.diff.files.files import ANY_SIZE, SMALL, FilesDiff, compare_files
from hfsemver.diff.files.formats import FormatsDiff, compare_formats
from hfsemver.diff.files.pickles import PicklesDiff, compare_pickles
from hfsemver.diff.files.subjects import Subject, Unjudged
from hfsemver.diff.files.unjudged import find_unjudged
from hfsemver.diff.gguf.headers import changed_headers
from hfsemver.diff.processor.processor import ProcessorDiff, compare_processors
from hfsemver.diff.state import ReleaseState
from hfsemver.diff.template.template import TemplateDiff, compare_templates
from hfsemver.diff.tokenizer.tokenizer import TokenizerDiff, compare_tokenizers
from hfsemver.diff.weights.depth import Depth
from hfsemver.diff.weights.measuring import Measuring
from hfsemver.diff.weights.reading import WeightReading, WeightSide
from hfsemver.diff.weights.spelling import joined
from hfsemver.diff.weights.tensors import RawTensors, gather

if TYPE_CHECKING:
    from hfsemver.core.progress import Progress
    from hfsemver.releases.hub.hub import Published
    from hfsemver.releases.release import Release


@dataclass(frozen=True, eq=False, kw_only=True)
class Evidence:
    """``current`` against ``baseline``, which is ``None`` in a first release.

    ``depth`` bounds what is read of weights, and ``progress`` is told how far that has come. ``published`` is where the
    current release belongs, and whom to ask what no file says; ``None`` where nobody is asked.
    Nothing here depends on a policy or on a version, so that one reading serves every judgement of the same pair.
    """

    baseline: Release | None
    current: Release
    depth: Depth = Depth.FULL
    progress: Progress | None = None
    published: Published | None = None

    @cached_property
    def files(self) -> FilesDiff:
        """Paths on both sides, and the one answer to whether two files are equal."""
        return compare_files(self.baseline, self.current)

    @cached_property
    def formats(self) -> FormatsDiff:
        """Weight sets by name."""
        return compare_formats(self.baseline, self.current)

    @cached_property
    def pickles(self) -> PicklesDiff:
        """Files that run code when they are loaded."""
        return compare_pickles(self.baseline, self.current, self.formats)

    @cached_property
    def unjudged(self) -> tuple[Unjudged, ...]:
        """Changes that no rule reads."""
        return (
            *find_unjudged(self.files, ANY_SIZE if self.depth.reads_values else SMALL),
            *(Unjudged(subject=Subject.TOKENIZATION, words=words) for words in self.tokenizer.tokenization.unjudged),
            *(Unjudged(subject=Subject.PROCESSOR, words=words) for words in self.processors.unjudged),
            *self._unjudged_terms,
        )

    def unjudged_headers(self, *, drifts_are_told: bool) -> tuple[Unjudged, ...]:
        """Return keys of GGUF headers that changed, but for those that contradict other files now where a finding tells that."""
        is_asked = drifts_are_told and self.baseline is not None and self.current.ggufs
        drifts = self.state.gguf_drifts.found if is_asked else ()
        told = frozenset((file, drift.key) for drift in drifts for file in drift.files)
        return tuple(changed_headers(self.files, self.formats, told))

    @property
    def _unjudged_terms(self) -> tuple[Unjudged, ...]:
        if self.baseline is None:
            return ()
        try:
            licence = self.licence
            told = licence.tightened or licence.loosened or licence.unjudged
            return (*licence.unjudged, *unread_terms(self.card, () if told else ("license_link",)))
        except (EvidenceMissing, FormatError):
            return ()  # the rules about the licence say why, where they count

    @cached_property
    def configs(self) -> ConfigSides | None:
        """Both ``config.json``, normalised; ``None`` in a first release."""
        if self.baseline is None:
            return None
        return ConfigSides(baseline=self.baseline, current=self.current, files=self.files)

    @cached_property
    def generation(self) -> GenerationDiff:
        """Stop tokens and sampling defaults."""
        return compare_generation(self.configs)

    @cached_property
    def tokenizer(self) -> TokenizerDiff:
        """Token ids and special tokens."""
        return compare_tokenizers(self.baseline, self.current, self.files)

    @cached_property
    def adapters(self) -> AdapterDiff:
        """What adapters promise to those who load them."""
        return compare_adapters(self.files)

    @cached_property
    def processors(self) -> ProcessorDiff:
        """How pictures, sounds and videos become the input of a network."""
        return compare_processors(self.files)

    @cached_property
    def code(self) -> CodeDiff:
        """Code that loaders run."""
        return CodeDiff(baseline=self.baseline, current=self.current)

    @cached_property
    def evals(self) -> EvalDiff:
        """Scores of both sides."""
        return EvalDiff(baseline=self.baseline, current=self.current)

    @cached_property
    def embedding(self) -> EmbeddingDiff:
        """Head and prompts of an embedding model."""
        return EmbeddingDiff(baseline=self.baseline, current=self.current)

    @cached_property
    def templates(self) -> TemplateDiff:
        """Chat templates."""
        return compare_templates(self.baseline, self.current)

    @cached_property
    def restrictions(self) -> tuple[Restriction, ...]:
        """What keeps out those who could load the baseline."""
        return find_restrictions(self.baseline, self.published)

    @cached_property
    def card(self) -> CardDiff:
        """Front matter."""
        return compare_cards(self.baseline, self.current)

    @cached_property
    def licence(self) -> LicenceDiff:
        """Licence id and text."""
        return compare_licences(self.baseline, self.current)

    @cached_property
    def weights(self) -> WeightSide:
        """The tensors of the current release by their bytes."""
        return WeightSide(self.current, self.progress)

    @cached_property
    def baseline_weights(self) -> WeightSide | None:
        """The tensors of the baseline by their bytes; ``None`` in a first release."""
        return None if self.baseline is None else WeightSide(self.baseline, self.progress)

    @cached_property
    def reading(self) -> WeightReading | None:
        """The tensors of both sides by their bytes; ``None`` in a first release."""
        if self.baseline_weights is None:
            return None
        return WeightReading(old=self.baseline_weights, new=self.weights, files=self.files, depth=self.depth)

    @cached_property
    def state(self) -> ReleaseState:
        """What the current release says of itself in several places."""
        return self._state(self.current, self.weights)

    @cached_property
    def baseline_state(self) -> ReleaseState | None:
        """What the baseline says of itself in several places; ``None`` in a first release."""
        if self.baseline is None or self.baseline_weights is None:
            return None
        return self._state(self.baseline, self.baseline_weights)

    def _state(self, side: Release, weights: WeightSide) -> ReleaseState:
        return ReleaseState(
            release=side, weights=weights, depth=self.depth, published=self.published, templates=self.templates
        )

    @cached_property
    def measuring(self) -> Measuring | None:
        """How far pairs of tensors lie apart; ``None`` in a first release."""
        return None if self.reading is None else Measuring(self.reading)

    @cached_property
    def tensors(self) -> tuple[RawTensors, ...]:
        """The tensors of each weight set side by side, before any cause has claimed one."""
        return (
            ()
            if self.reading is None
            else tuple(joined(raw, self.reading) for raw in gather(self.reading, self.formats))
        )

    @property
    def bytes_read(self) -> int:
        """Bytes of the tensors whose values were looked at so far, on both sides."""
        return self.weights.bytes_read + (0 if self.reading is None else self.reading.old.bytes_read)
