"""What changed between the network of an embedding model and the vectors that consumers store."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.diff.embedding.head import compare_heads
from hfsemver.diff.embedding.prompts import compare_prompts

if TYPE_CHECKING:
    from hfsemver.diff.config.change import KeyChange
    from hfsemver.releases.release import Release


@dataclass(frozen=True, eq=False, kw_only=True)
class EmbeddingDiff:
    """Head and prompts of two releases, compared on demand."""

    baseline: Release | None
    current: Release

    @cached_property
    def head(self) -> tuple[KeyChange, ...]:
        """Modules, their settings, and the measure of similarity."""
        return () if self.baseline is None else tuple(compare_heads(self.baseline, self.current))

    @cached_property
    def prompts(self) -> tuple[KeyChange, ...]:
        """Words that are put before a text."""
        return () if self.baseline is None else tuple(compare_prompts(self.baseline, self.current))
