"""``hfsemver bump`` from end to end: prepare, show or make, and push."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.reports.releases import made_as_text, planned_as_text, release_as_json
from hfsemver.reports.report import Format, render
from hfsemver.workflows.bump.make import make, push, refs_of, upstream
from hfsemver.workflows.bump.prepare import prepare

if TYPE_CHECKING:
    from hfsemver.core.progress import Progress
    from hfsemver.workflows.bump.request import BumpRequest


def run_bump(
    request: BumpRequest,
    shows: str | None,
    remote: str | None,
    form: Format,
    *,
    pushes: bool,
    progress: Progress | None = None,
) -> tuple[bool, str]:
    """Return whether the release may be, and what to say of it; ``shows`` is ``version`` or ``plan`` where nothing is to be made.

    A commit that is released already is pushed all the same: that is how a push that failed is done again.
    """
    prepared = prepare(request, progress, writes=shows is None)
    if prepared.refused is not None:
        return False, render(prepared.refused, form)
    plan, version = prepared.plan, prepared.version
    if shows == "version":
        return True, f"{version}\n"
    if shows == "plan" and plan is not None:
        return True, release_as_json(plan, version, None, (), None) if form is Format.JSON else planned_as_text(plan)
    target = (remote or upstream(prepared.repository)) if pushes and shows is None else None
    if plan is None:
        commit = prepared.repository.resolve("HEAD")
    else:
        plan, commit = make(prepared, target, request.sign)
    if target is not None:
        push(prepared, target)
    told = release_as_json if form is Format.JSON else made_as_text
    return True, told(plan, version, commit, refs_of(prepared), target)
