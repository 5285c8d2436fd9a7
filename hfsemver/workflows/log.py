"""``hfsemver log``: the version that every commit of an existing repository should have had."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.errors import FormatError, SourceError
from hfsemver.core.history import History, HistoryRow
from hfsemver.core.version import Version
from hfsemver.diff.depth import Depth
from hfsemver.diff.format_names import find_formats
from hfsemver.diff.release import ReleaseDiff
from hfsemver.policy.policy import Policy
from hfsemver.publish.tags import PlannedTag, create_tags, plan_tags
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import GitRef
from hfsemver.releases.repository import Repository
from hfsemver.rules.catalogue import catalogue
from hfsemver.rules.engine import inspect
from hfsemver.workflows.judgement import judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.version import Tag
    from hfsemver.releases.release import Release
    from hfsemver.releases.repository import Commit

FIRST = Version(major=1, minor=0, patch=0)
"""What the first commit that holds a model is called, where no tag says otherwise."""

ASSUMED = "weights changed and their values are not here: counted as minor"


@dataclass(frozen=True, kw_only=True)
class Step:
    """Where a walk through the history stands: the last release that could be read, and its version."""

    release: Release | None
    version: Version | None


def run_log(path: str, span: str, policy: Policy | None = None) -> History:
    """Walk the commits of ``span`` (a revision, or ``OLD..NEW``) and measure each against the one before it.

    A commit that cannot be judged keeps its row, which says why, and the next is measured against the last good one.
    Raises ``RefError`` for a revision that does not exist.
    """
    repository = Repository.discover(Path(path))
    tags = repository.version_tags()
    rows = _walk(repository, path, _start(repository, path, span, tags), span, tags, policy or Policy())
    return History(repository=path, rows=tuple(rows))


def _start(repository: Repository, path: str, span: str, tags: tuple[tuple[Tag, str], ...]) -> Step:
    """Return what stands before the first commit of the span."""
    old, dots, _ = span.partition("..")
    if not dots:
        return Step(release=None, version=None)
    commit = repository.resolve(old or "HEAD")
    version = next(
        (tag.version for tag, sha in reversed(tags) if tag.version.is_stable and repository.is_ancestor(sha, commit)),
        FIRST,
    )
    return Step(release=open_release(GitRef(path, commit)), version=version)


def _walk(
    repository: Repository, path: str, step: Step, span: str, tags: tuple[tuple[Tag, str], ...], policy: Policy
) -> Iterator[HistoryRow]:
    for commit in repository.commits(span):
        names = tuple(str(tag) for tag, sha in tags if sha == commit.sha)
        try:
            release = open_release(GitRef(path, commit.sha))
            if step.version is None:
                row = _first(commit, release, names, tags)
            else:
                row = _next(commit, release, step, names, policy)
        except (FormatError, SourceError) as error:
            step = _after_failure(path, commit, step)
            yield HistoryRow(
                commit=commit.sha,
                date=commit.date,
                subject=commit.subject,
                version=str(step.version) if step.version else None,
                problem=str(error),
                tags=names,
            )
            continue
        step = Step(release=release, version=Version.parse(row.version) if row.version else None)
        yield row


def _after_failure(path: str, commit: Commit, step: Step) -> Step:
    """Go on from a commit that can be read itself: then its predecessor was to blame, else this one is passed over."""
    try:
        release = open_release(GitRef(path, commit.sha))
        _require_baseline(release)
    except (FormatError, SourceError):
        return step
    return replace(step, release=release)


def _require_baseline(release: Release) -> None:
    """Raise what keeps a release from being measured against."""
    inspect(ReleaseDiff(baseline=release, current=release, depth=Depth.HEADER), catalogue())


def _first(commit: Commit, release: Release, names: tuple[str, ...], tags: tuple[tuple[Tag, str], ...]) -> HistoryRow:
    """The row of a commit before which there was no model."""
    holds_model = bool(find_formats(release.files)) or release.config is not None
    if holds_model:
        _require_baseline(release)
    own = next((tag.version for tag, sha in tags if sha == commit.sha and tag.version.is_stable), None)
    version = own or FIRST
    return HistoryRow(
        commit=commit.sha,
        date=commit.date,
        subject=commit.subject,
        version=str(version) if holds_model else None,
        tags=names,
        is_release=holds_model,
    )


def _next(commit: Commit, release: Release, step: Step, names: tuple[str, ...], policy: Policy) -> HistoryRow:
    if step.version is None:
        raise AssertionError("a walk starts with a first release")
    diff = ReleaseDiff(baseline=step.release, current=release)
    today = dt.datetime.now(dt.UTC).date()
    report = judge(diff, policy, "never", today)
    bump = report.verdict.required
    unread = any(skip.rule == "weights-updated" for skip in report.skips) and diff.weights_changed
    assumed = ASSUMED if unread and bump < Bump.MINOR else ""
    bump = max(bump, Bump.MINOR) if assumed else bump
    version = step.version.bumped(bump)
    return HistoryRow(
        commit=commit.sha,
        date=commit.date,
        subject=commit.subject,
        bump=bump,
        version=str(version),
        changes=tuple(dict.fromkeys((f.rule, f.bump_word) for f in report.findings if f.bump is not None)),
        faults=tuple(dict.fromkeys(f.rule for f in report.findings if f.bump is None)),
        assumed=assumed,
        tags=names,
        is_release=bump is not Bump.NONE,
    )


def preview_tags(path: str, history: History) -> tuple[PlannedTag, ...]:
    """Return the tags that the history lacks; nothing is written."""
    return plan_tags(history, {str(tag): commit for tag, commit in Repository.discover(Path(path)).version_tags()})


def make_tags(path: str, plan: tuple[PlannedTag, ...]) -> None:
    """Create the tags of a preview."""
    create_tags(Repository.discover(Path(path)), plan)
