"""What the card of a clone declared in each of its commits, read from the objects of git alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError
from hfsemver.core.version import Version
from hfsemver.releases.formats.card import read_card
from hfsemver.releases.git_command import read_git
from hfsemver.releases.objects import Objects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hfsemver.releases.repository import Repository

_CARD: Final = "README.md"
_MOST: Final = 500
_LARGEST: Final = 1 << 20
_FOUND: Final = 3


def versions_at(repository: Repository, commits: Sequence[str]) -> Mapping[str, str]:
    """Return the ``version:`` of the card by commit; those are left out that have none, or no card that can be read."""
    asked = "".join(f"{commit}:{_CARD}\n" for commit in commits).encode()
    lines = read_git(repository.root, "cat-file", "--batch-check", stdin=asked).lines
    blobs = {}
    for commit, line in zip(commits, lines, strict=True):
        oid, *kind_and_size = line.split(" ")
        if len(kind_and_size) == _FOUND - 1 and kind_and_size[0] == "blob" and int(kind_and_size[1]) <= _LARGEST:
            blobs[commit] = bytes.fromhex(oid)
    contents = Objects(repository).contents(set(blobs.values()))
    versions = {oid: _version(data) for oid, data in contents.items()}
    found = {commit: versions.get(oid) for commit, oid in blobs.items()}
    return {commit: version for commit, version in found.items() if version is not None}


def declared_since(repository: Repository, head: str) -> Mapping[Version, str]:
    """Return every version that the card declared in the history of ``head``, with the commit where it began to."""
    listed = read_git(repository.root, "rev-list", f"--max-count={_MOST}", operands=(head, "--", _CARD))
    commits = [*reversed(listed.lines)]
    found: dict[Version, str] = {}
    for commit, text in versions_at(repository, commits).items():
        version = Version.of(text)
        if version is not None:
            found.setdefault(version, commit)
    return found


def _version(data: bytes) -> str | None:
    try:
        card = read_card(data, _CARD)
    except FormatError:
        return None
    return None if card is None else card.text("version")
