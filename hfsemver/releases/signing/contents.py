"""Whether a release is what its signature lists: file by file, by digests that are known already wherever there are some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.digest import Algorithm
from hfsemver.core.errors import EvidenceMissing, UsageError
from hfsemver.core.escape import printable
from hfsemver.releases.local import LocalSource
from hfsemver.releases.signing.bundle import Signed
from hfsemver.releases.source import FileKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hfsemver.releases.release import Release
    from hfsemver.releases.source import Source

LEFT_OUT: Final = (".cache/hfsemver", ".cache/huggingface", ".git", ".gitattributes", ".github", ".gitignore")
"""Files about the repository and not of the model, as the reference implementation has it, and the notes of tools."""
CHEAP: Final = 4 << 20
"""A file up to this size is read to tell whether a signature is out of date, where its digest is not known; a larger one is not."""
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The files of a release beside those of its signature: ``digests`` by path as far as they are known.

    ``faults`` says in words what is not as it was signed, ``unread`` names the files that nobody read for that, and ``links`` what
    is none.
    """

    digests: Mapping[str, str]
    faults: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def compared(release: Release, signed: Signed, *, limit: int | None = None) -> Contents:
    """Compare a release with what its signature lists, which has to be digests of whole files.

    Files of more than ``limit`` bytes whose digest is not known are left ``unread``; ``None`` reads them all. Raises
    ``EvidenceMissing`` and ``SourceError`` where a file cannot be read.
    """
    covered = {path: info for path, info in release.files.items() if signed.covers(path)}
    digests: dict[str, str] = {}
    links: list[str] = []
    unread: list[str] = []
    for path, info in covered.items():
        if info.kind in (FileKind.SYMLINK, FileKind.SUBMODULE):
            links.append(path)
        elif info.digest is not None and info.digest.algorithm is Algorithm.SHA256:
            digests[path] = info.digest.hex
        elif limit is None or info.size <= limit:
            digests[path] = release.source.sha256(path)
        else:
            unread.append(path)
    changed = [path for path, digest in digests.items() if signed.digests.get(path, digest) != digest]
    added = [path for path in covered if path not in signed.digests and path not in links]
    removed = [path for path in signed.digests if path not in covered]
    faults = (
        *_said(changed, "is another file", "are other files"),
        *_said(added, "is not signed", "are not signed"),
        *_said(removed, "is gone", "are gone"),
        *_said(links, "is a link", "are links"),
    )
    return Contents(digests=digests, faults=faults, unread=tuple(unread), links=tuple(links))


def signable(release: Release) -> Mapping[str, str]:
    """Return the SHA-256 in hex of every file that a signature of a release has to list.

    Raises ``UsageError`` for a link, which no signature can cover.
    """
    found = compared(release, Signed(digests={}, ignored=LEFT_OUT))
    if found.links:
        fault = f"{printable(found.links[0])} is a link, and the signature of a model covers files alone"
        raise UsageError(fault, hint="put the file itself in its place, or release it without --sign")
    return found.digests


def insist_on_bytes(release: Release, signed: Signed) -> None:
    """Insist that no pointer stands for a file in a folder: its digest is that of a file that whoever loads the folder does not get.

    Raises ``EvidenceMissing``.
    """
    if isinstance(release.source, LocalSource):
        for path, info in release.files.items():
            if info.digest is not None and signed.covers(path):
                fault = f"only its LFS pointer is in {release.source.root}, which is not the file that was signed"
                raise EvidenceMissing(path, fault, hint="fetch it: git lfs pull; or verify a revision, as DIR@HEAD")


def first_other(source: Source, paths: Iterable[str], covers: Mapping[str, str]) -> str | None:
    """Return the first file that has another content than is to be signed of it, ``None`` where all are as listed."""
    return next((path for path in paths if path in covers and source.sha256(path) != covers[path]), None)


def _said(paths: list[str], one: str, many: str) -> Iterator[str]:
    if paths:
        more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
        yield f"{', '.join(map(printable, paths[:_SHOWN]))}{more} {one if len(paths) == 1 else many}"
