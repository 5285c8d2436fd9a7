"""Whether a release still is what it described itself as when it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import printable
from hfsemver.core.surface import PATH
from hfsemver.releases.described import stale_files
from hfsemver.workflows.doctor.diagnosis import listed, note, ok

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.version import Tag
    from hfsemver.releases.release import Release
    from hfsemver.workflows.doctor.diagnosis import Diagnosis

_LARGEST: Final = 16 << 20


def described(release: Release, tag: Tag) -> Iterator[Diagnosis]:
    """Hold the surface that a release carries against its files; nothing where it carries none, or a huge one."""
    info = release.files.get(PATH)
    if info is None or info.size > _LARGEST or not info.readable:
        return
    surface = release.surface
    stale = [] if surface is None else [printable(path) for path in stale_files(surface, release.files)]
    if not stale:
        yield ok("surface", f"{tag} has the files that its surface describes")
        return
    text = f"{tag} has other files than its surface describes: {listed(stale)}"
    yield note("surface", f"{text}; it was moved, or the surface was not written again", "hfsemver surface --help")
