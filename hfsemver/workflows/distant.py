"""Old releases whose weights are only pointers here: their bytes are read from the Hub, by range, where it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import HfSemverError, SourceError
from hfsemver.releases.fetched import FetchedSource
from hfsemver.releases.hub.patience import ASKING
from hfsemver.releases.hub.remote import find_model
from hfsemver.releases.hub.source import HubSource
from hfsemver.releases.hub.wire import Wire
from hfsemver.releases.ref import HubRef
from hfsemver.releases.release import Release
from hfsemver.releases.source import FileKind

if TYPE_CHECKING:
    from collections.abc import Sequence


def with_distant_bytes(
    old: Release, new: Release, repo: str | None, revisions: Sequence[str], *, fail_closed: bool
) -> tuple[Release, tuple[str, ...]]:
    """Return the old release with what ``repo`` on the Hub has of it at one of the ``revisions``, and what to say.

    Nobody is asked where every file that is only a pointer is unchanged, or no model is named. Where the Hub cannot be read the
    release is as before, or, with ``fail_closed``, a ``SourceError``.
    """
    now = {info.path: info.digest for info in new.files.values()}
    missing = [
        path for path, info in old.files.items() if info.kind is FileKind.POINTER and now.get(path) != info.digest
    ]
    if not missing or repo is None:
        return old, ()
    try:
        source = FetchedSource(old.source, _opened(repo, revisions))
        found = Release(source, ref=old.ref, commit=old.commit)
        lost = [path for path in missing if found.files[path].kind is FileKind.POINTER]
        problem = f"{repo} on the Hub has no such content of {lost[0]}" if lost else ""
    except HfSemverError as error:
        found, problem = old, f"{error.problem} ({error.hint})"
    if problem and fail_closed:
        fault = f"the weights of {old.ref} are only pointers here, and could not be read from the Hub: {problem}"
        raise SourceError(fault, hint="fetch them: git lfs fetch --all; the policy says fail_closed: true")
    return found, (
        (f"what is only a pointer in {old.ref} could not be read from the Hub: {problem}",) if problem else ()
    )


def _opened(repo: str, revisions: Sequence[str]) -> HubSource:
    """Open a model at the first revision that the Hub knows. Raises ``RefError`` or ``SourceError``."""
    wire = Wire.from_environment(ASKING)
    *first, last = revisions
    for revision in first:
        try:
            model = find_model(wire, HubRef(repo, revision))
        except HfSemverError:
            continue
        return HubSource(wire=wire, repo_id=model.id, commit=model.commit)
    model = find_model(wire, HubRef(repo, last))
    return HubSource(wire=wire, repo_id=model.id, commit=model.commit)
