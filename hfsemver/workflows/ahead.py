"""What is going to be read of releases on a Hub, asked for side by side before anybody waits for one file after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hfsemver.diff.files.files import SMALL, compare_files
from hfsemver.diff.weights.depth import Depth
from hfsemver.releases.hub.source import KEPT, HubSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.releases.release import Release

_TEXTS: Final = re.compile(r"(?:[^/]+/)*(?:(?!\.)[^./]+|[^/]+\.(?:jinja|json|md|py|txt|ya?ml))")
"""Settings, vocabularies, cards, code and licences."""
_WEIGHTS: Final = ".safetensors"


def fetch_ahead(baseline: Release | None, current: Release, weights: str) -> None:
    """Let come what differs, or may do so, of each side that is on a Hub: the small texts and the headers of weights.

    Waits for nothing, and what fails on the way is told to whoever reads it.
    """
    sides = [side for side in (baseline, current) if side is not None and isinstance(side.source, HubSource)]
    if not sides:
        return
    files = compare_files(baseline, current)
    lone = {*files.added, *files.removed} if baseline is not None else {*current.files}
    kept = tuple(path for path in files.kept if _may_differ(files, path, certain=weights != Depth.HEADER))
    for side in sides:
        if isinstance(side.source, HubSource):
            side.source.expect(_expected(side, lone.union(kept)))


def _expected(side: Release, paths: set[str]) -> Iterator[str]:
    here = sorted(path for path in paths if path in side.files)
    yield from [path for path in here if side.files[path].size <= SMALL and _TEXTS.fullmatch(path)][:KEPT]
    yield from (path for path in here if path.endswith(_WEIGHTS))


def _may_differ(files: FilesDiff, path: str, *, certain: bool) -> bool:
    """Whether two files of one name are not equal; of large ones only what the listings say, and no more where it has to be ``certain``."""
    if path.endswith(_WEIGHTS):
        known = files.listed(path, path)
        return known is False or (known is None and not certain)
    return bool(_TEXTS.fullmatch(path)) and files.hashed(path, path) is not True
