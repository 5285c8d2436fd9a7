"""How deep the weights of two releases are read where nobody says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.diff.files.files import compare_files
from hfsemver.diff.weights.depth import Depth
from hfsemver.releases.fetched import FetchedSource
from hfsemver.releases.hub.source import SMALL, HubSource
from hfsemver.releases.union import UnionSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.release import Release

AUTO: Final = "auto"
ROOM: Final = 64 << 20
"""Bytes that are fetched from a Hub without being asked for; more are left where they are, and the report says so."""


def depth_of(weights: str, baseline: Release | None, current: Release) -> tuple[Depth, tuple[str, ...]]:
    """Return how deep to read, and what to say of it.

    By default everything that is here is read. Of what lies on a Hub and is not known to be the same as on the other side, all
    is read where it is little, and the headers where it is not.
    """
    if weights != AUTO:
        return Depth(weights), ()
    distant = sum(_distant(baseline, current))
    if distant <= ROOM:
        return Depth.FULL, ()
    words = f"{distant / 1e9:.3g} GB of weights lie on the Hub and were not read"
    return Depth.HEADER, (f"{words}: --weights sample reads a hundredth of them, --weights full all",)


def _distant(baseline: Release | None, current: Release) -> Iterator[int]:
    """Yield the sizes of large files on a Hub that differ from those of the other side, or may do so.

    A first release has no other side, and its values are looked at for what is broken in them.
    """
    files = compare_files(baseline, current)
    lone = files.removed, (files.added if baseline is not None else tuple(current.files))
    for release, alone in zip((baseline, current), lone, strict=True):
        if release is None or not isinstance(release.source, HubSource | UnionSource | FetchedSource):
            continue
        large = {path for path, info in release.files.items() if info.size > SMALL and _is_distant(release, path)}
        unequal = (path for path in files.kept if path in large and files.hashed(path, path) is not True)
        yield from (release.files[path].size for path in (*alone, *unequal) if path in large)


def _is_distant(release: Release, path: str) -> bool:
    source = release.source
    if isinstance(source, UnionSource | FetchedSource):
        source = source.source_of(path)
    return isinstance(source, HubSource)
