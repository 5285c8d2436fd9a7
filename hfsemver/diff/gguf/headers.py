"""Keys in the header of a GGUF file that got another value, of which no rule can say whether anybody breaks.

Where the header is all that describes the model, there is no other file whose change a rule would judge.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.escape import clipped
from hfsemver.diff.files.subjects import Subject, Unjudged
from hfsemver.releases.formats.gguf_types import GgufArray
from hfsemver.releases.ggufs import KIND

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.diff.files.formats import FormatsDiff
    from hfsemver.releases.formats.gguf_types import GgufHeader, GgufValue

# Of what describes the model to people, and of how it was made, only this counts for those who load it.
_DESCRIPTION: Final = re.compile(r"general\.(?!(?:architecture|file_type|license|type)$).*|quantize\..*|split\..*")
_LICENCE: Final = "general.license"
_ROLE: Final = re.compile(r"tokenizer\.(?:chat_template.*|ggml\.\w+_token_ids?)")
_LONG: Final = 40


def changed_headers(files: FilesDiff, formats: FormatsDiff, told: Collection[tuple[str, str]]) -> Iterator[Unjudged]:
    """Yield each key that changed, once for all files in which it changed alike; ``told`` are files and keys of findings.

    Raises ``FormatError`` for a malformed file. One that is not here is told as weights that may have changed.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for old, new in (*formats.kept, *formats.renamed):
        if new.kind != KIND or old.kind != KIND or files.listed(old.files[0], new.files[0]) is True:
            continue
        headers = _both(files, old.files[0], new.files[0])
        for key, words in _changes(*headers) if headers else ():
            if (new.files[0], key) not in told:
                found.setdefault((key, words), []).append(new.name)
    for (key, words), names in sorted(found.items()):
        more = f" (with {len(names) - 1} more)" if len(names) > 1 else ""
        text = f"{names[0]}{more}: {clipped(key, 80)} {words}, and no rule judges a header by the one before"
        yield Unjudged(subject=_subject(key), words=text)


def _both(files: FilesDiff, old: str, new: str) -> tuple[GgufHeader, GgufHeader] | None:
    if files.baseline is None or files.current is None:
        return None
    try:
        return files.baseline.ggufs[old], files.current.ggufs[new]
    except EvidenceMissing:
        return None


def _changes(old: GgufHeader, new: GgufHeader) -> Iterator[tuple[str, str]]:
    for key in sorted({*old.metadata, *new.metadata}):
        if _DESCRIPTION.fullmatch(key):
            continue
        one, other = old.metadata.get(key), new.metadata.get(key)
        if one is None or other is None:
            yield key, "is new" if one is None else "is gone"
        elif repr(one) != repr(other):  # two values that are no number are equal so
            shown = (_shown(one), _shown(other))
            yield key, f"changed from {shown[0]} to {shown[1]}" if all(shown) else "changed"


def _shown(value: GgufValue) -> str:
    """Return a value that is short enough to be read, else nothing."""
    text = "" if isinstance(value, GgufArray) else str(value)
    return clipped(text) if len(text) <= _LONG else ""


def _subject(key: str) -> Subject:
    if key == _LICENCE:
        return Subject.TERMS
    return Subject.TOKENIZATION if key.startswith("tokenizer.") and not _ROLE.fullmatch(key) else Subject.SETTINGS
