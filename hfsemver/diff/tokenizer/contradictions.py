"""Where the files of one tokenizer, or a tokenizer and the network behind it, contradict each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.config.text import text_values
from hfsemver.diff.weights.heads import EMBEDDINGS, ends_in
from hfsemver.releases.formats.tokenizer_files import ADDED, ANY, CONFIG, VOCAB_JSON, VOCAB_TEXT, WHOLE
from hfsemver.releases.formats.tokenizer_vocabulary import Layout, read_vocabulary, token_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.releases.formats.tokenizer import Tokenizer
    from hfsemver.releases.release import Release

READS: Final = re.compile(rf"config\.json|.*\.(?:safetensors|bin|pt|pth|ckpt)|{ANY.pattern}")
"""Tokenizers, the configuration that gives the rows, and the weights that hold them."""
_DIMENSIONS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherIds:
    """Tokens that two files give other ids: how many, and the first of them with its id in each."""

    file: str
    other: str
    count: int
    token: str
    number: int
    elsewhere: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IdBeyond:
    """Tokens whose ids lie beyond the rows of the embeddings: how many, and the one with the highest id."""

    file: str
    count: int
    token: str
    number: int
    rows: int
    rows_file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradictions:
    """What contradicts in one release; ``missing`` is the first file that could not be looked at, if any."""

    other_ids: tuple[OtherIds, ...] = ()
    beyond: tuple[IdBeyond, ...] = ()
    missing: EvidenceMissing | None = None


def tokenizer_contradictions(release: Release) -> Contradictions:
    """Compare the ids in every file of every tokenizer, and the highest one at the root with the rows of the network."""
    other: list[OtherIds] = []
    beyond: list[IdBeyond] = []
    missing = None
    for folder, tokenizer in release.tokenizers.items():
        try:
            other += _other_ids(release, tokenizer)
            if not folder:
                beyond += _beyond(release, tokenizer)
        except EvidenceMissing as error:
            missing = missing or error
    return Contradictions(other_ids=tuple(other), beyond=tuple(beyond), missing=missing)


def _other_ids(release: Release, tokenizer: Tokenizer) -> Iterator[OtherIds]:
    """Compare every file with the one that says most. Pieces of SentencePiece may be counted at an offset."""
    own = tokenizer.vocabulary
    if own is None or own.layout is Layout.PIECES:
        return
    for path, ids in _beside(release, tokenizer):
        apart = sorted((number, token) for token, number in ids.items() if own.ids.get(token, number) != number)
        if apart:
            number, token = apart[0]
            yield OtherIds(
                file=own.file, other=path, count=len(apart), token=token, number=own.ids[token], elsewhere=number
            )


def _beside(release: Release, tokenizer: Tokenizer) -> Iterator[tuple[str, Mapping[str, int]]]:
    folder = tokenizer.folder
    config = release.json(folder + CONFIG) or {}
    if isinstance(config.get("added_tokens_decoder"), dict):
        yield (
            folder + CONFIG,
            {token: number for token, number in tokenizer.special.added.items() if token in tokenizer.special.special},
        )
    added = release.json(folder + ADDED)
    if added is not None:
        yield folder + ADDED, token_ids(dict(added), folder + ADDED)
    if tokenizer.file == folder + WHOLE:
        for name in (VOCAB_JSON, VOCAB_TEXT):
            if folder + name in release.files:
                yield folder + name, read_vocabulary(release, folder + name).ids


def _beyond(release: Release, tokenizer: Tokenizer) -> Iterator[IdBeyond]:
    known = _rows(release)
    if known is None or tokenizer.file is None:
        return
    rows, where = known
    layout = tokenizer.vocabulary.layout if tokenizer.vocabulary else None
    ids = tokenizer.special.added if layout is Layout.PIECES else tokenizer.ids
    outside = sorted((number, token) for token, number in ids.items() if number >= rows)
    if outside:
        number, token = outside[-1]
        file = tokenizer.file if layout is not Layout.PIECES else tokenizer.folder + CONFIG
        yield IdBeyond(file=file, count=len(outside), token=token, number=number, rows=rows, rows_file=where)


def _rows(release: Release) -> tuple[int, str] | None:
    """Return the rows of the input embeddings and the file that says so: the largest number that anything gives."""
    found: list[tuple[int, str]] = []
    found += [
        (rows, "config.json") for rows in text_values(release.config or {}, "vocab_size") if isinstance(rows, int)
    ]
    for weight_set in release.weights.sets.values():
        for tensor in weight_set.tensors.values():
            if ends_in(tensor.name, EMBEDDINGS) and len(tensor.shape) == _DIMENSIONS:
                found.append((tensor.shape[0], tensor.file))
    return max(found, default=None)
