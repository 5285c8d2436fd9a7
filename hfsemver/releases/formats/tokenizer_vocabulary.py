"""Which token has which id, from whichever file says most.

These are ``tokenizer.json``, ``vocab.json``, ``vocab.txt`` and SentencePiece.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NoReturn

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.core.escape import clipped
from hfsemver.releases.formats import strict_json
from hfsemver.releases.formats.tokenizer_files import MAX_SIZE, PIECES, VOCAB_JSON, VOCAB_TEXT, WHOLE, is_unread
from hfsemver.releases.formats.tokenizer_pieces import read_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.formats.files import Files
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

_MAX_ID: Final = (1 << 31) - 1


class Layout(StrEnum):
    """How a vocabulary is written down."""

    WHOLE = "tokenizer.json"
    JSON = "vocab.json"
    TEXT = "vocab.txt"
    PIECES = "SentencePiece"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All ids of a tokenizer.

    ``file`` is the one that holds most of them. ``special`` says of every added token in it whether it is special.
    """

    file: str
    layout: Layout
    ids: Mapping[str, int]
    special: Mapping[str, bool]


def vocabulary_file(paths: tuple[str, ...], folder: str) -> str | None:
    """Return the file that says most about the ids, or ``None`` when a folder has no such file.

    The file may be one in a layout that is not read; ``read_vocabulary`` then raises ``EvidenceMissing``.
    """
    names = {path.removeprefix(folder) for path in paths if path.startswith(folder)}
    for name in (WHOLE, VOCAB_JSON, VOCAB_TEXT, *PIECES):
        if name in names:
            return folder + name
    return next((folder + name for name in sorted(names) if is_unread(name)), None)


def read_vocabulary(files: Files, path: str) -> Vocabulary:
    """Read one vocabulary file.

    Raises ``FormatError`` when it is malformed, ``EvidenceMissing`` when its bytes are not here or its layout is not
    known.
    """
    name = path.rpartition("/")[2]
    if is_unread(name):
        raise _unread(path)
    if name in (WHOLE, VOCAB_JSON):
        content = files.json(path)
        if content is None:
            raise _unread(path)
        return (
            _whole(content, path) if name == WHOLE else _vocabulary(path, Layout.JSON, _nested_refused(content, path))
        )
    data = files.read(path, MAX_SIZE)
    if data is None:
        raise _unread(path)
    if name == VOCAB_TEXT:
        return _vocabulary(path, Layout.TEXT, {token: index for index, token in enumerate(_lines(data, path))})
    ids: dict[str, int] = {}
    for index, piece in enumerate(read_pieces(data, path)):
        ids.setdefault(piece, index)
    return _vocabulary(path, Layout.PIECES, ids)


def _unread(path: str) -> EvidenceMissing:
    return EvidenceMissing(path, "is in a layout that is not read", hint="publish tokenizer.json beside it")


def token_ids(value: JsonValue, *where: str) -> dict[str, int]:
    """Return an object of ids by token, as in ``vocab.json`` and ``added_tokens.json``; else ``FormatError``."""
    if not isinstance(value, dict):
        raise FormatError(f"{strict_json.kind_of(value)}, not an object of ids by token", *where)
    for token, number in value.items():
        # One exact type test and one range for each of 256,000 tokens; bool is no int here.
        if type(number) is not int or not 0 <= number <= _MAX_ID:
            _refuse_id(number, *where, f'"{clipped(token)}"')
    return value  # type: ignore[return-value]  # every value was just seen to be an int


def token_id(value: JsonValue, *where: str) -> int:
    """Return a token id; ``FormatError`` for anything else."""
    if type(value) is not int or not 0 <= value <= _MAX_ID:
        _refuse_id(value, *where)
    return value


def _refuse_id(value: JsonValue, *where: str) -> NoReturn:
    shown = value if isinstance(value, int | float) else strict_json.kind_of(value)
    raise FormatError(f"{shown} is no token id (a whole number from 0 to {_MAX_ID})", *where)


def _vocabulary(path: str, layout: Layout, ids: dict[str, int], special: dict[str, bool] | None = None) -> Vocabulary:
    return Vocabulary(file=path, layout=layout, ids=MappingProxyType(ids), special=MappingProxyType(special or {}))


def _nested_refused(value: JsonObject, path: str) -> dict[str, int]:
    if value and all(isinstance(entry, dict) for entry in value.values()):
        raise EvidenceMissing(
            path, "holds one vocabulary for each language, which is not read", hint="publish tokenizer.json"
        )
    return token_ids(dict(value), path)


def _lines(data: bytes, path: str) -> list[str]:
    """Split as transformers does, which knows no line end but those of a text file: a token may be U+2028."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise FormatError("not UTF-8", path, offset=error.start) from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def _whole(content: JsonObject, path: str) -> Vocabulary:
    """Read ``tokenizer.json``: the vocabulary of its model, then the added tokens, which win over it."""
    network = content.get("model")
    if not isinstance(network, dict):
        raise FormatError(f"{strict_json.kind_of(network)}, not an object", path, "model")
    vocab = network.get("vocab")
    ids = _scored(vocab, path) if isinstance(vocab, list) else dict(token_ids(vocab, path, "model.vocab"))
    special: dict[str, bool] = {}
    added = content.get("added_tokens")
    if added is not None and not isinstance(added, list):
        raise FormatError(f"{strict_json.kind_of(added)}, not an array", path, "added_tokens")
    for index, entry in enumerate(added or []):
        pointer = f"added_tokens[{index}]"
        token = entry.get("content") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(token, str):
            raise FormatError("no object with a string as its content", path, pointer)
        ids[token] = token_id(entry.get("id"), path, f"{pointer}.id")
        special[token] = entry.get("special") is True
    return _vocabulary(path, Layout.WHOLE, ids, special)


def _scored(vocab: list[JsonValue], path: str) -> dict[str, int]:
    """Read the vocabulary of a Unigram model: an array of token and score, where the place is the id."""
    ids: dict[str, int] = {}
    for index, entry in enumerate(vocab):
        token = entry[0] if isinstance(entry, list) and entry else None
        if not isinstance(token, str):
            raise FormatError("no array of a token and its score", path, f"model.vocab[{index}]")
        ids.setdefault(token, index)
    return ids
