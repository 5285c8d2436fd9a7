"""What two releases show, whatever a policy makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfsemver.diff.access import Restriction
    from hfsemver.diff.adapter.contract import AdapterDiff
    from hfsemver.diff.card.card import CardDiff
    from hfsemver.diff.card.licence import LicenceDiff
    from hfsemver.diff.code.code import CodeDiff
    from hfsemver.diff.config.generation import GenerationDiff
    from hfsemver.diff.embedding.embedding import EmbeddingDiff
    from hfsemver.diff.eval.scores import EvalDiff
    from hfsemver.diff.evidence import Evidence
    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.diff.files.formats import FormatsDiff
    from hfsemver.diff.files.pickles import PicklesDiff
    from hfsemver.diff.processor.processor import ProcessorDiff
    from hfsemver.diff.state import ReleaseState
    from hfsemver.diff.template.template import TemplateDiff
    from hfsemver.diff.tokenizer.tokenizer import TokenizerDiff
    from hfsemver.diff.weights.depth import Depth
    from hfsemver.releases.release import Release


@dataclass(frozen=True, eq=False)
class Shown:
    """Evidence as it is read, once for all judgements of the same pair."""

    evidence: Evidence

    @property
    def baseline(self) -> Release | None:
        """The release that is compared with; ``None`` in a first release."""
        return self.evidence.baseline

    @property
    def current(self) -> Release:
        """The release that is compared."""
        return self.evidence.current

    @property
    def depth(self) -> Depth:
        """How deep weights may be read."""
        return self.evidence.depth

    @property
    def state(self) -> ReleaseState:
        """What the current release says of itself in several places."""
        return self.evidence.state

    @property
    def baseline_state(self) -> ReleaseState | None:
        """What the baseline says of itself in several places; ``None`` in a first release."""
        return self.evidence.baseline_state

    @property
    def files(self) -> FilesDiff:
        """Paths added, removed and changed, and the one answer to whether two files are equal."""
        return self.evidence.files

    @property
    def formats(self) -> FormatsDiff:
        """Weight formats, variants and quantisations that a consumer can ask for by name."""
        return self.evidence.formats

    @property
    def pickles(self) -> PicklesDiff:
        """Files that run code when they are loaded; recognised by their first bytes or by name, never loaded."""
        return self.evidence.pickles

    @property
    def generation(self) -> GenerationDiff:
        """Stop tokens and sampling defaults, as an engine would find them."""
        return self.evidence.generation

    @property
    def tokenizer(self) -> TokenizerDiff:
        """Token ids and special tokens."""
        return self.evidence.tokenizer

    @property
    def adapters(self) -> AdapterDiff:
        """What adapters promise to those who load them."""
        return self.evidence.adapters

    @property
    def processors(self) -> ProcessorDiff:
        """How pictures, sounds and videos become the input of a network."""
        return self.evidence.processors

    @property
    def code(self) -> CodeDiff:
        """Code that loaders run; it is parsed and never run here."""
        return self.evidence.code

    @property
    def evals(self) -> EvalDiff:
        """Scores of both sides, matched by task, data and metric."""
        return self.evidence.evals

    @property
    def embedding(self) -> EmbeddingDiff:
        """What stands between the network and the vectors that consumers store."""
        return self.evidence.embedding

    @property
    def templates(self) -> TemplateDiff:
        """Chat templates, by what they render."""
        return self.evidence.templates

    @property
    def restrictions(self) -> tuple[Restriction, ...]:
        """What keeps out those who could load the baseline."""
        return self.evidence.restrictions

    @property
    def card(self) -> CardDiff:
        """Front matter."""
        return self.evidence.card

    @property
    def licence(self) -> LicenceDiff:
        """Licence id and text, by strictness."""
        return self.evidence.licence
