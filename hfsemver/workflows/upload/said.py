"""What to say of an upload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import printable
from hfsemver.reports.releases import planned_as_text, published_as_text, release_as_json
from hfsemver.reports.report import Format, render

if TYPE_CHECKING:
    from hfsemver.workflows.upload.request import Pushed


def said(done: Pushed, shows: str | None, form: Format) -> str:
    """Return what became of an upload; ``shows`` is ``version`` or ``plan`` where nothing was to be made."""
    plan, version, commit = done.plan, done.version, done.commit
    if done.refused is not None:
        return render(done.refused, form)
    if shows == "version":
        return f"{version}\n"
    if form is Format.JSON:
        target = done.target if commit else None
        return release_as_json(
            plan,
            version,
            commit,
            done.names,
            target,
            finished=done.finished,
            announced=done.announced,
            discussed=done.discussed,
        )
    if shows == "plan" and plan is not None:
        return planned_as_text(plan)
    text = published_as_text(plan, version, commit or "", done.names, done.target, finished=done.finished)
    return text + "".join(f"{printable(line)}\n" for line in (done.discussed, done.announced) if line)
