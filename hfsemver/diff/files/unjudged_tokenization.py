"""Changes of how text becomes tokens, beside which token has which id: no rule of this version reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.core.escape import clipped
from hfsemver.diff.files.unjudged_merges import changed_merges
from hfsemver.diff.files.unjudged_settings import Side, changed_roles, changed_settings
from hfsemver.releases.formats.tokenizer_files import (
    CONFIG,
    MAX_SIZE,
    PIECES,
    SPECIAL_MAP,
    VOCAB_JSON,
    VOCAB_TEXT,
    WHOLE,
    tokenizer_folders,
)
from hfsemver.releases.formats.tokenizer_pipeline import STEPS, flags, model, pieces, scores, states, step
from hfsemver.releases.formats.tokenizer_vocabulary import read_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

_MOST_KEYS: Final = 12
# transformers sets both anew for every call, from what the caller asks for; other programs leave them as they stand.
# https://github.com/huggingface/transformers/blob/main/src/transformers/tokenization_utils_tokenizers.py
# (set_truncation_and_padding). Both are left behind by the last call before the file was saved, and cut texts all the
# same where ``tokenizers.Tokenizer.from_file`` opens it: a change of them is told, another spelling of them is not.
_FELT: Final = "which the tokenizers library applies to every text and transformers to none"


def changed_tokenization(files: FilesDiff) -> Iterator[str]:
    """Yield what changed, one text for each file of each tokenizer; raises ``FormatError`` when a file is malformed."""
    if files.baseline is None or files.current is None:
        return
    yield from changed_merges(files)
    before = tokenizer_folders(files.baseline.files)
    for folder in tokenizer_folders(files.current.files):
        if folder not in before:
            continue
        old, new = (Side(release, folder) for release in (files.baseline, files.current))
        if folder + WHOLE in files.removed:
            yield f"{folder}{WHOLE} is gone"
        yield from _replaced(files, new)
        if _changed(files, folder + WHOLE) and old.whole and new.whole:
            yield from _changed_whole(folder + WHOLE, old.whole, new.whole)
        # A file of settings that is new, or gone, is one that leaves every setting at its default on the other side.
        moved, whole_moved = (p not in files.kept or _changed(files, p) for p in (folder + CONFIG, folder + WHOLE))
        if moved or whole_moved:
            keys = [clipped(key) for key in changed_settings(old, new, whole_changed=whole_moved)]
            if keys:
                more = f" and {len(keys) - _MOST_KEYS} more" if len(keys) > _MOST_KEYS else ""
                yield f"{folder}{CONFIG}: {', '.join(keys[:_MOST_KEYS])}{more} changed"
        if _changed(files, folder + SPECIAL_MAP) and changed_roles(old, new):
            yield f"{folder}{SPECIAL_MAP}: flags of added tokens changed"
        yield from _bytes(files, folder, whole=folder + WHOLE in files.kept)


def _replaced(files: FilesDiff, new: Side) -> Iterator[str]:
    """Yield a new ``tokenizer.json`` that transformers 5 made of a SentencePiece model.

    Its normalizer and segmentation are translated otherwise than transformers 4 does, so that most of such files cut
    texts in other places: https://github.com/huggingface/transformers/blob/main/src/transformers/convert_slow_tokenizer.py
    Other vocabularies are applied as their class says, before and after.
    """
    names = files.baseline.files if files.baseline is not None else ()
    held = next((new.folder + name for name in PIECES if new.folder + name in names), None)
    if held and new.folder + WHOLE in files.added and new.saved_by_5:
        yield f"{new.folder}{WHOLE} is new and is opened instead of {held}"


def _changed_whole(path: str, old: JsonObject, new: JsonObject) -> Iterator[str]:
    """Yield the steps that changed as one text, and what was left of truncation and padding as others."""
    changed = [name for name in STEPS if step(old, name) != step(new, name)]
    if model(old) != model(new):
        changed.append("model")
    before, after = scores(old), scores(new)
    # Pieces and tokens that came or went are told by their ids.
    if any(after.get(piece, score) != score for piece, score in before.items()):
        changed.append("scores of model.vocab")
    if _matched_otherwise(old, new):
        changed.append("flags of added_tokens")
    if changed:
        yield f"{path}: {', '.join(changed)} changed"
    words = list(_changed_states(old, new))
    if words:
        yield f"{path}: {', '.join(words)}, {_FELT}"


def _matched_otherwise(old: JsonObject, new: JsonObject) -> bool:
    """Whether a token of both is found in a text in another way, or is no longer looked for before all others."""
    before, after = flags(old), flags(new)
    common = (before.keys() & after.keys()) | (before.keys() & pieces(new)) | (after.keys() & pieces(old))
    return any(before.get(token) != after.get(token) for token in common)


def _changed_states(old: JsonObject, new: JsonObject) -> Iterator[str]:
    """Yield what became of truncation and padding, such as ``truncation 128 -> none``."""
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
