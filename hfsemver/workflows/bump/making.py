"""Work out the next release: judge what changed, choose the version, and write down every file and name that it changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.errors import UsageError
from hfsemver.core.plan import PlannedFile, ReleasePlan
from hfsemver.core.version import Tag, Version
from hfsemver.diff.release import compare
from hfsemver.policy.judge import FailOn
from hfsemver.policy.policy import Policy
from hfsemver.releases.open import open_release
from hfsemver.reports.answer import answer
from hfsemver.workflows.bump.contents import LIMIT, release_files, tag_message
from hfsemver.workflows.bump.floating import floating_branches
from hfsemver.workflows.bump.intents import insist_honest, read_intents
from hfsemver.workflows.bump.request import Proposal
from hfsemver.workflows.bump.signing import planned_signature
from hfsemver.workflows.bump.version import candidate, next_version
from hfsemver.workflows.check import card_version, make_claim
from hfsemver.workflows.depth import depth_of
from hfsemver.workflows.judgement import are_weights_unread, judge
from hfsemver.workflows.place import sibling
from hfsemver.workflows.policies import policy_from, policy_of
from hfsemver.workflows.published import published_as

if TYPE_CHECKING:
    from hfsemver.core.plan import FloatingBranch
    from hfsemver.core.progress import Progress
    from hfsemver.core.report import Report
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.releases.ref import ReleaseRef
    from hfsemver.releases.release import Release
    from hfsemver.releases.source import Source
    from hfsemver.workflows.bump.floating import Home
    from hfsemver.workflows.bump.intents import Intent
    from hfsemver.workflows.bump.request import Asked
    from hfsemver.workflows.place import Place


@dataclass(frozen=True, eq=False, kw_only=True)
class Making:
    """One release on its way: what is to be released, where, and what is known of the releases before it."""

    asked: Asked
    home: Home
    ref: ReleaseRef
    """The commit that it is made on top of."""
    head: str
    branch: str
    current: Release
    place: Place
    below: Source
    """The files of ``current``, with their bytes."""
    repo: str | None = None
    """The model on a Hub that it is a release of, where that is known."""

    @property
    def last(self) -> Tag | None:
        """The newest stable release before the commit."""
        tags = self.place.tags
        return None if tags is None or tags.baseline is None else tags.baseline.tag

    @cached_property
    def baseline(self) -> Release | None:
        """The newest stable release before it, ``None`` where there is none."""
        named = None if self.last is None else sibling(self.ref, self.last)
        return None if named is None else open_release(named)

    @cached_property
    def policy(self) -> Policy:
        """The policy that it is judged by."""
        if self.asked.config is not None:
            policy = policy_from(self.asked.config)
        else:
            policy = policy_of(self.baseline or self.current) or Policy()
        return policy if self.repo is None else replace(policy, hub_repo=self.repo)

    @cached_property
    def intents(self) -> tuple[Intent, ...]:
        """What its publishers wrote about it."""
        return read_intents(self.current)

    def proposed(self, progress: Progress | None) -> Proposal:
        """Judge it, choose its version and write down what it changes. Raises ``UsageError`` where that may not be."""
        published = published_as(self.policy, self.baseline, self.current)
        depth, unread = depth_of(self.asked.weights, self.baseline, self.current)
        diff = compare(self.baseline, self.current, depth, progress, published)
        version = self._version(diff)
        report = self._judged(diff, str(version))
        if not report.verdict.ok:
            return Proposal(version=str(version), refused=report)
        files, notes = release_files(
            self.current, self.below, version, report, self.policy, self.intents, surface=self.asked.surface
        )
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
            signature=planned_signature(self.current, files, self.asked.sign),
            notes=(*unread, *notes),
        )
        return Proposal(version=str(version), plan=plan)

    def _version(self, diff: ReleaseDiff) -> Version:
        report = self._judged(diff, None)
        least = Bump.MINOR if are_weights_unread(diff, report) else Bump.NONE
        step = insist_honest(self.intents, max(report.verdict.required, least))
        declared, last = Version.of(card_version(self.current)), self.last
        taken = [tag.version for tag, _ in self.home.version_tags()]
        if declared is not None and declared in taken:
            # What the last candidate wrote into the card: the release that it is one of is what is meant.
            declared = declared.release
        version = next_version(last.version if last else None, step, declared, _asked(self.asked.release_as))
        return version if self.asked.pre is None else candidate(version, self.asked.pre, taken)

    def _judged(self, diff: ReleaseDiff, declared: str | None) -> Report:
        claim = make_claim(self.current, self.baseline, self.place, self.policy, declared)
        today = dt.datetime.now(dt.UTC).date()
        return judge(diff, claim, self.policy, FailOn.DENY, today, overrides=declared is not None)

    def _floating(self, version: Version) -> tuple[FloatingBranch, ...]:
        found = floating_branches(self.home, version, self.head) if self.asked.floating else ()
        return tuple(one for one in found if one.name != self.branch)


def _asked(text: str | None) -> Version | None:
    if text is None:
        return None
    try:
        return Version.parse(text.strip().removeprefix("v"))
    except ValueError as error:
        raise UsageError(f"--release-as: {error}", hint="write a version such as 1.3.0") from error
