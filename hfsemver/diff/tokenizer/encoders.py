"""Tokenizers to be tried out, as those who use them open them: by the library alone, and with what transformers changes.

https://github.com/huggingface/transformers/blob/main/src/transformers/models/bert/tokenization_bert.py sets the normalizer
anew where the settings say otherwise, and tokenization_gpt2.py the blank before a text.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing, HfSemverError
from hfsemver.diff.tokenizer.merges import merges_of
from hfsemver.diff.tokenizer.settings import Side
from hfsemver.diff.tokenizer.tokenization import Cause
from hfsemver.releases.encoding.opening import Encoder, opening
from hfsemver.releases.formats.tokenizer_files import MAX_SIZE, PIECES, VOCAB_JSON, VOCAB_TEXT, WHOLE
from hfsemver.releases.formats.tokenizer_settings import family
from hfsemver.releases.formats.tokenizer_vocabulary import read_vocabulary
from hfsemver.tensors.jobs import processors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.diff.tokenizer.tokenization import TokenizationChange
    from hfsemver.releases.encoding.opening import Opening
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

_NORMALIZER: Final = MappingProxyType({
    "do_lower_case": "lowercase", "strip_accents": "strip_accents", "tokenize_chinese_chars": "handle_chinese_chars",
})  # fmt: skip
_LARGE: Final = 1 << 20
"""Bytes of a tokenizer that takes longer to open than a process to start."""
_BLANK: Final = "add_prefix_space"
_BERT: Final = frozenset(
    {"Bert", "DistilBert", "Electra", "MobileBert", "ConvBert", "SqueezeBert", "LayoutLM", "Lxmert"}
)
TYPED: Final = frozenset(
    {*_BERT, "Albert", "BigBird", "Deberta", "DebertaV2", "FNet", "Funnel", "RemBert", "XLNet"} - {"DistilBert"}
)
"""Families whose networks are told which of two texts a token belongs to."""


def encoders(old: Side, new: Side, change: TokenizationChange) -> tuple[Encoder, Encoder] | None:
    """Return the two tokenizers in which a change would show; ``None`` where nothing here can open them."""
    if change.cause is Cause.SETTING:
        pair = (_loaded(old, change.keys), _loaded(new, change.keys))
    elif change.file.removeprefix(change.folder) in PIECES:
        pair = (_pieces(old, change.file), _pieces(new, change.file))
    else:
        pair = (_alone(old), _alone(new, _steps(old, new)))
    one, other = pair
    return None if one is None or other is None else (one, other)


@contextmanager
def opened_ahead(files: FilesDiff) -> Iterator[Opening]:
    """Open the tokenizers at the root, where they are large and differ, while their files are read here.

    For nothing where the files turn out to differ in no more than their vocabularies; then the time was that of another
    processor, of which there are as many as tokenizers, or the second one is not opened.
    """
    spare = processors() - 1
    try:
        large = _large(files) if spare else ()
    except HfSemverError:
        large = ()  # told in its turn, by who reads one file after the other
    with opening(*large[:spare]) as opened:
        yield opened


def _large(files: FilesDiff) -> tuple[Encoder, ...]:
    """Return the tokenizers at the root; none where they are equal, or one of them is small or cannot be opened."""
    if WHOLE not in files.kept or files.same(WHOLE, limit=MAX_SIZE) is True:
        return ()
    found = [_alone(Side(side, "")) for side in (files.baseline, files.current) if side is not None]
    large = tuple(one for one in found if one is not None and one.available and len(one.data) >= _LARGE)
    return large if len(large) == len(found) else ()


def felt(keys: Collection[str]) -> frozenset[str]:
    """Return those of the settings that ``encoders`` carries out."""
    return frozenset(keys) & {*_NORMALIZER, _BLANK}


def _alone(side: Side, steps: str = "") -> Encoder | None:
    """Return the tokenizer as its library opens it, made up of a vocabulary and merges where there is no whole file."""
    try:
        if side.has_whole:
            data = side.release.read(side.folder + WHOLE, MAX_SIZE)
            return None if data is None else Encoder(data=data, steps=steps)
        document = _byte_pairs(side) or _word_pieces(side)
    except EvidenceMissing:
        return None
    return None if document is None else Encoder(data=json.dumps(document).encode())


def _steps(old: Side, new: Side) -> str:
    """Return what ``new`` does beside its vocabulary, where that and the added tokens are those of ``old``; else nothing.

    An added token that is normalized is looked for as the normalizer of its own tokenizer spelled it when it was opened.
    """
    before, after = old.whole, new.whole
    if before.get("model") is None or before.get("model") is not after.get("model"):
        return ""
    added = after.get("added_tokens")
    # By their spelling: the library tells true, 1 and 1.0 apart.
    if not isinstance(added, list) or json.dumps(before.get("added_tokens")) != json.dumps(added):
        return ""
    if not all(isinstance(token, dict) and token.get("normalized") is False for token in added):
        return ""
    # With all that the library may refuse, such as truncation or a key that it does not know.
    document = {key: value for key, value in after.items() if key not in ("model", "added_tokens")}
    written = json.dumps({**document, "added_tokens": [], "model": {"type": "BPE", "vocab": {}, "merges": []}})
    # A file with a number that is no JSON is read here, and by the library it is not.
    return "" if "__float__" in written else written


def _pieces(side: Side, path: str) -> Encoder | None:
    try:
        data = side.release.read(path, MAX_SIZE)
    except EvidenceMissing:
        return None
    return None if data is None else Encoder(data=data, library="sentencepiece")


def _loaded(side: Side, keys: Collection[str]) -> Encoder | None:
    """Return the tokenizer as transformers opens it, where its settings change what the file says."""
    alone = _alone(side)
    if alone is None or not side.has_whole:
        return alone
    patch = _patch(side.whole, side.config, keys)
    return Encoder(data=alone.data, patch=patch)


def _patch(whole: JsonObject, config: JsonObject, keys: Collection[str]) -> Mapping[str, Mapping[str, object]]:
    normalizer, splitter = whole.get("normalizer"), whole.get("pre_tokenizer")
    found: dict[str, Mapping[str, object]] = {}
    if isinstance(normalizer, dict) and normalizer.get("type") == "BertNormalizer":
        found["normalizer"] = {name: config[key] for key, name in _NORMALIZER.items() if key in keys and key in config}
    if isinstance(splitter, dict) and splitter.get("type") == "ByteLevel" and isinstance(config.get(_BLANK), bool):
        found["pre_tokenizer"] = {_BLANK: config[_BLANK]}
    return MappingProxyType({part: values for part, values in found.items() if values})


def _byte_pairs(side: Side) -> JsonObject | None:
    """Lay out ``vocab.json`` and ``merges.txt`` as GPT-2 reads them."""
    merges = merges_of(side.release, side.folder)
    path = side.folder + VOCAB_JSON
    if merges is None or path not in side.release.files:
        return None
    byte_level: dict[str, JsonValue] = {
        "type": "ByteLevel",
        _BLANK: side.config.get(_BLANK) is True,
        "trim_offsets": True,
        "use_regex": True,
    }
    vocabulary: dict[str, JsonValue] = {**read_vocabulary(side.release, path).ids}
    return {
        "added_tokens": [],
        "pre_tokenizer": byte_level,
        "decoder": byte_level,
        "model": {"type": "BPE", "vocab": vocabulary, "merges": list(merges)},
    }


def _word_pieces(side: Side) -> JsonObject | None:
    """Lay out ``vocab.txt`` as BERT reads it."""
    path = side.folder + VOCAB_TEXT
    if path not in side.release.files or family(side.config.get("tokenizer_class")) not in _BERT:
        return None
    config = side.config
    return {
        "added_tokens": [],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": config.get("tokenize_chinese_chars") is not False,
            "strip_accents": config.get("strip_accents"),
            "lowercase": config.get("do_lower_case") is not False,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": dict(read_vocabulary(side.release, path).ids),
        },
    }
