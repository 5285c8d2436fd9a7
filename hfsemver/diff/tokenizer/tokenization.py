"""Changes in the files of a tokenizer that may change how text becomes tokens, beside which token has which id."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.core.escape import clipped
from hfsemver.diff.tokenizer.merges import changed_merges
from hfsemver.diff.tokenizer.settings import Side, changed_roles, changed_settings
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


FRAMING: Final = frozenset({"add_bos_token", "add_eos_token", "padding_side", "truncation_side"})
"""Settings of what is put around a text, and from which side it is filled up or cut."""
_UNSURE: Final = frozenset({"tokenizer_class", "flags of added tokens", "additional_special_tokens"})


class Cause(Enum):
    """What kind of change it is, which decides who can judge it."""

    GONE = auto()
    PIPELINE = auto()
    STATE = auto()
    FRAMING = auto()
    SETTING = auto()
    UNSURE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizationChange:
    """One file of a tokenizer and what became of it; ``keys`` are the settings or parts that changed, if it has such."""

    folder: str
    file: str
    cause: Cause
    words: str
    keys: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The file and the words as one sentence."""
        return f"{self.file}{'' if self.words.startswith(_VERBS) else ':'} {self.words}"


_VERBS: Final = ("is ", "changed")


def changed_tokenization(files: FilesDiff) -> Iterator[TokenizationChange]:
    """Yield what changed, file by file; raises ``FormatError`` when one is malformed."""
    if files.baseline is None or files.current is None:
        return
    for folder, path, words in changed_merges(files):
        yield TokenizationChange(folder=folder, file=path, cause=_cause_of_merges(words), words=words)
    before = tokenizer_folders(files.baseline.files)
    for folder in tokenizer_folders(files.current.files):
        if folder in before:
            yield from _in_folder(files, folder)


def _cause_of_merges(words: str) -> Cause:
    """Tell merges that are gone for good and those that can be tried out from those that nobody had."""
    return {"is gone": Cause.GONE, "changed": Cause.PIPELINE}.get(words, Cause.UNSURE)


def _in_folder(files: FilesDiff, folder: str) -> Iterator[TokenizationChange]:
    if files.baseline is None or files.current is None:
        return
    old, new = (Side(release, folder) for release in (files.baseline, files.current))
    found = (
        *((WHOLE, cause, words, parts) for cause, words, parts in _whole(files, old, new)),
        *((CONFIG, cause, words, keys) for cause, words, keys in _config(files, old, new)),
    )
    for name, cause, words, keys in found:
        yield TokenizationChange(folder=folder, file=folder + name, cause=cause, words=words, keys=keys)
    doubtful = list(_bytes(files, folder, whole=folder + WHOLE in files.kept))
    if _changed(files, folder + SPECIAL_MAP) and changed_roles(old, new):
        doubtful.insert(0, (folder + SPECIAL_MAP, "flags of added tokens changed"))
    for path, words in doubtful:
        # A SentencePiece model is opened by programs of its own, whatever lies beside it.
        cause = Cause.PIPELINE if path.removeprefix(folder) in PIECES else Cause.UNSURE
        yield TokenizationChange(folder=folder, file=path, cause=cause, words=words)


def _whole(files: FilesDiff, old: Side, new: Side) -> Iterator[tuple[Cause, str, tuple[str, ...]]]:
    """Yield what became of ``tokenizer.json``."""
    path = old.folder + WHOLE
    if path in files.removed:
        yield Cause.GONE, "is gone", ()
    for words in _replaced(files, new):
        yield Cause.UNSURE, words, ()
    if _changed(files, path) and old.whole and new.whole:
        parts = tuple(_changed_parts(old.whole, new.whole))
        if parts:
            yield Cause.PIPELINE, f"{', '.join(parts)} changed", parts
        states_changed = list(_changed_states(old.whole, new.whole))
        if states_changed:
            yield Cause.STATE, f"{', '.join(states_changed)}, {_FELT}", ()


def _config(files: FilesDiff, old: Side, new: Side) -> Iterator[tuple[Cause, str, tuple[str, ...]]]:
    """Yield the settings that changed, in groups of one cause.

    A file of settings that is new, or gone, is one that leaves every setting at its default on the other side.
    """
    moved, whole_moved = (
        path not in files.kept or _changed(files, path) for path in (old.folder + CONFIG, old.folder + WHOLE)
    )
    keys = (
        [clipped(key) for key in changed_settings(old, new, whole_changed=whole_moved)] if moved or whole_moved else []
    )
    for cause in (Cause.FRAMING, Cause.SETTING, Cause.UNSURE):
        told = tuple(key for key in keys if _cause_of_setting(key) is cause)
        if told:
            more = f" and {len(told) - _MOST_KEYS} more" if len(told) > _MOST_KEYS else ""
            yield cause, f"{', '.join(told[:_MOST_KEYS])}{more} changed", told


def _cause_of_setting(key: str) -> Cause:
    if key in FRAMING:
        return Cause.FRAMING
    return Cause.UNSURE if key in _UNSURE else Cause.SETTING


def _replaced(files: FilesDiff, new: Side) -> Iterator[str]:
    """Say where a new ``tokenizer.json`` was made of a SentencePiece model by transformers 5.

    Its normalizer and segmentation are translated otherwise than transformers 4 does, so that most of such files cut
    texts in other places: https://github.com/huggingface/transformers/blob/main/src/transformers/convert_slow_tokenizer.py
    Other vocabularies are applied as their class says, before and after.
    """
    names = files.baseline.files if files.baseline is not None else ()
    held = next((new.folder + name for name in PIECES if new.folder + name in names), None)
    if held and new.folder + WHOLE in files.added and new.saved_by_5:
        yield f"is new and is opened instead of {held}"


def _changed_parts(old: JsonObject, new: JsonObject) -> Iterator[str]:
    """Yield the parts of the pipeline that say something else."""
    yield from (name for name in STEPS if step(old, name) != step(new, name))
    # What two releases have in the same words was read only once, and needs no second look.
    if old.get("model") is not new.get("model"):
        if model(old) != model(new):
            yield "model"
        before, after = scores(old), scores(new)
        # Pieces and tokens that came or went are told by their ids.
        if any(after.get(piece, score) != score for piece, score in before.items()):
            yield "scores of model.vocab"
    if _matched_otherwise(old, new):
        yield "flags of added_tokens"


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


def _bytes(files: FilesDiff, folder: str, *, whole: bool) -> Iterator[tuple[str, str]]:
    """Yield vocabularies, and what became of them, of which the rules compare the ids alone, or nothing, since another file is the one compared."""
    pieces = [folder + name for name in PIECES if folder + name in files.kept]
    texts = [folder + name for name in (VOCAB_JSON, VOCAB_TEXT) if folder + name in files.kept]
    for path in (*texts, *pieces):
        if not _changed(files, path):
            continue
        first = folder + WHOLE if whole else texts[0] if texts else path
        if path not in pieces and (path == first or _moves_along(files, path, first)):
            continue
        if whole:
            yield path, f"changed beside {folder}{WHOLE}, whose ids are the ones compared"
        elif path in pieces:
            yield path, "changed beyond its ids"
        else:
            yield path, f"changed beside {first}, whose ids are the ones compared"


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
