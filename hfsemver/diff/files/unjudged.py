"""Changes that consumers feel and that no rule of this version reads: told as not evaluated, never passed over.

Each row of the table goes when the rule that it names arrives.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.finding import Skip
from hfsemver.diff.files.unjudged_tokenization import changed_tokenization
from hfsemver.releases.formats.strict_json import MAX_SIZE, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.releases.formats.strict_json import JsonValue
    from hfsemver.releases.release import Release

# Files as a whole, by the rule that is to read them.
_FILES = (
    (re.compile(r"(?:.*/)?(?:image_|video_)?(?:pre)?processor_config\.json"), "input-normalization-changed"),
    (re.compile(r"modules\.json|config_sentence_transformers\.json|\d+_\w+/config\.json"), "embedding-head-changed"),
    (re.compile(r"(?:.*/)?[^/]+\.py"), "remote-code-changed"),
    (re.compile(r"(?:.*/)?adapter_config\.json"), "adapter-contract-changed"),
    (re.compile(r"(?:.*/)?merges\.txt"), "tokenization-changed"),
)
_TOKENIZATION: Final = "tokenization-changed"

AWAITED: Final = frozenset({_TOKENIZATION, *(rule for _, rule in _FILES)})
"""The rules that are to come: a policy may say already that one of them does not count, and hears no skip of it."""

# What other rules read in such a file, and what only says who wrote it.
_READ_ELSEWHERE = {
    "adapter_config.json": {"base_model_name_or_path", "revision", "peft_version", "inference_mode"},
    "config_sentence_transformers.json": {"__version__"},
}
_UNREAD = "{}, and this version has no rule that reads it"
_REASON = _UNREAD.format("{} {}")


def unjudged(files: FilesDiff) -> Iterator[Skip]:
    """Yield a skip for every such change; raises ``FormatError`` when a file is malformed."""
    for path in (*files.added, *files.removed, *files.kept):
        rule = next((rule for pattern, rule in _FILES if pattern.fullmatch(path)), None)
        if rule is not None:
            word = "is new" if path in files.added else "is gone" if path in files.removed else "changed"
            if word != "changed" or _differs(files, path):
                yield Skip(rule=rule, reason=_REASON.format(path, word))
    for change in changed_tokenization(files):
        yield Skip(rule=_TOKENIZATION, reason=_UNREAD.format(change))


def _differs(files: FilesDiff, path: str) -> bool:
    if files.same(path) is True or files.baseline is None or files.current is None:
        return False
    if not path.endswith(".json"):
        return True
    try:
        return _content(files.baseline, path) != _content(files.current, path)
    except EvidenceMissing:
        return True


def _content(release: Release, path: str) -> JsonValue:
    """Return what a file says beside what other rules read in it; ``modules.json`` is an array, the others are objects."""
    value = load_settings(release.read(path, MAX_SIZE) or b"{}", path)
    if not isinstance(value, dict):
        return value
    read = _READ_ELSEWHERE.get(path.rpartition("/")[2], set())
    return {key: each for key, each in value.items() if key not in read}
