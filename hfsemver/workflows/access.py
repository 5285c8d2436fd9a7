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


def access_record(repo: str | None) -> tuple[bytes | None, str]:
    """Ask the Hub who may load a model; return the record of that, and what to say of it.

    There is no record where the Hub does not answer, and without a ``repo`` nobody is asked and there is nothing to say.
    """
    if repo is None:
        return None, ""
    try:
        model = RemoteHub.from_environment().model(repo)
    except EvidenceMissing as silence:
        return None, f"who may load {repo} was not written down: {silence}"
    if model is None:
        return None, f"who may load {repo} was not written down: the Hub shows us no such model"
    return write_access(model.access), f"{PATH}: {model.id} is {model.access.words}"


def record_access(folder: Path) -> str:
    """Write who may load the model that the policy in a folder names into that folder, and return what to say of it.

    A record that is there stays as it is where the Hub does not answer.
    """
    policy = policy_beside(folder)
    record, told = access_record(None if policy is None else policy.hub_repo)
    if record is not None:
        try:
            write_inside(folder, PATH, record)
        except OSError as error:
            hint = "make room, make the folder writable, and remove what stands there instead of a folder or a file"
            raise SourceError(f"{folder / PATH}: cannot be written: {error.strerror}", hint=hint) from error
    return told
