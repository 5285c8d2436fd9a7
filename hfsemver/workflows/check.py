"""``hfsemver check``: is the version large enough for what changed?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hfsemver.core.claim import Claim, Origin
from hfsemver.core.errors import EvidenceMissing, RefError, SourceError
from hfsemver.core.escape import printable
from hfsemver.core.rule_id import RuleId
from hfsemver.core.version import Version
from hfsemver.diff.release import compare
from hfsemver.policy.judge import FailOn
from hfsemver.policy.policy import FILE_NAME, Policy
from hfsemver.releases.hub.source import HubSource
from hfsemver.releases.local import LocalSource
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import GitRef, HubRef, parse_ref
from hfsemver.workflows.ahead import fetch_ahead
from hfsemver.workflows.baselines import TagView, begun_anew, newest_elsewhere
from hfsemver.workflows.depth import depth_of
from hfsemver.workflows.distant import with_distant_bytes
from hfsemver.workflows.judgement import judge
from hfsemver.workflows.moved import moved_by_record
from hfsemver.workflows.place import Place, history_of, place_of, sibling
from hfsemver.workflows.policies import overridden, policy_from, policy_of
from hfsemver.workflows.promotion import promotion
from hfsemver.workflows.published import published_as
from hfsemver.workflows.signatures import out_of_date, verified
from hfsemver.workflows.surface import stale_notes

if TYPE_CHECKING:
    from hfsemver.core.claim import LostRelease, Promotion
    from hfsemver.core.progress import Progress
    from hfsemver.core.report import Report
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.publish.signing import Trust
    from hfsemver.releases.ref import ReleaseRef
    from hfsemver.releases.release import Release

SHOWN = 3
"""How many names of a kind a note gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """The options of ``hfsemver check``, as typed."""

    current: str = "."
    baseline: str | None = None
    declared: str | None = None
    promise: str | None = None
    kind: str | None = None
    weights: str = "auto"
    config: str | None = None
    fail_on: FailOn = FailOn.DENY
    trust: Trust | None = None
    """Whose signature the release has to have; ``None`` where nobody asked for one."""


def run_check(request: CheckRequest, progress: Progress | None = None) -> Report:
    """Judge one release against another, or on its own when there is nothing to judge it against."""
    ref = parse_ref(request.current)
    current = open_release(ref)
    if not current.files:
        raise SourceError(f"{request.current} holds no file", hint="name the folder of a release, or a revision")
    place = place_of(ref, current, request.baseline)
    baseline, notes = _baseline(request.baseline, ref, place, current)
    fetch_ahead(baseline, current, request.weights)
    policy, more = _policy(request, baseline, current)
    claim = make_claim(current, baseline, place, policy, request.declared)
    if request.trust is not None:
        broken, told = verified(current, request.trust)
        claim, notes = replace(claim, signature=broken), notes + ((told,) if told else ())
        policy = replace(policy, insists=frozenset({RuleId.SIGNATURE_MISMATCH}))
    baseline, distant = _with_bytes(baseline, current, policy)
    depth, unread = depth_of(request.weights, baseline, current)
    diff = compare(baseline, current, depth, progress, published_as(policy, baseline, current))
    today = dt.datetime.now(dt.UTC).date()
    notes += _left_out(current) + stale_notes(baseline, current) + distant + unread
    since = _since_candidate(request, ref, place, diff, claim, policy, today)
    return judge(diff, claim, policy, request.fail_on, today, notes + more + since, overrides=True)


def _with_bytes(baseline: Release | None, current: Release, policy: Policy) -> tuple[Release | None, tuple[str, ...]]:
    """Return the baseline with the weights that are only pointers here, where the policy names the model on the Hub."""
    if baseline is None or baseline.commit is None or isinstance(baseline.source, HubSource):
        return baseline, ()
    history = history_of(parse_ref(baseline.ref), baseline)
    tags = [
        str(tag) for tag, commit in (history.version_tags() if history is not None else ()) if commit == baseline.commit
    ]
    return with_distant_bytes(
        baseline, current, policy.hub_repo, (baseline.commit, *tags), fail_closed=policy.fail_closed
    )


def _left_out(current: Release) -> tuple[str, ...]:
    """Say what of the working tree was not looked at."""
    ignored = sorted(current.source.ignored) if isinstance(current.source, LocalSource) else []
    if not ignored:
        return ()
    more = f" and {len(ignored) - SHOWN} more" if len(ignored) > SHOWN else ""
    return (f"left out, because git ignores it: {', '.join(map(printable, ignored[:SHOWN]))}{more}",)


def _since_candidate(
    request: CheckRequest,
    ref: ReleaseRef,
    place: Place,
    diff: ReleaseDiff,
    claim: Claim,
    policy: Policy,
    today: dt.date,
) -> tuple[str, ...]:
    """Say what changed since the last candidate: for its testers; the stable release alone decides about the version."""
    found = place.tags.candidate if place.tags is not None and request.baseline is None else None
    named = None if found is None else sibling(ref, found.tag)
    if found is None or named is None:
        return ()
    candidate = open_release(named)
    if candidate.commit == diff.current.commit:
        return ()
    depth, unread = depth_of(request.weights, candidate, diff.current)
    since = compare(candidate, diff.current, depth, diff.evidence.progress)
    report = judge(
        since,
        replace(claim, declared=None, protected=False, moved=None, lost=None, signature=None),
        policy,
        FailOn.NEVER,
        today,
    )
    rules = ", ".join(dict.fromkeys(finding.rule for finding in report.findings)) or "nothing that a version promises"
    return (f"since the candidate {found.tag}: {report.verdict.required.word} ({rules})", *unread)


