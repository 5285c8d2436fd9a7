"""The merges of a BPE vocabulary in a file of their own, which ``tokenizer.json`` holds as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.releases.formats.tokenizer_files import MAX_SIZE, MERGES, WHOLE
from hfsemver.releases.formats.tokenizer_pipeline import pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.releases.release import Release


def changed_merges(files: FilesDiff) -> Iterator[tuple[str, str, str]]:
    """Yield folder, path and fate of every file of merges that came, went or changed, unless the same merges are where they can be found.

    transformers 5 leaves the file out when it saves and 4 writes it: both read ``tokenizer.json`` first.
    """
    if files.baseline is None or files.current is None:
        return
    for path in sorted((*files.added, *files.removed, *files.kept)):
        folder, _, name = path.rpartition("/")
        folder += "/" if folder else ""
        if name != MERGES or (path in files.kept and files.same(path) is True):
            continue
        before, after = (merges_of(side, folder) for side in (files.baseline, files.current))
        if before is None or before != after:
            word = "is new" if path in files.added else "is gone" if path in files.removed else "changed"
            yield folder, path, word


def merges_of(release: Release, folder: str) -> tuple[str, ...] | None:
    """Return the merges in their order, ``None`` where no file says them."""
    try:
        data = release.read(folder + MERGES, MAX_SIZE)
        if data is None:
            return pairs(release.json(folder + WHOLE) or {})
    except EvidenceMissing:
        return None
    lines = data.decode(errors="replace").splitlines()
    return tuple(line for line in lines[lines[:1] != [] and lines[0].startswith("#version") :] if line.strip())
