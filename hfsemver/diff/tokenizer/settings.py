"""Settings of ``tokenizer_config.json`` that mean something else than before, whichever version of transformers reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.releases.formats.tokenizer_defaults import ROLES
from hfsemver.releases.formats.tokenizer_files import CONFIG, SPECIAL_MAP, WHOLE
from hfsemver.releases.formats.tokenizer_pipeline import FLAGS, adds, flags, states
from hfsemver.releases.formats.tokenizer_settings import ANY_BACKEND, family, possible, stands_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue
    from hfsemver.releases.release import Release

# What other rules read, what only says who wrote the file and from where, and copies of the state of tokenizer.json.
_NO_SETTINGS: Final = re.compile(
    rf"{'|'.join(ROLES)}|(?:additional|extra|model_specific)_special_tokens|added_tokens_decoder|chat_template"
    r"|model_max_length|max_len|tokenizer_class|slow_tokenizer_class|processor_class|auto_map|.*_file|_.*|name_or_path"
    r"|backend|is_local|local_files_only|files_loaded|init_inputs|transformers_version|use_fast|from_slow|device_map"
    r"|cache_dir|trust_remote_code|token|max_length|stride|truncation_strategy|pad_to_multiple_of|pad_token_type_id|unk_id|vocab_size"
)
# Written for some models alone and moved by transformers 5: only another value counts, not that it comes or goes.
_COMES_AND_GOES: Final = re.compile(r"(?!add_(?:bos|eos)_token$).*_token|model_input_names")
# transformers 5 takes these from tokenizer.json where there is one, and drops them from what it writes.
# https://github.com/huggingface/transformers/blob/main/src/transformers/tokenization_utils_base.py (save_pretrained)
_LEFT_TO_WHOLE: Final = ("add_bos_token", "add_eos_token", "legacy")
# These set their template anew from add_bos_token, on where nothing says otherwise, and add_eos_token, off:
# https://github.com/huggingface/transformers/blob/v4.57.0/src/transformers/models/llama/tokenization_llama_fast.py
_FRAMED_BY_SETTINGS: Final = frozenset({"Llama", "CodeLlama", "Gemma", "Cohere"})
# The side that tokenizer.json fills up or cuts is the default of transformers.
# https://github.com/huggingface/transformers/blob/main/src/transformers/tokenization_utils_tokenizers.py (__init__)
_SIDES: Final = {"padding_side": "padding", "truncation_side": "truncation"}


@dataclass(frozen=True, eq=False)
class Side:
    """The two files that say how a tokenizer is set up, read on first use and empty where one is absent or not here."""

    release: Release
    folder: str

    @cached_property
    def config(self) -> JsonObject:
        """The small file, with the class and its settings."""
        return self._json(CONFIG)

    @cached_property
    def whole(self) -> JsonObject:
        """The large file, with pipeline and vocabulary."""
        return self._json(WHOLE)

    @cached_property
    def roles(self) -> JsonObject:
        """The oldest file, which says of tokens with a role how they are matched where nothing newer does."""
        return self._json(SPECIAL_MAP)

    @property
    def has_whole(self) -> bool:
        """Whether there is such a file, be it only a pointer."""
        return self.folder + WHOLE in self.release.files

    @property
    def saved_by_5(self) -> bool:
        """Whether transformers 5 wrote the settings, with what it takes from ``tokenizer.json`` left out."""
        return self.has_whole and self.config.get("backend") == "tokenizers"

    @property
    def has_decoder(self) -> bool:
        """Whether the settings say how added tokens are matched."""
        return isinstance(self.config.get("added_tokens_decoder"), dict)

    @cached_property
    def unplaced(self) -> frozenset[str]:
        """Special tokens that no file gives an id: loading the tokenizer appends them behind the vocabulary.

        Those that T5 makes up itself are none: https://huggingface.co/docs/transformers/model_doc/t5 (extra_ids).
        """
        tokenizer = self.release.tokenizers[self.folder]
        try:
            ids = tokenizer.ids
        except EvidenceMissing:
            return frozenset()  # the rules that compare the ids say so
        return frozenset(t for t in tokenizer.special.extra if t not in ids and not t.startswith("<extra_id_"))

    def _json(self, name: str) -> JsonObject:
        try:
            return self.release.json(self.folder + name) or {}
        except EvidenceMissing:
            return {}  # the rules that compare the ids say so


def changed_settings(old: Side, new: Side, *, whole_changed: bool) -> Iterator[str]:
    """Yield the name of everything that changed. ``whole_changed`` says whether the large files differ, which are opened then."""
    before, after = _settings(old.config), _settings(new.config)
    named = [family(side.config.get("tokenizer_class")) for side in (old, new)]
    if _other_class(*named, whole=new.has_whole):
        yield "tokenizer_class"
    # A class that only one side names is taken for that of both: old files often name none.
    classes = (named[0] or named[1], named[1] or named[0])
    for key in sorted({*before, *after, *(_moved_sides(old, new) if whole_changed else ())}):
        if _left_to_whole(key, after, new):
            same = old.has_whole or key == "legacy" or _put_by_template(key, before, classes[0], new)
        elif None in (before.get(key), after.get(key)) and _COMES_AND_GOES.fullmatch(key):
            same = True
        else:
            same = _agree(key, _values(before, key, classes[0], old), _values(after, key, classes[1], new))
        if not same:
            yield key
    if (old.has_decoder or new.has_decoder) and _differ(_matched(old), _matched(new)):
        yield "flags of added tokens"
    if old.unplaced != new.unplaced:
        yield "additional_special_tokens"


def changed_roles(old: Side, new: Side) -> bool:
    """Whether ``special_tokens_map.json`` matches a token otherwise, and nothing newer says how."""
    return not (old.has_decoder or new.has_decoder) and _differ(_declared(old.roles), _declared(new.roles))


def frame(side: Side) -> tuple[bool, bool] | None:
    """Return whether transformers puts a token before a text and behind it; ``None`` where that is not known.

    Some classes go by their settings, whatever the template of the file says.
    """
    name = family(side.config.get("tokenizer_class"))
    if name not in _FRAMED_BY_SETTINGS or side.saved_by_5:
        return adds(side.whole)
    first, last = (side.config.get(key) for key in ("add_bos_token", "add_eos_token"))
    return first is not False, last is True


def _moved_sides(old: Side, new: Side) -> Iterator[str]:
    before, after = states(old.whole), states(new.whole)
    yield from (key for key, state in _SIDES.items() if before[state] != after[state])


def _settings(config: JsonObject) -> Mapping[str, JsonValue]:
    inner = config.get("model_specific_special_tokens")
    spread = {**inner, **config} if isinstance(inner, dict) else config
    return {key: value for key, value in spread.items() if not _NO_SETTINGS.fullmatch(key)}


def _other_class(old: str, new: str, *, whole: bool) -> bool:
    """Whether the class is another one than transformers itself would make of it."""
    if not (old and new) or stands_for(old) == stands_for(new):
        return False
    return not (whole and new == ANY_BACKEND)


def _left_to_whole(key: str, after: Mapping[str, JsonValue], new: Side) -> bool:
    return key in _LEFT_TO_WHOLE and key not in after and new.saved_by_5


def _put_by_template(key: str, before: Mapping[str, JsonValue], name: str, new: Side) -> bool:
    """Whether the new ``tokenizer.json`` puts the token where the old setting did, for which there was no such file."""
    added = adds(new.whole) if new.whole else None
    if added is None:
        return True  # nothing says where tokens are put
    put = added[key == "add_eos_token"]
    # A first token may be one that the class puts anyway: [CLS] is the bos_token of DeBERTa, which has this setting too.
    if put and key == "add_bos_token" and True not in possible(name, key):
        return True
    value = before.get(key)
    return put == value if value is not None else put in (possible(name, key) or (put,))


def _values(settings: Mapping[str, JsonValue], key: str, name: str, side: Side) -> Sequence[JsonValue]:
    """Return what a setting may mean, which is one value where the file says it; null says nothing."""
    value = settings.get(key)
    if value is not None:
        return (value,)
    state = states(side.whole)[_SIDES[key]] if key in _SIDES else None
    if state is not None:
        return (str(state.get("direction")).lower(),)
    return possible(name, key)


def _agree(key: str, before: Sequence[JsonValue], after: Sequence[JsonValue]) -> bool:
    """Whether a version of transformers that only saved the file again may have made one of the other.

    No version writes a side by itself, so that one which appears counts unless every version had it.
    """
    if key in _SIDES:
        return before == after or all(value == other for value in before for other in after)
    return not (before or after) or any(value == other for value in before for other in after)


def _matched(side: Side) -> Mapping[str, tuple[bool, ...]]:
    """Return how added tokens are matched: as the settings say, else as ``tokenizer.json`` does."""
    decoder = side.config.get("added_tokens_decoder")
    return _declared(decoder) if isinstance(decoder, dict) else flags(side.whole)


def _declared(tokens: JsonObject) -> Mapping[str, tuple[bool, ...]]:
    entries = [entry for entry in tokens.values() if isinstance(entry, dict)]
    return {str(entry.get("content")): tuple(entry.get(flag) is True for flag in FLAGS) for entry in entries}


def _differ(before: Mapping[str, tuple[bool, ...]], after: Mapping[str, tuple[bool, ...]]) -> bool:
    return any(after.get(token, how) != how for token, how in before.items())
