"""What a surface says of weights that are not here, where it can be believed.

A surface is believed about a file only when the digest that the release itself gives of it, in its LFS pointer, is the one that
the surface was written for: a stale surface, or one of another release, describes other files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.digest import Algorithm
from hfsemver.core.surface import is_own

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.core.surface import DescribedTensor, Surface
    from hfsemver.releases.source import FileInfo


def known_sha256(info: FileInfo) -> str | None:
    """Return the SHA-256 of a file in hex where it is known without reading it."""
    return info.digest.hex if info.digest is not None and info.digest.algorithm is Algorithm.SHA256 else None


def described(surface: Surface | None, info: FileInfo) -> Mapping[str, DescribedTensor] | None:
    """Return the tensors of a weight file by name; ``None`` where nothing here can be believed about it."""
    told = surface.files.get(info.path) if surface is not None else None
    if surface is None or told is None or (told.sha256, told.size) != (known_sha256(info), info.size):
        return None
    return surface.tensors.get(info.path)


def stale_files(surface: Surface, files: Mapping[str, FileInfo]) -> tuple[str, ...]:
    """Return the files that a surface does not describe as they are, as far as that is known without reading them."""
    stale = []
    for path, info in files.items():
        told = surface.files.get(path)
        if is_own(path):
            continue
        if told is None or told.size != info.size or known_sha256(info) not in {None, told.sha256}:
            stale.append(path)
    return tuple(sorted({*stale, *(path for path in surface.files if path not in files)}))
