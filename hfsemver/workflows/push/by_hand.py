"""What to type where the objects of a repository cannot be read: its releases can be unpacked and compared."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from hfsemver.core.escape import printable
from hfsemver.workflows.push.range import commit_of, newest_published, pushed_tag
from hfsemver.workflows.push.views import PushedTags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.workflows.push.ref_updates import RefUpdate
    from hfsemver.workflows.push.ruling import Push


def comparisons(push: Push, updates: Iterable[RefUpdate]) -> tuple[str, ...]:
    """Return commands that compare what is pushed, as folders, with the releases before it; each once.

    A first release has nothing to be compared with, and gives none.
    """
    tags = PushedTags(push)
    return tuple(dict.fromkeys(step for update in updates for step in _steps(push, tags, update)))


def _steps(push: Push, tags: PushedTags, update: RefUpdate) -> Iterator[str]:
    commit = commit_of(push.repository, update.local)
    if commit is None:
        return
    own = update.tag or pushed_tag(push.updates, push.repository, commit)
    view, *_ = tags.seen_from(update, commit, own, newest_published(push.repository, push.tracked, commit))
    if view.baseline is None:
        return
    before, after = f"../{view.baseline.tag}", f"../{commit[:12]}"
    # Outside of git: in a working tree the tag that is to be pushed would be taken already.
    yield _unpacked(view.baseline.commit, before)
    yield _unpacked(commit, after)
    declared = [f"--declared={view.own.tag.version}"] if view.own else []
    yield printable(shlex.join(["hfsemver", "check", after, "--baseline", before, *declared]))


def _unpacked(commit: str, folder: str) -> str:
    place = shlex.quote(folder)
    return printable(f"mkdir {place} && git archive {commit[:12]} | tar -x -C {place}")
