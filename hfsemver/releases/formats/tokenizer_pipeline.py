"""The pipeline of a ``tokenizer.json``, spelled in one way: what turns text into tokens beside the ids.

Versions of the tokenizers library write the same pipeline in several ways, and leave out what is their default.
https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/pre_tokenizers/metaspace.rs
https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/models/mod.rs
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

STEPS: Final = ("normalizer", "pre_tokenizer", "post_processor", "decoder")
FLAGS: Final = ("lstrip", "rstrip", "normalized", "single_word")
_SEQUENCES: Final = ("normalizers", "pretokenizers", "processors", "decoders")
# What the library reads into a step whose file leaves the key out.
_LEFT_OUT: Final[Mapping[str, JsonObject]] = MappingProxyType({
    "ByteLevel": {"use_regex": True},
    "Metaspace": {"prepend_scheme": "always", "split": True},
    "Punctuation": {"behavior": "Isolated"},
    "BertNormalizer": {"strip_accents": None},
})  # fmt: skip
_A, _B = ({"Sequence": {"id": name, "type_id": number}} for number, name in enumerate("AB"))


def step(tokenizer: JsonObject, name: str) -> JsonValue:
    """Return one step of the pipeline, ``None`` where it does nothing."""
    spelled = _step(tokenizer.get(name))
    # A decoder takes neither offsets nor a first space from this one, and transformers fills its options in as it likes.
    if name == "decoder" and isinstance(spelled, dict) and spelled.get("type") == "ByteLevel":
        return {"type": "ByteLevel"}
    return spelled


def _step(value: JsonValue) -> JsonValue:
    if not isinstance(value, dict) or not value:
        return None
    kind = value.get("type")
    if kind == "Sequence":
        parts = next((inner for key in _SEQUENCES if isinstance(inner := value.get(key), list)), [])
        spelled: list[JsonValue] = [part for part in map(_step, parts) if part is not None]
        if len(spelled) > 1:
            return spelled
        return spelled[0] if spelled else None
    out: dict[str, JsonValue] = {**_LEFT_OUT.get(str(kind), {}), **value}
    if kind == "Metaspace":
        # Until 0.19 this flag said whether there was a prefix at all.
        if out.pop("add_prefix_space", True) is False:
            out["prepend_scheme"] = "never"
        out.pop("str_rep", None)
    if kind == "TemplateProcessing" and out.get("single") == [_A] and out.get("pair") == [_A, _B]:
        return None  # what happens without a template: transformers 5 writes it out
    return out


def model(tokenizer: JsonObject) -> Mapping[str, JsonValue]:
    """Return how the vocabulary is applied: everything under ``model`` but the vocabulary, what is off left out."""
    network = tokenizer.get("model")
    if not isinstance(network, dict):
        return {}
    told = {key: value for key, value in network.items() if key not in ("vocab", "merges")}
    told = {key: value for key, value in told.items() if value or (key == "unk_id" and value is not None)}
    told["type"] = network.get("type") or _kind(network)
    merges = pairs(tokenizer)
    if merges is not None:
        told["merges"] = list(merges)
    return told


def _kind(network: JsonObject) -> str:
    """Tell the model of an old file that does not name it."""
    if isinstance(network.get("vocab"), list):
        return "Unigram"
    if "merges" in network:
        return "BPE"
    return "WordPiece" if "continuing_subword_prefix" in network else "WordLevel"


def pairs(tokenizer: JsonObject) -> tuple[str, ...] | None:
    """Return the merges, which older libraries write as "a b" and newer ones as ["a", "b"]; ``None`` for no BPE."""
    network = tokenizer.get("model")
    merges = network.get("merges") if isinstance(network, dict) else None
    if not isinstance(merges, list):
        return None
    try:
        # In a loop without a call of ours: there may be half a million.
        return tuple([" ".join(pair) if isinstance(pair, list) else str(pair) for pair in merges])  # type: ignore[arg-type]  # what is no array of strings is spelled below
    except TypeError:
        return tuple(" ".join(map(str, pair)) if isinstance(pair, list) else str(pair) for pair in merges)


def scores(tokenizer: JsonObject) -> Mapping[str, JsonValue]:
    """Return the score of each piece of a Unigram model."""
    network = tokenizer.get("model")
    vocab = network.get("vocab") if isinstance(network, dict) else None
    if not isinstance(vocab, list):
        return {}
    return {str(entry[0]): entry[1:] for entry in vocab if isinstance(entry, list) and entry}


def pieces(tokenizer: JsonObject) -> AbstractSet[str]:
    """Return the strings of the vocabulary, without those that were added to it."""
    network = tokenizer.get("model")
    vocab = network.get("vocab") if isinstance(network, dict) else None
    return vocab.keys() if isinstance(vocab, dict) else scores(tokenizer).keys()


def flags(tokenizer: JsonObject) -> Mapping[str, tuple[bool, ...]]:
    """Return how each added token is matched; ``special`` is read by a rule of its own."""
    added = tokenizer.get("added_tokens")
    entries = [entry for entry in added if isinstance(entry, dict)] if isinstance(added, list) else []
    return {str(entry.get("content")): tuple(entry.get(flag) is True for flag in FLAGS) for entry in entries}


def states(tokenizer: JsonObject) -> Mapping[str, JsonObject | None]:
    """Return how long texts are cut and short ones filled up, ``None`` where they are not."""
    cut, filled = tokenizer.get("truncation"), tokenizer.get("padding")
    return {
        # A file of before 0.11 has no side: it was always the right one.
        "truncation": {"direction": "Right", **cut} if isinstance(cut, dict) else None,
        "padding": {"pad_to_multiple_of": None, **filled} if isinstance(filled, dict) else None,
    }


def adds(tokenizer: JsonObject) -> tuple[bool, bool] | None:
    """Return whether a token is put before a text and behind it, ``None`` where no template says so."""
    steps = step(tokenizer, "post_processor")
    if steps is None:
        return (False, False)
    for each in steps if isinstance(steps, list) else [steps]:
        single = each.get("single") if isinstance(each, dict) else None
        if isinstance(single, list) and single:
            first, last = ("SpecialToken" in end if isinstance(end, dict) else False for end in (single[0], single[-1]))
            return (first, last)
    return None
