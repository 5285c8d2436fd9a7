"""Where a release is published, and so whom to ask what no file of it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import RefError
from hfsemver.releases.hub.hub import Published
from hfsemver.releases.hub.remote import RemoteHub
from hfsemver.releases.ref import HubRef, parse_ref

if TYPE_CHECKING:
    from hfsemver.policy.policy import Policy
    from hfsemver.releases.release import Release


def published_as(policy: Policy, baseline: Release | None, current: Release) -> Published | None:
    """Return the model on the Hub that a release is: the one that it is read from, that the policy names, or that comes before it.

    ``None`` where nothing names one: nobody is asked then, and no connection is made.
    """
    old, new = (None if release is None else _model(release) for release in (baseline, current))
    repo = new or policy.hub_repo or old
    if repo is None:
        return None
    former = old if old is not None and old.casefold() != repo.casefold() else None
    return Published(hub=RemoteHub.from_environment(), repo=repo, former=former)


def _model(release: Release) -> str | None:
    try:
        ref = parse_ref(release.ref)
    except RefError:
        return None
    return ref.repo_id if isinstance(ref, HubRef) else None
