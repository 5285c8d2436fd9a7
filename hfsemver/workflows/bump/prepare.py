"""Work out the next release: judge what changed, choose the version, and write down every file and name that it changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.errors import UsageError
from hfsemver.core.plan import PlannedFile, ReleasePlan
from hfsemver.core.version import Tag, Version
from hfsemver.diff.release import compare
from hfsemver.policy.judge import FailOn
from hfsemver.policy.policy import Policy
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import GitRef
from hfsemver.releases.repository import Repository
from hfsemver.reports.answer import answer
from hfsemver.workflows.bump.contents import LIMIT, release_files, tag_message
from hfsemver.workflows.bump.floating import floating_branches
from hfsemver.workflows.bump.intents import insist_honest, read_intents
from hfsemver.workflows.bump.request import BumpRequest, Prepared
from hfsemver.workflows.bump.tree import insist_free, settle
from hfsemver.workflows.bump.version import candidate, next_version
from hfsemver.workflows.check import card_version, make_claim
from hfsemver.workflows.judgement import are_weights_unread, judge
from hfsemver.workflows.place import place_of
from hfsemver.workflows.policies import policy_from, policy_of
from hfsemver.workflows.published import published_as

if TYPE_CHECKING:
    from hfsemver.core.plan import FloatingBranch
    from hfsemver.core.progress import Progress
    from hfsemver.core.report import Report
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.releases.release import Release
    from hfsemver.workflows.bump.intents import Intent
    from hfsemver.workflows.place import Place


def prepare(request: BumpRequest, progress: Progress | None = None, *, writes: bool = False) -> Prepared:
    """Prepare the release of the commit that is checked out; only where that is allowed it ``writes`` what an interrupted one left undone.

    Raises ``UsageError`` where there is no branch, where the working tree holds something else than the commit, and where the
    version that was asked for may not be.
    """
    repository = Repository.discover(Path(request.repository))
    branch = repository.branch()
    if branch is None:
        raise UsageError("no branch is checked out, so nothing would hold the release", hint="git switch main")
    head = repository.resolve("HEAD")
    settle(repository, head, writes=writes)
    ref = GitRef(str(repository.root), head)
    current = open_release(ref)
    place = place_of(ref, current, None)
    own = None if place.tags is None else place.tags.own
    if own is not None and (own.tag.version.is_stable or request.pre is not None):
        return Prepared(repository=repository, version=str(own.tag.version))
    return _Making(request=request, repository=repository, branch=branch, current=current, place=place).prepared(
        progress
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Making:
    """One release on its way: the commit, and what is known of the releases before it."""

    request: BumpRequest
    repository: Repository
    branch: str
    current: Release
    place: Place

    @property
    def head(self) -> str:
        return self.current.commit or ""

    @property
    def last(self) -> Tag | None:
        """The newest stable release before the commit."""
        tags = self.place.tags
        return None if tags is None or tags.baseline is None else tags.baseline.tag

    @cached_property
    def baseline(self) -> Release | None:
        return None if self.last is None else open_release(GitRef(str(self.repository.root), str(self.last)))

    @cached_property
    def policy(self) -> Policy:
        if self.request.config is not None:
            return policy_from(self.request.config)
        return policy_of(self.baseline or self.current) or Policy()

    @cached_property
    def intents(self) -> tuple[Intent, ...]:
        return read_intents(self.current)

    def prepared(self, progress: Progress | None) -> Prepared:
        published = published_as(self.policy, self.baseline, self.current)
        diff = compare(self.baseline, self.current, progress=progress, published=published)
        version = self._version(diff)
        report = self._judged(diff, str(version))
        if not report.verdict.ok:
            return Prepared(repository=self.repository, version=str(version), refused=report)
        files, notes = release_files(
            self.current, self.repository, version, report, self.policy, self.intents, surface=self.request.surface
        )
        insist_free(self.repository, self.head, files)
        before = {path: self.current.read(path, LIMIT) for path in files}
        changed = tuple(path for path in sorted(files) if files[path] != before[path])
        plan = ReleasePlan(
            tag=Tag(version=version),
            branch=self.branch,
            parent=self.head,
            files=tuple(PlannedFile(path=path, before=before[path], content=files[path]) for path in changed),
            message=f"Release {version}\n\n{answer(report)}\n",
            tag_message=tag_message(version, report),
            report=report,
            floating=self._floating(version),
            notes=notes,
        )
        return Prepared(repository=self.repository, version=str(version), plan=plan)

    def _version(self, diff: ReleaseDiff) -> Version:
        report = self._judged(diff, None)
        least = Bump.MINOR if are_weights_unread(diff, report) else Bump.NONE
        step = insist_honest(self.intents, max(report.verdict.required, least))
        declared, last = Version.of(card_version(self.current)), self.last
        version = next_version(last.version if last else None, step, declared, _asked(self.request.release_as))
        if self.request.pre is None:
            return version
        return candidate(version, self.request.pre, (tag.version for tag, _ in self.repository.version_tags()))

    def _judged(self, diff: ReleaseDiff, declared: str | None) -> Report:
        claim = make_claim(self.current, self.baseline, self.place, self.policy, declared)
        today = dt.datetime.now(dt.UTC).date()
        return judge(diff, claim, self.policy, FailOn.DENY, today, overrides=declared is not None)

    def _floating(self, version: Version) -> tuple[FloatingBranch, ...]:
        found = floating_branches(self.repository, version, self.head) if self.request.floating else ()
        return tuple(one for one in found if one.name != self.branch)


def _asked(text: str | None) -> Version | None:
    if text is None:
        return None
    try:
        return Version.parse(text.strip().removeprefix("v"))
    except ValueError as error:
        raise UsageError(f"--release-as: {error}", hint="write a version such as 1.3.0") from error
