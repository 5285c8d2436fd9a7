"""What the files beside a GGUF file say of the same model, as far as ``convert_hf_to_gguf.py`` would copy it.

https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/vocab.py (SpecialVocab) and
https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/metadata.py (apply_metadata_heuristic)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hfsemver.diff.card.ancestry import read_ancestry
from hfsemver.diff.card.licence_terms import read_terms
from hfsemver.diff.config.derived import DEPTH
from hfsemver.diff.config.generation import effective_stops, written_stops
from hfsemver.diff.config.stops import generates, token_ends, token_number
from hfsemver.diff.config.text import text_values
from hfsemver.releases.formats.tokenizer_files import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hfsemver.diff.card.licence_order import KnownLicence
    from hfsemver.releases.formats.gguf_types import GgufHeader
    from hfsemver.releases.formats.strict_json import JsonValue
    from hfsemver.releases.release import Release
    from hfsemver.releases.rendering.render import Outcome

# Folders that hold other formats of the model at the root; another folder may hold another model.
_FOLDER: Final = re.compile(
    r"(?:gguf/)?(?:(?:[^/]*[-._])?(?:i?q\d+_\w+|tq\d_0|mxfp4\w*|bf16|f16|f32)/)?[^/]+", re.IGNORECASE
)
_WIDTH: Final = ("hidden_size", "n_embd", "d_model")
_ROLES_OF_ENDS: Final = ("eos_token", "sep_token", "eot_token")
_ROLES_OF_BEGINS: Final = ("bos_token", "cls_token")
# Networks whose converter copies template, ids, tokens and max_position_embeddings as they are. That of GLM mends the template,
# that of Kimi brings one and that of RWKV sets the ends, so whatever is not listed is left alone.
_COPIED: Final = frozenset({
    "gemma", "gemma2", "gemma3", "granite", "llama", "olmo2", "phi3", "qwen2", "qwen2moe", "qwen3", "qwen3moe", "smollm3",
    "starcoder2",
})  # fmt: skip
_SCALING: Final = ("rope_scaling", "original_max_position_embeddings", "sliding_window")
_SET_APART: Final = ("rope.scaling.type", "rope.scaling.factor", "attention.sliding_window")
_OWN_WEIGHTS: Final = frozenset({"safetensors", "pytorch"})
_VERSION: Final = re.compile(r"v?(\d+(?:\.\d+)*)", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Beside:
    """The files of one release without its GGUF files. Each fact is worked out once and may raise ``EvidenceMissing``."""

    release: Release
    renders: Callable[[], Mapping[str, tuple[Outcome, ...]]]

    def describes(self, path: str, header: GgufHeader) -> bool:
        """Whether ``config.json`` is that of the network in a GGUF file: as many layers of the same width."""
        if self.release.config is None or not is_beside(path):
            return False
        told = ((DEPTH, "block_count"), (_WIDTH, "embedding_length"))
        return all(header.own(key) in self._numbers(names) for names, key in told)

    def _numbers(self, names: tuple[str, ...]) -> list[int]:
        return [*_whole(value for name in names for value in text_values(self.release.config or {}, name))]

    @cached_property
    def ends(self) -> frozenset[int]:
        """Every id that some file takes for an end; none where no file names one."""
        if not generates(self.release):
            return frozenset()
        config, own = self.release.config or {}, self.release.generation_config or {}
        ends = (number for number, _, _ in token_ends(self.release, self.renders))
        said = {*written_stops(config), *written_stops(own), *ends, *self._of_roles(_ROLES_OF_ENDS)}
        # What a class fills in is an end as well, and by itself says nothing of this model.
        stops = effective_stops(self.release) if said else ()
        return frozenset((*said, *(stop for stop in stops if isinstance(stop, int))))

    @cached_property
    def begins(self) -> frozenset[int]:
        """Every id that some file takes for the beginning of a text."""
        if not generates(self.release):
            return frozenset()
        sides = (self.release.config or {}, self.release.generation_config or {})
        written = (value for side in sides for value in text_values(side, "bos_token_id"))
        return frozenset((*_whole(written), *self._of_roles(_ROLES_OF_BEGINS)))

    @cached_property
    def wrapped(self) -> frozenset[int]:
        """Ids that the tokenizer puts around a text, any of which a converter may take for an end or a beginning."""
        steps = (self.release.json(WHOLE) or {}).get("post_processor")
        return frozenset(_ids(steps))

    def _of_roles(self, roles: tuple[str, ...]) -> Iterator[int]:
        tokenizer = self.release.tokenizer
        for role in roles if tokenizer else ():
            token = tokenizer.special.known.get(role) if tokenizer else None
            number = token_number(tokenizer, token) if tokenizer and token else None
            if number is not None:
                yield number

    def context(self, header: GgufHeader) -> int | None:
        """Return ``max_position_embeddings`` where the converter writes that; ``None`` where something may change it."""
        config = self.release.config or {}
        apart = any(f"{header.architecture}.{key}" in header.metadata for key in _SET_APART)
        scaled = any(value is not None for key in _SCALING for value in text_values(config, key))
        if apart or scaled or _scales(next(text_values(config, "rope_parameters"), None)):
            return None
        return next(_whole(text_values(config, "max_position_embeddings")), None)

    @cached_property
    def tokens(self) -> tuple[int, int] | None:
        """The fewest and the most tokens that a converter may write: it drops added tokens, and fills up to a round number."""
        rows = next(_whole(text_values(self.release.config or {}, "vocab_size")), None)
        vocabulary = self.release.tokenizer.vocabulary if self.release.tokenizer else None
        if rows is None or vocabulary is None or not vocabulary.ids or self.release.tokenizer is None:
            return None
        most = max(rows, *self.release.tokenizer.ids.values()) + 1
        own = sum(token not in vocabulary.special for token in vocabulary.ids)
        return min(rows, own), -(-most // 1024) * 1024

    @cached_property
    def licence(self) -> KnownLicence | None:
        """The one licence that the card names, where its terms are known."""
        terms = read_terms(self.release)
        return terms.known[0] if terms.named and len(terms.known) == 1 and not terms.own else None

    @cached_property
    def bases(self) -> frozenset[str]:
        """The bases of the model, as ids; none where the release may be a copy, whose base is the model itself."""
        ancestry = read_ancestry(self.release)
        return ancestry.ids if self._is_original and ancestry.relation in ("", "finetune", "merge") else frozenset()

    @cached_property
    def version(self) -> str | None:
        """The version in the card, free of spelling, of a release that is no copy."""
        card = self.release.card
        written = (card.text("version") or card.text("model_version")) if card and self._is_original else None
        return None if written is None else plain_version(written)

    @property
    def _is_original(self) -> bool:
        return any(found.kind in _OWN_WEIGHTS for found in self.release.weight_formats.values())


def is_beside(path: str) -> bool:
    """Whether a GGUF file lies where other formats of the model at the root do.

    >>> is_beside("gguf/x-Q8_0/x-Q8_0-00001-of-00002.gguf"), is_beside("draft/x-Q8_0.gguf")
    (True, False)
    """
    return _FOLDER.fullmatch(path) is not None


def is_copied(header: GgufHeader) -> bool:
    """Whether the converter of this network copies what the files beside it say."""
    return header.architecture in _COPIED


def plain_version(text: str) -> str | None:
    """Return a version of digits alone, ``None`` for other words.

    >>> plain_version("v1.0") == plain_version("1")
    True
    """
    found = _VERSION.fullmatch(text.strip())
    return re.sub(r"(?:\.0+)+$", "", found[1]) if found else None


def _whole(values: Iterator[JsonValue]) -> Iterator[int]:
    for value in values:
        if isinstance(value, int) and not isinstance(value, bool):
            yield value


def _scales(rope: JsonValue) -> bool:
    return isinstance(rope, dict) and (
        any(isinstance(part, dict) for part in rope.values()) or rope.get("rope_type", "default") != "default"
    )


def _ids(value: JsonValue) -> Iterator[int]:
    """Yield every id in a post processor, whichever type it has: under ``ids``, or as a pair of a token and its id."""
    if isinstance(value, dict):
        for part in value.values():
            yield from _ids(part)
    elif isinstance(value, list):
        for part in value:
            yield from (part,) if isinstance(part, int) and not isinstance(part, bool) else _ids(part)
