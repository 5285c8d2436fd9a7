"""Rows of an embedding that no token reaches: they are there to round the size up, and what they hold says nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.config.text import text_values
from hfsemver.diff.weights.heads import EMBEDDINGS, ends_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.weights.tensors import TensorPair
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue
    from hfsemver.releases.release import Release

_MATRIX: Final = 2
_GENERATION: Final = "generation_config.json"
_TOKEN: Final = re.compile(r"(?:token|bos|eos|pad|sep|cls|mask|unk)_(?:ids?|index)$")


@dataclass(frozen=True, eq=False, kw_only=True)
class Padding:
    """What both tokenizers say about the rows of an embedding; they are read when the first embedding differs."""

    baseline: Release
    current: Release

    def limit(self, pair: TensorPair) -> int | None:
        """Return how many rows of the tensor tokens can reach; ``None`` when all of them count.

        Rows are padding only where it is certain: an embedding with one row for each of ``vocab_size``, on both sides a
        ``tokenizer.json``, which lists every token there is. Other tokenizer files may leave tokens to code. A row that the
        configuration names, as that of images, counts. So does every row of an output projection: each is a term of softmax.
        """
        shape = pair.new.shape
        if len(shape) != _MATRIX or not ends_in(pair.new.name, EMBEDDINGS) or shape[0] not in self._sizes:
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
                documents = (release.config or {}, release.json(_GENERATION) or {})
            except EvidenceMissing:
                return None
            if not ids:
                return None
            named = [number for document in documents for number in _named(document)]
            sizes.append(max((*ids.values(), *named)) + 1)
        return max(sizes)


def _named(value: JsonValue | JsonObject, key: str = "") -> Iterator[int]:
    """Yield the ids of tokens that a configuration names, in any of its parts."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _named(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner, key)
    elif isinstance(value, int) and not isinstance(value, bool) and _TOKEN.search(key):
        yield value
