"""The weights of the release that a push is measured against, where this clone has only their pointers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hfsemver.releases.hub.address import model_at
from hfsemver.releases.hub.endpoint import endpoint_of
from hfsemver.workflows.distant import with_distant_bytes
from hfsemver.workflows.push.range import tags_on

if TYPE_CHECKING:
    from hfsemver.policy.policy import Policy
    from hfsemver.releases.release import Release
    from hfsemver.workflows.push.ruling import Push


def old_weights(
    push: Push, old: Release | None, current: Release, policy: Policy
) -> tuple[Release | None, tuple[str, ...]]:
    """Return a release with its weights as the remote that is pushed to has them, and what to say of that.

    Where that is no Hub, the model that the policy names is asked. Raises ``SourceError`` as ``with_distant_bytes`` does.
    """
    if old is None or old.commit is None:
        return old, ()
    repo = model_at(push.url or push.remote, endpoint_of(os.environ)) or policy.hub_repo
    revisions = (old.commit, *map(str, tags_on(push.repository, old.commit)))
    return with_distant_bytes(old, current, repo, revisions, fail_closed=policy.fail_closed)