def make_claim(current: Release, baseline: Release | None, place: Place, policy: Policy, declared: str | None) -> Claim:
    """Work out what is declared: by the flag, by a tag on the commit, or by the card, in this order."""
    tags = place.tags
    version, origin = declared, Origin.FLAG
    if version is None and tags is not None and tags.own is not None:
        version, origin = str(tags.own.tag.version), Origin.TAG
    if version is None:
        version, origin = card_version(current), Origin.CARD
    return Claim(
        declared=version,
        origin=Origin.NOTHING if version is None else origin,
        baseline=None if baseline is None else _baseline_version(baseline, tags),
        released=tags.released if tags is not None else (),
        branch=place.branch,
        protected=policy.protects(place.branch),
        promotion=_promotion(place, version, current),
        moved=None if place.repository is None or tags is None else moved_by_record(place.repository, tags.own),
        lost=_lost(place, version, baseline, policy),
        # Between two releases a signature is that of the last one, and nobody takes it for another.
        signature=None if tags is None or tags.own is None else out_of_date(current),
    )


def _lost(place: Place, declared: str | None, baseline: Release | None, policy: Policy) -> LostRelease | None:
    """Return the newest release that the history was begun anew without, of what is released or goes to a branch that is.

    Whoever compares with something else asks something else.
    """
    tags, commit, history = place.tags, place.commit, place.repository or place.home
    if history is None or tags is None or commit is None or tags.baseline is not None:
        return None
    if tags.own is None and not policy.protects(place.branch):
        return None
    own = None if tags.own is None else tags.own.tag.version
    lost = begun_anew(history, commit, own, Version.of(declared))
    return lost if lost is not None and (baseline is None or baseline.commit == lost.commit) else None


def _promotion(place: Place, version: str | None, current: Release) -> Promotion | None:
    if place.tags is None:
        return None
    if place.repository is not None:
        return promotion(place.tags.candidate, version, GitRef(str(place.repository.root), "HEAD"), current)
    return None if place.home is None else promotion(place.tags.candidate, version, HubRef(place.home.repo_id), current)


def card_version(release: Release) -> str | None:
    """Return the ``version:`` of the card; ``None`` without one, and when the card's bytes are not here."""
    try:
        card = release.card
    except EvidenceMissing:
        return None
    return None if card is None else card.text("version")


def _baseline_version(baseline: Release, tags: TagView | None) -> str | None:
    if tags is not None and tags.baseline is not None and baseline.commit == tags.baseline.commit:
        return str(tags.baseline.tag.version)
    history = history_of(parse_ref(baseline.ref), baseline)
    for tag, commit in reversed(history.version_tags() if history is not None else ()):
        if commit == baseline.commit:
            return str(tag.version)
    return card_version(baseline)


def _baseline(
    asked: str | None, ref: ReleaseRef, place: Place, current: Release
) -> tuple[Release | None, tuple[str, ...]]:
    if asked is not None:
        return open_release(parse_ref(asked), current), ()
    found = place.tags.baseline if place.tags is not None else None
    named = None if found is None else sibling(ref, found.tag)
    if found is not None and named is not None:
        try:
            return open_release(named), ()
        except RefError:
            return None, (f"{found.tag} does not hold this folder: a first release, so only its state is checked",)
    if place.repository is not None and place.repository.is_shallow:
        fault = "this clone has no full history, so whether there is a release before it cannot be told"
        way = "git fetch --unshallow --tags (in a workflow: fetch-depth: 0)"
        raise SourceError(fault, hint=f"{way}, or name what to compare with: --baseline REF")
    note = "no release tag vX.Y.Z in its history: a first release, so only its state is checked"
    own = place.tags.own if place.tags is not None else None
    other = (
        newest_elsewhere(place.repository, own.commit, own.tag.version)
        if place.repository is not None and own
        else None
    )
    if other is not None:
        note += f"; to compare with {other.tag} outside of it: --baseline @{other.tag}"
    return None, (note,)


def _policy(request: CheckRequest, baseline: Release | None, current: Release) -> tuple[Policy, tuple[str, ...]]:
    notes: tuple[str, ...] = ()
    if request.config is not None:
        policy: Policy | None = policy_from(request.config)
    elif baseline is not None:
        policy = policy_of(baseline)
        # Read although it does not hold yet, so that a fault in it is told before it is published.
        if policy_of(current) is not None and policy is None:
            notes = (f"{FILE_NAME} is new and holds from the next release on; to try it now: --config {FILE_NAME}",)
    else:
        policy = policy_of(current)
    return overridden(policy or Policy(), request.promise, request.kind), notes
