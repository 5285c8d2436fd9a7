"""The signature that a release gets: what it has to list, and that no release goes out with one that lists something else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hfsemver.core.errors import UsageError
from hfsemver.core.plan import PlannedFile, PlannedSignature
from hfsemver.publish.signing import sign
from hfsemver.releases.overlay import OverlaySource
from hfsemver.releases.release import Release
from hfsemver.releases.signing.bundle import MAX_SIZE, SIGNATURE
from hfsemver.releases.signing.contents import signable
from hfsemver.workflows.signatures import out_of_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.core.plan import ReleasePlan


def planned_signature(current: Release, files: Mapping[str, bytes | None], key: str | None) -> PlannedSignature | None:
    """Return what is to be signed of a release that writes ``files``, ``None`` where nothing is.

    Raises ``UsageError`` where it carries a signature that would be of other files, and nobody makes a new one.
    """
    release = Release(OverlaySource(current.source, files))
    if key is not None:
        return PlannedSignature(path=SIGNATURE, before=current.read(SIGNATURE, MAX_SIZE), covers=signable(release))
    broken = out_of_date(release)
    if broken is not None and broken.fault:
        hint = f"sign it: --sign KEY; or release it without: git rm {SIGNATURE}, or hfsemver push --delete {SIGNATURE}"
        raise UsageError(f"{SIGNATURE} would be out of date: it {broken.fault}", hint=hint)
    return None


def signed(plan: ReleasePlan, key: str | None, name: str) -> ReleasePlan:
    """Return the plan with the signature in it; it is made now, since each one that is made is a fact that others may see.

    Raises what ``sign`` does.
    """
    planned = plan.signature
    if planned is None or key is None:
        return plan
    file = PlannedFile(path=planned.path, before=planned.before, content=sign(planned.covers, name, key))
    return replace(
        plan,
        files=(*(one for one in plan.files if one.path != file.path), file),
        uploads=tuple(one for one in plan.uploads if one.path != file.path),
    )
