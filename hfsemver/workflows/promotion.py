"""A candidate that becomes a release: what was tested has to be what ships."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hfsemver.core.claim import Promotion
from hfsemver.core.surface import is_own
from hfsemver.core.version import Version
from hfsemver.diff.files.files import ANY_SIZE, compare_files
from hfsemver.releases.open import open_release
from hfsemver.workflows.neutral import is_neutral

if TYPE_CHECKING:
    from hfsemver.releases.ref import GitRef, HubRef
    from hfsemver.releases.release import Release
    from hfsemver.workflows.baselines import Tagged

_CARD = "README.md"


def promotion(
    candidate: Tagged | None, declared: str | None, ref: GitRef | HubRef, current: Release
) -> Promotion | None:
    """Return what differs from the newest candidate of the declared version, ``None`` where there is no such candidate.

    ``ref`` is any revision of the repository that holds the candidate. Prose may differ, and so may the card, which names the
    version.
    """
    if candidate is None or not _is_candidate_of(candidate.tag.version, declared):
        return None
    files = compare_files(open_release(replace(ref, revision=str(candidate.tag))), current)
    kept = (path for path in files.kept if files.same(path, limit=ANY_SIZE) is not True)
    changed = {*files.added, *files.removed, *kept}
    told = sorted(path for path in changed if path != _CARD and not is_own(path) and not is_neutral(path))
    return Promotion(candidate=str(candidate.tag), changed=tuple(told))


def _is_candidate_of(candidate: Version, declared: str | None) -> bool:
    try:
        version = None if declared is None else Version.parse(declared)
    except ValueError:
        return False
    return version is not None and version.is_stable and not candidate.is_stable and candidate.release == version
