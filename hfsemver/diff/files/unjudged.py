"""Changes that consumers feel in files that are known and compared as a whole, so that they are never passed over.

Each row of the table goes when a rule reads such a file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.files.subjects import Gap, Subject, Unjudged
from hfsemver.diff.files.unjudged_leftovers import changed_leftovers
from hfsemver.diff.files.unread import unread_files
from hfsemver.releases.formats.strict_json import MAX_SIZE, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.releases.formats.strict_json import JsonValue
    from hfsemver.releases.release import Release

# Files as a whole, by what they are about.
_FILES = (
    (re.compile(r"(?:.*/)?(?:image_|video_)?(?:pre)?processor_config\.json"), Subject.PROCESSOR),
    (re.compile(r"(?:.*/)?[^/]+\.py"), Subject.CODE),
    (re.compile(r"(?:.*/)?adapter_config\.json"), Subject.ADAPTER),
)
# What other rules read in such a file, and what only says who wrote it.
_READ_ELSEWHERE = {
    "adapter_config.json": {"base_model_name_or_path", "revision", "peft_version", "inference_mode"},
}


def find_unjudged(files: FilesDiff, limit: int) -> tuple[Unjudged, ...]:
    """Return every change that no rule reads; raises ``FormatError`` when a file is malformed.

    Up to ``limit`` bytes of a file that nothing here knows are read to say whether it changed.
    """
    beside = (Unjudged(subject=Subject.LAYOUT, words=words) for words in changed_leftovers(files, limit))
    return (*_known(files), *unread_files(files, limit), *beside)


def _known(files: FilesDiff) -> Iterator[Unjudged]:
    for path in (*files.added, *files.removed, *files.kept):
        subject = next((subject for pattern, subject in _FILES if pattern.fullmatch(path)), None)
        if subject is not None:
            word = "is new" if path in files.added else "is gone" if path in files.removed else "changed"
            if word != "changed" or _differs(files, path):
                yield Unjudged(subject=subject, words=f"{path} {word}", gap=Gap.RULE)


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
