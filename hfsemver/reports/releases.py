"""A release that is planned or made, in words and as JSON."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import printable
from hfsemver.reports.answer import answer
from hfsemver.reports.figures import size
from hfsemver.reports.lines import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.plan import PlannedFile, ReleasePlan

SCHEMA: Final = "hfsemver/release/1"
_LONG: Final = 200
"""Lines of one file's difference that are shown; what a surface holds is for programs."""


def planned_as_text(plan: ReleasePlan) -> str:
    """Return every file and every name that a release would change."""
    return page(_planned(plan))


def _planned(plan: ReleasePlan) -> Iterator[str]:
    yield f"would release {plan.tag}: {answer(plan.report)}"
    yield from (f"note: {printable(note)}" for note in plan.notes)
    unread = [file for file in plan.files if file.before is None and file.content is None]
    for file in plan.files:
        if file not in unread:
            yield ""
            yield from _difference(file)
    yield ""
    yield from (f"take away {printable(file.path)}" for file in unread)
    yield from (f"upload {printable(one.path)} ({size(one.size)})" for one in plan.uploads)
    if plan.signature is not None:
        yield f"sign {len(plan.signature.covers)} files in {plan.signature.path}"
    yield from _names(plan)
    yield "nothing was written"


def _difference(file: PlannedFile) -> Iterator[str]:
    name = printable(file.path)
    old, new = ((data or b"").decode("utf-8", "replace").splitlines() for data in (file.before, file.content))
    left, right = (
        "/dev/null" if file.before is None else f"a/{name}",
        "/dev/null" if file.content is None else f"b/{name}",
    )
    shown = [printable(line) for line in difflib.unified_diff(old, new, left, right, lineterm="")]
    yield from shown[:_LONG]
    if len(shown) > _LONG:
        yield f"... ({len(shown) - _LONG} more lines)"


def _names(plan: ReleasePlan) -> Iterator[str]:
    onto = "a new commit" if plan.has_commit else plan.parent[:12]
    if plan.has_commit:
        yield f"branch {printable(plan.branch)}: {plan.parent[:12]} -> {onto}"
    yield f"tag {plan.tag}: {onto}"
    for one in plan.floating:
        yield f"branch {one.name}: {one.old[:12] if one.old else 'new'} -> {onto}"


def made_as_text(
    plan: ReleasePlan | None, version: str, commit: str, names: tuple[str, ...], pushed: str | None
) -> str:
    """Return what was made, and what is left to do; without a ``plan`` the commit was released before."""
    return page(_made(plan, version, commit, names, pushed))


def _made(
    plan: ReleasePlan | None, version: str, commit: str, names: tuple[str, ...], pushed: str | None
) -> Iterator[str]:
    if plan is None:
        yield f"v{version} is this commit already ({commit[:12]}): nothing to release"
    else:
        yield f"released {plan.tag} as {commit[:12]}: {answer(plan.report)}"
        for file in plan.files:
            yield f"  {'took away' if file.content is None else 'wrote'} {printable(file.path)}"
        yield from (f"  note: {printable(note)}" for note in plan.notes)
    listed = " ".join(map(printable, names))
    yield f"pushed to {printable(pushed)}: {listed}" if pushed else f"publish it: git push --atomic origin {listed}"


def published_as_text(
    plan: ReleasePlan | None, version: str, commit: str, names: tuple[str, ...], target: str, *, finished: bool
) -> str:
    """Return what was published on a Hub; without a ``plan`` it was there before, or an earlier run began it."""
    return page(_published(plan, version, commit[:12], names, printable(target), finished=finished))


def _published(
    plan: ReleasePlan | None, version: str, commit: str, names: tuple[str, ...], target: str, *, finished: bool
) -> Iterator[str]:
    if finished:
        yield f"finished v{version}, which an earlier run began: {commit} on {target}"
        yield "  what the folder holds now was not looked at: run the same command again to release that"
    elif plan is None:
        yield f"v{version} is what lies on {target} already ({commit}): nothing to release"
        return
    else:
        yield f"released {plan.tag} as {commit} on {target}: {answer(plan.report)}"
        yield from (f"  uploaded {printable(one.path)} ({size(one.size)})" for one in plan.uploads)
        for file in plan.files:
            yield f"  {'took away' if file.content is None else 'wrote'} {printable(file.path)}"
        yield from (f"  note: {printable(note)}" for note in plan.notes)
    yield f"names: {' '.join(map(printable, names))}"


def release_as_json(
    plan: ReleasePlan | None,
    version: str,
    commit: str | None,
    names: tuple[str, ...],
    pushed: str | None,
    *,
    finished: bool = False,
    announced: str = "",
    discussed: str = "",
) -> str:
    """Return the same for programs; ``commit`` is null where nothing was made, ``finished`` where an earlier run began it."""
    told = {
        "schema": SCHEMA,
        "version": version,
        "tag": f"v{version}",
        "commit": commit,
        "required_bump": None if plan is None else plan.report.verdict.required.word,
        "files": [] if plan is None else [file.path for file in plan.files],
        "uploads": [] if plan is None else [one.path for one in plan.uploads],
        "refs": list(names),
        "pushed": pushed,
        "finished": finished,
        "announced": announced,
        "discussed": discussed,
        "notes": [] if plan is None else list(plan.notes),
    }
    return json.dumps(told) + "\n"
