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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.files.files import FilesDiff

# Files as a whole, by what they are about.
_FILES = (
    (re.compile(r"(?:.*/)?(?:image_(?:pre)?|video_)processor_config\.json"), Subject.PROCESSOR),
    (re.compile(r"(?:.*/)?[^/]+\.py"), Subject.CODE),
)


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
        return files.baseline.json(path) != files.current.json(path)
    except EvidenceMissing:
        return True
