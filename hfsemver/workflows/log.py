"""``hfsemver log``: the version that every commit of an existing repository should have had."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.claim import Claim
from hfsemver.core.errors import ConfigError, EvidenceMissing, FormatError, SourceError
from hfsemver.core.history import History, HistoryRow
from hfsemver.core.version import Version
from hfsemver.diff.release import compare
from hfsemver.diff.weights.depth import Depth
from hfsemver.policy.judge import FailOn
from hfsemver.policy.policy import Policy
from hfsemver.publish.tags import PlannedTag, create_tags, plan_tags
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import GitRef
from hfsemver.releases.repository import Repository
from hfsemver.rules.catalogue import evidence_rules
from hfsemver.rules.engine import inspect
from hfsemver.workflows.judgement import are_weights_unread, judge
from hfsemver.workflows.policies import policy_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.report import Report
    from hfsemver.core.version import Tag
    from hfsemver.releases.release import Release
    from hfsemver.releases.repository import Commit

FIRST = Version(major=1, minor=0, patch=0)
"""What the first commit that holds a model is called, where no tag says otherwise."""

ASSUMED = "weights changed and their values are not here: counted as minor"


@dataclass(frozen=True, kw_only=True)
class Step:
    """Where a walk through the history stands: the last release that could be read, its version, and what it rules.

    ``policy`` is the one that the release carries; where it cannot be read, the last one before it that could be, and
    ``trouble`` says so.
    """

    release: Release
    version: Version
    policy: Policy
    trouble: str = ""

    @classmethod
    def at(cls, release: Release, version: Version, before: Policy) -> Step:
        """Stand at a release; ``before`` was the policy up to here."""
        try:
            policy, trouble = policy_of(release) or Policy(), ""
        except (ConfigError, EvidenceMissing, FormatError, SourceError) as error:
            policy, trouble = before, f"its policy cannot be read, so the last good one counts: {error}"
        return cls(release=release, version=version, policy=policy, trouble=trouble)


@dataclass(frozen=True, kw_only=True)
class Walk:
    """What does not change from commit to commit."""

    path: str
    tags: tuple[tuple[Tag, str], ...]
    today: dt.date

    def open(self, commit: str) -> Release:
        """Open the repository as it was at a commit."""
        return open_release(GitRef(self.path, commit))

    def row(self, commit: Commit) -> HistoryRow:
        """Return the row of a commit that nothing is said about yet."""
        names = tuple(str(tag) for tag, sha in self.tags if sha == commit.sha)
        return HistoryRow(commit=commit.sha, date=commit.date, subject=commit.subject, tags=names)


def run_log(path: str, span: str) -> History:
    """Walk the commits of ``span`` (a revision, or ``OLD..NEW``) and measure each against the one before it.

    As in a check, the policy of the commit before decides. A commit that cannot be judged keeps its row, which says why, and the next is measured against the last good one.
    Raises ``RefError`` for a revision that does not exist.
    """
    repository = Repository.discover(Path(path))
    today = dt.datetime.now(dt.UTC).date()
    walk = Walk(path=path, tags=repository.version_tags(), today=today)
    step = _start(repository, walk, span)
    return History(repository=path, rows=tuple(_rows(walk, repository.commits(span), step)))


def _start(repository: Repository, walk: Walk, span: str) -> Step | None:
    """Return what stands before the first commit of the span: nothing, where it begins with the history."""
    old, dots, _ = span.partition("..")
    if not dots:
        return None
    commit = repository.resolve(old or "HEAD")
    stable = (
        tag.version for tag, sha in reversed(walk.tags) if tag.version.is_stable and repository.is_ancestor(sha, commit)
    )
    return Step.at(walk.open(commit), next(stable, FIRST), Policy())


def _rows(walk: Walk, commits: tuple[Commit, ...], step: Step | None) -> Iterator[HistoryRow]:
    for commit in commits:
        row = walk.row(commit)
        try:
            release = walk.open(commit.sha)
            row = _first(row, walk, release) if step is None else _next(row, walk, release, step)
        except (FormatError, SourceError) as error:
            yield replace(row, version=str(step.version) if step else None, problem=str(error))
            step = _after_failure(walk, commit, step)
            continue
        yield row
        before = step.policy if step is not None else Policy()
        step = Step.at(release, Version.parse(row.version), before) if row.version else None


def _after_failure(walk: Walk, commit: Commit, step: Step | None) -> Step | None:
    """Go on from a commit that can be read itself: then its predecessor was to blame, else this one is passed over."""
    try:
        release = walk.open(commit.sha)
        _require_baseline(release)
    except (FormatError, SourceError):
        return step
    return None if step is None else Step.at(release, step.version, step.policy)


def _require_baseline(release: Release) -> None:
    """Raise what keeps a release from being measured against."""
    inspect(compare(release, release, Depth.HEADER), evidence_rules())


def _first(row: HistoryRow, walk: Walk, release: Release) -> HistoryRow:
    """Judge a commit before which there was no model: its state alone."""
    if not release.weight_formats and release.config is None:
        return row
    _require_baseline(release)
    own = Step.at(release, FIRST, Policy())
    report = judge(compare(None, release), Claim(), own.policy, FailOn.NEVER, walk.today)
    tagged = (tag.version for tag, sha in walk.tags if sha == row.commit and tag.version.is_stable)
    return replace(
        row, version=str(next(tagged, own.version)), is_release=True, faults=_faults(report), assumed=own.trouble
    )


def _next(row: HistoryRow, walk: Walk, release: Release, step: Step) -> HistoryRow:
    """Judge a commit against the one before it."""
    diff = compare(step.release, release)
    report = judge(diff, Claim(), step.policy, FailOn.NEVER, walk.today)
    bump = report.verdict.required
    assumed = ASSUMED if bump < Bump.MINOR and are_weights_unread(diff, report) else ""
    bump = max(bump, Bump.MINOR) if assumed else bump
    assumptions = [words for words in (assumed, step.trouble) if words]
    changes = dict.fromkeys((f.rule, f.bump_word) for f in report.findings if f.bump is not None)
    return replace(
        row,
        bump=bump,
        version=str(step.version.bumped(bump)),
        changes=tuple(changes),
        faults=_faults(report),
        skips=tuple(dict.fromkeys(skip.rule for skip in report.skips)),
        assumed="; ".join(assumptions),
        is_release=bump is not Bump.NONE,
    )


def _faults(report: Report) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.rule for finding in report.findings if finding.bump is None))


def preview_tags(path: str, history: History) -> tuple[PlannedTag, ...]:
    """Return the tags that the history lacks; nothing is written."""
    return plan_tags(history, {str(tag): commit for tag, commit in Repository.discover(Path(path)).version_tags()})


def make_tags(path: str, plan: tuple[PlannedTag, ...]) -> None:
    """Create the tags of a preview."""
    create_tags(Repository.discover(Path(path)), plan)
