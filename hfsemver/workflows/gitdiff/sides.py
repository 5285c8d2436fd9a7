"""The two sides of a file that git compares, as it hands them to the program of a diff driver."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError, RefError, UsageError
from hfsemver.releases.listing import checked_listing
from hfsemver.releases.one_file import open_one
from hfsemver.releases.release import Release
from hfsemver.releases.repository import Repository
from hfsemver.releases.source import FileInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hfsemver.releases.lfs import LfsStore

# PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE NEW-HEX NEW-MODE, and for a file with another name that name and what is known
# of both: https://git-scm.com/docs/git#Documentation/git.txt-GITEXTERNALDIFF
_PLAIN, _RENAMED = 7, 9
_SHORT: Final = 7
_NOTHING: Final = "0" * _SHORT
NAME: Final = "weights.safetensors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """One file before and after; ``path`` and ``renamed`` are what it is called in the repository."""

    path: str
    renamed: str
    old: Path
    new: Path
    index: str

    @classmethod
    def of(cls, words: Sequence[str]) -> Sides | None:
        """Read what git says, ``None`` where it says only that a file is not merged. Raises ``UsageError``."""
        if len(words) == 1:
            return None
        if len(words) not in (_PLAIN, _RENAMED):
            fault = f"git gives {_PLAIN} or {_RENAMED} words here, not {len(words)}"
            raise UsageError(fault, hint="let git call it: hfsemver gitdiff install")
        path, old, old_id, old_mode, new, new_id, new_mode = words[:_PLAIN]
        renamed = words[_PLAIN] if len(words) == _RENAMED else path
        short = (_NOTHING if one == "." else one[:_SHORT] for one in (old_id, new_id))
        index = f"{'..'.join(short)} {old_mode if new_mode == '.' else new_mode}"
        return cls(path=path, renamed=renamed, old=Path(old), new=Path(new), index=index)

    def releases(self) -> tuple[Release, Release]:
        """Return each side as a release of one file, both under the new name: another name alone changes no tensor.

        A name that no release may have is none of its tensors' fault. Raises ``SourceError`` where a side is no file.
        """
        store, name = lfs_store(), self.renamed
        try:
            checked_listing((FileInfo(path=name, size=0),))
        except FormatError:
            name = NAME
        old = Release(open_one(name, self.old, store), ref=f"a/{self.path}")
        return old, Release(open_one(name, self.new, store), ref=f"b/{self.renamed}")


def lfs_store() -> LfsStore | None:
    """Return where the objects of the repository lie that we stand in, ``None`` outside of one."""
    try:
        return Repository.discover(Path()).lfs_store
    except RefError:
        return None
