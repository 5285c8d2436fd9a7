"""Write down who may load a model when a release of it is made: the Hub will only say who may now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.access import PATH
from hfsemver.core.errors import EvidenceMissing, SourceError
from hfsemver.publish.files import write_inside
from hfsemver.releases.formats.access import write_access
from hfsemver.releases.hub.remote import RemoteHub
from hfsemver.workflows.policies import policy_beside

if TYPE_CHECKING:
    from pathlib import Path


def record_access(folder: Path) -> str:
    """Ask the Hub who may load the model that the policy in a folder names, write it there, and return what to say of it.

    A record that is there stays as it is where the Hub does not answer; without ``hub_repo`` in the policy nobody is asked,
    and there is nothing to say.
    """
    policy = policy_beside(folder)
    if policy is None or policy.hub_repo is None:
        return ""
    try:
        model = RemoteHub.from_environment().model(policy.hub_repo)
    except EvidenceMissing as silence:
        return f"who may load {policy.hub_repo} was not written down: {silence}"
    if model is None:
        return f"who may load {policy.hub_repo} was not written down: the Hub shows us no such model"
    try:
        write_inside(folder, PATH, write_access(model.access))
    except OSError as error:
        hint = "make room, make the folder writable, and remove what stands there instead of a folder or a file"
        raise SourceError(f"{folder / PATH}: cannot be written: {error.strerror}", hint=hint) from error
    return f"{PATH}: {model.id} is {model.access.words}"
