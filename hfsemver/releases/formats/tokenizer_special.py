"""Special tokens: which token plays which role, and which ones are skipped when text is decoded.

The same facts stand in up to three files, written by many versions of transformers. The order of trust is that of
``PreTrainedTokenizerBase._from_pretrained``: ``tokenizer_config.json``, except that ``special_tokens_map.json`` wins
over it where no ``added_tokens_decoder`` is there, and the defaults of the class come last.
https://github.com/huggingface/transformers/blob/main/src/transformers/tokenization_utils_base.py
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped
from hfsemver.releases.formats import strict_json
from hfsemver.releases.formats.tokenizer_defaults import ROLES, implied
from hfsemver.releases.formats.tokenizer_files import ADDED, CONFIG, SPECIAL_MAP
from hfsemver.releases.formats.tokenizer_vocabulary import token_id, token_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.formats.files import Files
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

# transformers 5 writes the second name; both mean the same, and the second may also be an object of named tokens.
_EXTRA: Final = ("additional_special_tokens", "extra_special_tokens")
_EMPTY: Final[JsonObject] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialTokens:
    """Roles and added tokens as the small files declare them.

    ``roles`` holds what some file says, ``None`` where it says that there is none. ``known`` adds the defaults of the
    class: a role absent from it could be anything. ``where`` is the file that decided a role. ``extra`` are further
    special tokens, ``added`` ids of added tokens, ``special`` what is said of each of these, all by content.
    """

    roles: Mapping[str, str | None]
    known: Mapping[str, str | None]
    where: Mapping[str, str]
    extra: tuple[str, ...]
    added: Mapping[str, int]
    special: Mapping[str, bool]
    tokenizer_class: str


def read_special(files: Files, folder: str) -> SpecialTokens:
    """Read the special tokens of the tokenizer in a folder. Raises ``FormatError`` for a malformed file."""
    config = _object(files, folder + CONFIG)
    legacy = _object(files, folder + SPECIAL_MAP)
    added, special = _decoder(config.get("added_tokens_decoder"), folder + CONFIG)
    first, second = ((CONFIG, config), (SPECIAL_MAP, legacy))
    if "added_tokens_decoder" not in config:
        first, second = second, first
    roles: dict[str, str | None] = {}
    where: dict[str, str] = {}
    for name, content in (first, second):
        for role in ROLES:
            if role in content and role not in roles:
                roles[role] = _content(content[role], folder + name, role)
                where[role] = folder + name
    for token, number in token_ids(dict(_object(files, folder + ADDED)), folder + ADDED).items():
        added.setdefault(token, number)
    declared = config.get("tokenizer_class")
    tokenizer_class = declared if isinstance(declared, str) else ""
    return SpecialTokens(
        roles=MappingProxyType(roles),
        known=MappingProxyType({**implied(tokenizer_class), **roles}),
        where=MappingProxyType(where),
        extra=tuple(sorted({*_extra(config, folder + CONFIG), *_extra(legacy, folder + SPECIAL_MAP)})),
        added=MappingProxyType(added),
        special=MappingProxyType(special),
        tokenizer_class=tokenizer_class,
    )


def _object(files: Files, path: str) -> JsonObject:
    content = files.json(path)
    return _EMPTY if content is None else content


def _content(value: JsonValue, *where: str) -> str | None:
    """Return the text of a token written as a string or as an object with its flags."""
    if isinstance(value, dict):
        value = value.get("content")
        if value is None:
            raise FormatError("an object without content", *where)
    # Old files write false for "none", and transformers takes that as it takes null.
    if value is None or value is False:
        return None
    if not isinstance(value, str):
        raise FormatError(f"{strict_json.kind_of(value)}, not a token", *where)
    return value


def _extra(content: JsonObject, path: str) -> tuple[str, ...]:
    found: list[str] = []
    for key in _EXTRA:
        value = content.get(key)
        entries = list(value.values()) if isinstance(value, dict) else value
        if entries is None:
            continue
        if not isinstance(entries, list):
            raise FormatError(f"{strict_json.kind_of(value)}, not an array of tokens", path, key)
        tokens = (_content(entry, path, f"{key}[{index}]") for index, entry in enumerate(entries))
        found.extend(token for token in tokens if token is not None)
    return tuple(found)


def _decoder(value: JsonValue, path: str) -> tuple[dict[str, int], dict[str, bool]]:
    """Read ``added_tokens_decoder``: tokens by id, where the id is a key and so a string."""
    ids: dict[str, int] = {}
    special: dict[str, bool] = {}
    if value is None:
        return ids, special
    if not isinstance(value, dict):
        raise FormatError(f"{strict_json.kind_of(value)}, not an object", path, "added_tokens_decoder")
    for key, entry in value.items():
        where = (path, f'added_tokens_decoder["{clipped(key)}"]')
        token = _content(entry, *where)
        if token is None or not key.isdecimal() or not key.isascii():
            raise FormatError("no token with a whole number as its key", *where)
        ids[token] = token_id(int(key[:11]), *where)
        special[token] = isinstance(entry, dict) and entry.get("special") is True
    return ids, special
