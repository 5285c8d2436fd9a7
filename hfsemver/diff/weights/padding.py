"""Rows of an embedding that no token reaches: they are there to round the size up, and what they hold says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.config.text import text_values
from hfsemver.diff.weights.heads import is_embedding

if TYPE_CHECKING:
    from hfsemver.diff.weights.tensors import TensorPair
    from hfsemver.releases.release import Release

_MATRIX = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class Padding:
    """What both tokenizers say about the rows of an embedding; they are read when the first embedding differs."""

    baseline: Release
    current: Release

    def limit(self, pair: TensorPair) -> int | None:
        """Return how many rows of the tensor tokens can reach; ``None`` when all of them count.

        Rows are padding only where it is certain: an embedding with one row for each of ``vocab_size``, on both sides a
        ``tokenizer.json``, which lists every token there is. Other tokenizer files may leave tokens to code.
        """
        shape = pair.new.shape
        if len(shape) != _MATRIX or not is_embedding(pair.new.name) or shape[0] not in self._sizes:
            return None
        return self._rows if self._rows is not None and self._rows < shape[0] else None

    @cached_property
    def _sizes(self) -> frozenset[int]:
        sizes = text_values(self.current.config or {}, "vocab_size")
        return frozenset(size for size in sizes if isinstance(size, int))

    @cached_property
    def _rows(self) -> int | None:
        sizes = []
        for release in (self.baseline, self.current):
            if "tokenizer.json" not in release.files:
                return None
            try:
                ids = release.tokenizer.ids if release.tokenizer else {}
            except EvidenceMissing:
                return None
            if not ids:
                return None
            sizes.append(max(ids.values()) + 1)
        return max(sizes)
