"""Changes of how text becomes tokens, beside which token has which id: no rule of this version reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.core.escape import clipped
from hfsemver.releases.formats.tokenizer_files import (
    CONFIG,
    MAX_SIZE,
    PIECES,
    VOCAB_JSON,
    VOCAB_TEXT,
    WHOLE,
    tokenizer_folders,
)
from hfsemver.releases.formats.tokenizer_pipeline import STEPS, flags, model, pieces, scores, states, step
from hfsemver.releases.formats.tokenizer_vocabulary import read_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue
    from hfsemver.releases.release import Release

# transformers sets both anew for every call, from what the caller asks for; other programs leave them as they stand.
# https://github.com/huggingface/transformers/blob/main/src/transformers/tokenization_utils_tokenizers.py
# (set_truncation_and_padding). Both are left behind by the last call before the file was saved, and cut texts all the
# same where ``tokenizers.Tokenizer.from_file`` opens it: a change of them is told, another spelling of them is not.
_FELT: Final = "which the tokenizers library applies to every text and transformers to none"

# What a key means where it is missing or null. transformers writes these defaults out, or leaves them out, by itself.
_DEFAULTS: Final[Mapping[str, JsonValue]] = {
    "padding_side": "right",
    "truncation_side": "right",
    "split_special_tokens": False,
    "clean_up_tokenization_spaces": False,
    "add_prefix_space": False,
    "strip_accents": None,
    "legacy": True,
    # No default holds for every class, so that coming and going counts.
    "add_bos_token": None,
    "add_eos_token": None,
}
_LOWER: Final = "do_lower_case"
# Classes that lower the case unless they are told not to.
_LOWERING: Final = frozenset(
    [
        "Albert",
        "Bert",
        "ConvBert",
        "DistilBert",
        "DPR",
        "Electra",
        "Funnel",
        "LayoutLM",
        "LayoutLMv2",
        "Lxmert",
        "MobileBert",
        "MPNet",
        "RoFormer",
        "Retribert",
        "SqueezeBert",
    ]
)
# transformers 5 takes these from tokenizer.json, and drops them from what it writes.
_LEFT_TO_WHOLE: Final = ("add_bos_token", "add_eos_token", "legacy")


def changed_tokenization(files: FilesDiff) -> Iterator[str]:
    """Yield what changed, one text for each file of each tokenizer; raises ``FormatError`` when a file is malformed."""
    if files.baseline is None or files.current is None:
        return
    before = tokenizer_folders(files.baseline.files)
    for folder in tokenizer_folders(files.current.files):
        if folder not in before:
            continue
        whole = folder + WHOLE in files.kept
        if _changed(files, folder + WHOLE):
            parts = _whole_parts(_json(files.baseline, folder + WHOLE), _json(files.current, folder + WHOLE))
            if parts:
                yield f"{folder}{WHOLE}: {', '.join(parts)} changed"
            words = list(_changed_states(_json(files.baseline, folder + WHOLE), _json(files.current, folder + WHOLE)))
            if words:
                yield f"{folder}{WHOLE}: {', '.join(words)}, {_FELT}"
        # A file of settings that is new, or gone, is one that leaves every setting at its default on the other side.
        if folder + CONFIG not in files.kept or _changed(files, folder + CONFIG):
            keys = _keys(_json(files.baseline, folder + CONFIG), _json(files.current, folder + CONFIG), whole=whole)
            if keys:
                yield f"{folder}{CONFIG}: {', '.join(keys)} changed"
        yield from _bytes(files, folder, whole=whole)


def _bytes(files: FilesDiff, folder: str, *, whole: bool) -> Iterator[str]:
    """Yield vocabularies of which the rules compare the ids alone, or nothing, since another file is the one compared."""
    pieces = [folder + name for name in PIECES if folder + name in files.kept]
    texts = [folder + name for name in (VOCAB_JSON, VOCAB_TEXT) if folder + name in files.kept]
    for path in (*texts, *pieces):
        if not _changed(files, path):
            continue
        first = folder + WHOLE if whole else texts[0] if texts else path
        if path not in pieces and (path == first or _moves_along(files, path, first)):
            continue
        if whole:
            yield f"{path} changed beside {folder}{WHOLE}, whose ids are the ones compared"
        elif path in pieces:
            yield f"{path} changed beyond its ids"
        else:
            yield f"{path} changed beside {first}, whose ids are the ones compared"


def _moves_along(files: FilesDiff, path: str, compared: str) -> bool:
    """Whether every id that changed in a file changed alike in the one whose ids are compared, so that it is told."""
    if files.baseline is None or files.current is None:
        return True
    sides = (files.baseline, files.current)
    try:
        old, new = (read_vocabulary(side, path).ids.items() for side in sides)
        if old == new:
            return True
        before, after = (read_vocabulary(side, compared).ids.items() for side in sides)
    except (EvidenceMissing, FormatError):
        return False  # a malformed file beside the one that counts is no reason to judge nothing
    return (old ^ new) <= (before ^ after)


def _changed(files: FilesDiff, path: str) -> bool:
    return path in files.kept and files.same(path, limit=MAX_SIZE) is not True


def _json(release: Release, path: str) -> JsonObject:
    try:
        return release.json(path) or {}
    except EvidenceMissing:
        return {}  # the rules that compare the ids say so


def _whole_parts(old: JsonObject, new: JsonObject) -> list[str]:
    if not (old and new):
        return []
    changed = [name for name in STEPS if step(old, name) != step(new, name)]
    if model(old) != model(new):
        changed.append("model")
    before, after = scores(old), scores(new)
    # Pieces and tokens that came or went are told by their ids.
    if any(after.get(piece, score) != score for piece, score in before.items()):
        changed.append("scores of model.vocab")
    if _matched_otherwise(old, new):
        changed.append("flags of added_tokens")
    return changed


def _matched_otherwise(old: JsonObject, new: JsonObject) -> bool:
    """Whether a token of both is found in a text in another way, or is no longer looked for before all others."""
    before, after = flags(old), flags(new)
    common = (before.keys() & after.keys()) | (before.keys() & pieces(new)) | (after.keys() & pieces(old))
    return any(before.get(token) != after.get(token) for token in common)


def _changed_states(old: JsonObject, new: JsonObject) -> Iterator[str]:
    """Yield what became of truncation and padding, such as ``truncation 128 -> none``."""
    if not (old and new):
        return
    after = states(new)
    for name, before in states(old).items():
        now = after[name]
        if before is None or now is None:
            if before != now:
                yield f"{name} {_length(before)} -> {_length(now)}"
        else:
            for key in sorted({*before, *now}):
                if before.get(key) != now.get(key):
                    yield f"{name} {key} {_shown(before.get(key))} -> {_shown(now.get(key))}"


def _length(state: JsonObject | None) -> str:
    return "none" if state is None else _shown(state.get("max_length", state.get("strategy")))


def _shown(value: JsonValue) -> str:
    if isinstance(value, dict):
        return clipped(" ".join(f"{key} {number}" for key, number in value.items()))
    return "none" if value is None else clipped(str(value))


def _keys(old: JsonObject, new: JsonObject, *, whole: bool) -> list[str]:
    saved_anew = whole and new.get("backend") == "tokenizers"
    changed = []
    for key, default in _DEFAULTS.items():
        if saved_anew and key in _LEFT_TO_WHOLE and key not in new:
            continue
        if _value(old, key, default) != _value(new, key, default):
            changed.append(key)
    # A class that only one side names is taken for that of both: old files often name none.
    before, after = (_lowers(side, other) for side, other in ((old, new), (new, old)))
    if (_LOWER in old or _LOWER in new) and before != after:
        changed.append(_LOWER)
    return changed


def _value(config: JsonObject, key: str, default: JsonValue) -> JsonValue:
    value = config.get(key)
    return default if value is None else value


def _lowers(config: JsonObject, other: JsonObject) -> JsonValue:
    named = config.get("tokenizer_class") or other.get("tokenizer_class")
    family = named.removesuffix("Fast").removesuffix("Tokenizer") if isinstance(named, str) else ""
    return _value(config, _LOWER, family in _LOWERING)
