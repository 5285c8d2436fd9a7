"""Changes that consumers may feel in files that nothing here opens, so that they are never passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.diff.files.subjects import Subject, Unjudged
from hfsemver.diff.files.unjudged_leftovers import changed_leftovers
from hfsemver.diff.files.unread import unread_files

if TYPE_CHECKING:
    from hfsemver.diff.files.files import FilesDiff


def find_unjudged(files: FilesDiff, limit: int) -> tuple[Unjudged, ...]:
    """Return every change that no rule reads; up to ``limit`` bytes of a file are read to say whether it changed."""
    beside = (Unjudged(subject=Subject.LAYOUT, words=words) for words in changed_leftovers(files, limit))
    return (*unread_files(files, limit), *beside)
