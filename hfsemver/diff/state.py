"""What one release says of itself in several places, with no other release beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.diff.config.stops import Stops, stops_of
from hfsemver.diff.template.template import rendered
from hfsemver.diff.tokenizer.contradictions import Contradictions, tokenizer_contradictions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.diff.weights.depth import Depth
    from hfsemver.diff.weights.reading import WeightSide
    from hfsemver.releases.release import Release
    from hfsemver.releases.rendering.render import Outcome


@dataclass(frozen=True, eq=False, kw_only=True)
class ReleaseState:
    """The facts that rules about one release judge: each is worked out on demand and once.

    ``depth`` bounds what is read of weights. A fact may raise ``EvidenceMissing`` where a file that it needs is not here.
    """

    release: Release
    weights: WeightSide
    depth: Depth

    @cached_property
    def renders(self) -> Mapping[str, tuple[Outcome, ...]]:
        """What each chat template makes of every conversation, by its name."""
        return rendered(self.release)

    @cached_property
    def tokenizer(self) -> Contradictions:
        """Where the files of a tokenizer, or it and the network, contradict each other."""
        return tokenizer_contradictions(self.release)

    @cached_property
    def stops(self) -> Stops:
        """Where generation ends, as each file says it."""
        return stops_of(self.release, lambda: self.renders)
