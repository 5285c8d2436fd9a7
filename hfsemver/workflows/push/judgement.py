"""One ref of a push, judged: what it is measured against, what it claims, under which policy."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.claim import Claim, Origin
from hfsemver.core.errors import ConfigError, EvidenceMissing, FormatError, RefError, SourceError
from hfsemver.core.rule_id import RuleId
from hfsemver.core.version import Version
from hfsemver.diff.release import compare
from hfsemver.policy.judge import FailOn
from hfsemver.policy.policy import Policy
from hfsemver.releases.git import GitSource
from hfsemver.releases.ref import GitRef
from hfsemver.releases.release import Release
from hfsemver.reports.answer import answer
from hfsemver.workflows.check import card_version
from hfsemver.workflows.depth import AUTO, depth_of
from hfsemver.workflows.judgement import judge
from hfsemver.workflows.policies import policy_of
from hfsemver.workflows.promotion import promotion
from hfsemver.workflows.published import published_as
from hfsemver.workflows.push.old_weights import old_weights
from hfsemver.workflows.push.range import (
    commit_of,
    descends,
    forced,
    insist_on_history,
    published_tips,
    pushed_tag,
    stale,
    tags_on,
)
from hfsemver.workflows.push.ref_updates import ZERO, RefUpdate
from hfsemver.workflows.push.remarks import refused_as_taken, remarks
from hfsemver.workflows.push.ruling import Judged, Outcome, Ruling, stands_against
from hfsemver.workflows.push.views import PushedTags
from hfsemver.workflows.records import unreadable
from hfsemver.workflows.signatures import out_of_date

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.releases.hub.hub import Published
    from hfsemver.workflows.baselines import Tagged, TagView
    from hfsemver.workflows.push.range import Tip
    from hfsemver.workflows.push.ruling import Push


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    """What a commit is measured against: a release, or what the remote had; ``None`` twice for a first release."""

    commit: str | None
    version: str | None


@dataclass(frozen=True, eq=False)
class Bench:
    """Judges the refs of one push; releases, policies and evidence that two refs share are worked out once."""

    push: Push
    _releases: dict[str, Release] = field(default_factory=dict, init=False, repr=False)
    _diffs: dict[tuple[str | None, ...], ReleaseDiff] = field(default_factory=dict, init=False, repr=False)
    _published: dict[str | None, Published | None] = field(default_factory=dict, init=False, repr=False)
    _said: dict[str, None] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def _tags(self) -> PushedTags:
        return PushedTags(self.push)

    def rule_on(self, update: RefUpdate) -> Ruling:
        """Judge one ref. Raises ``ConfigError`` when the policy is wrong; a release that cannot be read is a ruling."""
        try:
            return self._rule_on(update)
        except (EvidenceMissing, FormatError, RefError, SourceError) as error:
            return Ruling(update=update, outcome=Outcome.UNJUDGED, why=str(error), notes=(error.hint,))

    def _rule_on(self, update: RefUpdate) -> Ruling:
        repository = self.push.repository
        commit = repository.resolve(update.local)
        damage = unreadable(repository, self._tags.record)
        if damage is not None and update.is_tag:
            raise damage
        current = self._release(commit)
        old = None if update.is_tag else commit_of(repository, update.remote)
        tips = published_tips(repository, self.push.tracked, commit)
        published = old or (tips[0].commit if tips else None)
        own = update.tag or pushed_tag(self.push.updates, repository, commit)
        views = self._tags.seen_from(update, commit, own, published)
        if update.is_tag and views[0].baseline is None:
            insist_on_history(self.push)
        is_released = all(view.baseline for view in views)
        standing = old or (None if is_released else self._standing(tips)) or (None if update.is_tag else published)
        chosen = self._by_tags(update, current, views, standing)
        chosen = self._beyond(update, current, chosen, standing) or chosen
        chosen = self._beside(update, current, chosen, old) or chosen
        notes = (*self._notes(update, old, commit, chosen), *((str(damage),) if damage else ()), *self._said)
        former = self._tags.taken(update.tag, commit, update.local)
        if former is not None:
            return refused_as_taken(self.push, replace(chosen.ruling, notes=notes), former)
        return replace(chosen.ruling, notes=(*notes, *remarks(self._tags, chosen)))

    def _by_tags(self, update: RefUpdate, current: Release, views: tuple[TagView, ...], standing: str | None) -> Judged:
        """Judge a ref by each view of the tags, and choose the ruling that holds."""
        known, *others = (self._judged(update, current, tags, standing) for tags in views)
        if not others:
            return known
        other = replace(others[0], doubtful=True)
        refused = [one for one in (known, other) if one.ruling.outcome is Outcome.REFUSED]
        if refused == [known] and not update.is_tag and self._is_sound(other.tags.baseline):
            return other
        # The larger of two steps answers both.
        return max(refused, key=_next_version) if refused else other

    def _beyond(self, update: RefUpdate, current: Release, chosen: Judged, standing: str | None) -> Judged | None:
        """Judge what is claimed against a lower release outside of the history as well; ``None`` where there is none.

        Whoever has that release is offered this one next. It lies outside where the history was squashed or begun anew,
        and where an older release was gone on from.
        """
        claim, report = chosen.ruling.claim, chosen.ruling.report
        if chosen.ruling.is_settled or claim is None or report is None or claim.draft:
            return None
        declared = Version.of(claim.declared)
        if declared is None and (claim.declared or report.baseline is not None):
            return None
        other = self._tags.elsewhere(self.push.repository.resolve(update.local), declared, chosen.tags.baseline)
        if other is None:
            return None
        return replace(self._judged(update, current, replace(chosen.tags, baseline=other), standing), outside=True)

    def _beside(self, update: RefUpdate, current: Release, chosen: Judged, old: str | None) -> Judged | None:
        """Judge other weights under the number that the card of a protected branch gives to what the branch holds.

        Whoever loads the branch has that number already, whether or not a tag will ever name it. ``None`` where the
        number or the weights are another matter.
        """
        claim = chosen.ruling.claim
        if chosen.ruling.is_settled or claim is None or not claim.protected or old is None:
            return None
        is_kept = claim.origin is Origin.CARD and claim.declared not in (None, claim.baseline)
        if (
            not is_kept
            or claim.declared != self._version(old)
            or not self._diff(old, current, self._policy(old, current)).weights_changed
        ):
            return None
        measure = _Measure(commit=old, version=claim.declared)
        return replace(self._judged(update, current, chosen.tags, old, measure), beside=True)

    def _is_sound(self, tagged: Tagged | None) -> bool:
        """Whether a tag that may never have been pushed would go out: then it covers what comes after it on a branch.

        One that went out on its own was let out, and one that is still to be pushed can be; only one that was refused
        and stayed behind would hide what it was refused for.
        """
        if tagged is None:
            return False
        ref = f"refs/tags/{tagged.tag}"
        update = RefUpdate(local_ref=ref, local=tagged.commit, remote_ref=ref, remote=ZERO)
        return self.rule_on(update).outcome is Outcome.PASSED

    def _standing(self, tips: tuple[Tip, ...]) -> str | None:
        """Return what the newest protected branch of the remote holds, where no release tells what consumers have.

        Never a draft: what was let out there would become its own measure on the way to a branch that people pin.
        """
        for tip in tips:
            try:
                policy = policy_of(self._release(tip.commit)) or Policy()
            except (ConfigError, EvidenceMissing, FormatError):
                policy = Policy()  # somebody's draft of a policy is no obstacle here, nor what holds none at all
            if policy.protects(tip.branch):
                return tip.commit
        return None

    def _judged(
        self,
        update: RefUpdate,
        current: Release,
        tags: TagView,
        standing: str | None,
        measure: _Measure | None = None,
    ) -> Judged:
        """Judge a ref by one view of the tags, against what is named or what that view leads to."""
        commit = self.push.repository.resolve(update.local)
        measure = measure or self._measure(current, tags, standing)
        # A policy that went out without a release holds from the next one on, as in a check.
        since = tags.baseline.commit if tags.baseline is not None else standing or measure.commit
        policy = self._policy(since, current)
        claim = self._claim(update, current, tags, measure, policy)
        today = dt.datetime.now(dt.UTC).date()
        report = judge(self._diff(measure.commit, current, policy), claim, policy, FailOn.DENY, today)
        ruling = Ruling(
            update=update,
            outcome=Outcome.REFUSED if stands_against(report, claim) else Outcome.PASSED,
            why=answer(report),
            report=report,
            claim=claim,
            has_card_version=card_version(current) is not None,
            is_after_tag=tags.baseline is not None,
            wrong_tag=self._local_name(tags.own, commit),
        )
        return Judged(ruling=ruling, tags=tags)

    def _notes(self, update: RefUpdate, old: str | None, commit: str, judged: Judged) -> tuple[str, ...]:
        if update.is_new or update.is_tag:
            return ()
        if old is None:
            return (stale(update),)
        report = judged.ruling.report
        if report is not None and RuleId.BASELINE_UNREACHABLE in report.rules_told:
            return ()
        return () if descends(self.push.repository, old, commit) else (forced(update),)

    def _local_name(self, own: Tagged | None, commit: str) -> str | None:
        return None if own is None or own.tag not in tags_on(self.push.repository, commit) else str(own.tag)

    def _release(self, commit: str) -> Release:
        if commit not in self._releases:
            names = tags_on(self.push.repository, commit)
            ref = f"@{names[-1]}" if names else f"@{commit[:12]}"
            source = GitSource(repository=self.push.repository, commit=commit)
            self._releases[commit] = Release(source, ref=ref, commit=commit)
        return self._releases[commit]

    def _diff(self, baseline: str | None, current: Release, policy: Policy) -> ReleaseDiff:
        """Compare two commits. Raises ``SourceError`` where old weights cannot be read, and the policy does not let that pass."""
        repo = policy.hub_repo
        if repo not in self._published:
            self._published[repo] = published_as(policy, None, current)
        key = (baseline, current.commit, repo)
        if key not in self._diffs:
            before, said = old_weights(
                self.push, None if baseline is None else self._release(baseline), current, policy
            )
            self._said.update(dict.fromkeys(said))
            depth, _ = depth_of(AUTO, before, current)
            self._diffs[key] = compare(before, current, depth, published=self._published[repo])
        return self._diffs[key]

    def _measure(self, current: Release, tags: TagView, standing: str | None) -> _Measure:
        """Choose the newest release before the commit; without any, what the remote had.

        So a repository that was never versioned still hears of weights that change under one name.
        """
        if tags.baseline is not None:
            return _Measure(commit=tags.baseline.commit, version=str(tags.baseline.tag.version))
        if standing is None or standing == current.commit:
            return _Measure(commit=None, version=None)
        version = self._version(standing)
        if version is None and (tags.own is not None or card_version(current) is not None):
            return _Measure(commit=None, version=None)  # the first version that there is
        return _Measure(commit=standing, version=version)

    def _version(self, commit: str) -> str | None:
        names = tags_on(self.push.repository, commit)
        return str(names[-1].version) if names else card_version(self._release(commit))

    def _policy(self, since: str | None, current: Release) -> Policy:
        """Take the policy of the baseline, so that a push cannot silence itself; check the one that it brings."""
        brought = policy_of(current)
        if since is None:
            return brought or Policy()
        return policy_of(self._release(since)) or Policy()

    def _claim(self, update: RefUpdate, current: Release, tags: TagView, measure: _Measure, policy: Policy) -> Claim:
        declared, origin = card_version(current), Origin.CARD
        if tags.own is not None:
            declared, origin = str(tags.own.tag.version), Origin.TAG
        protected = not update.is_tag and policy.protects(update.branch)
        own = tags.own.tag if tags.own is not None else None
        lost = self._tags.lost(update, current.commit or "", own, Version.of(declared))
        draft = not update.is_tag and not protected
        return Claim(
            declared=declared,
            origin=Origin.NOTHING if declared is None else origin,
            baseline=measure.version,
            released=tags.released,
            branch=None if update.is_tag else update.branch,
            protected=protected,
            draft=draft,
            promotion=promotion(tags.candidate, declared, GitRef(str(self.push.repository.root), "HEAD"), current),
            moved=self._tags.moved(tags.own, update.local),
            signature=out_of_date(current) if update.is_tag and own is not None else None,
            # A draft without a common history is work on something else; one that takes a release away is not.
            lost=lost if lost is None or lost.branch is not None or not draft else None,
        )


def _next_version(judged: Judged) -> tuple[object, ...]:
    """Return what to sort rulings by: how large a version each asks for."""
    report = judged.ruling.report
    version = Version.of(report.verdict.next_version if report is not None else None)
    return () if version is None else version.precedence
