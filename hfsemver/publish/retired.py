"""Write down which releases may be gone from a remote: their numbers stay taken, and a clone forgets its tags.

What is known is that the remote had the tag and that its deletion was let out. Whether it happened is not: git tells a
hook of no ``--dry-run``, and what runs after it may still end the push.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError
from hfsemver.publish.files import append_lines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hfsemver.releases.repository import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A version tag that a remote held: what it named there, and when its deletion was let out.

    ``object`` is the id that the remote had, of a commit or of a tag object; ``commit`` is ``None`` where this clone
    has not got that object. ``time`` is in ISO 8601, UTC.
    """

    tag: str
    object: str
    commit: str | None
    remote: str
    url: str
    time: str


def retired_log(repository: Repository) -> Path:
    """Return the file that holds one JSON object a line for each release whose deletion was let out."""
    return repository.common_dir / "hfsemver" / "retired.log"


def record_retired(repository: Repository, retired: Iterable[Retired]) -> None:
    """Append releases that are about to be deleted. Raises ``SourceError`` when that fails."""
    path = retired_log(repository)
    try:
        append_lines(path, *(json.dumps(asdict(one)) for one in retired))
    except OSError as error:
        fault = f"{path}: the deletion could not be recorded: {error.strerror}"
        hint = "make room, or make that file writable and push again: without it the number looks free later on"
        raise SourceError(fault, hint=hint) from error
