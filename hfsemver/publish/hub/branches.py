"""Move a branch on a Hub to a commit that the Hub has: by git, since its API only makes branches and takes them away."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hfsemver.publish.folders import temporary_folder
from hfsemver.publish.git import write_git
from hfsemver.releases.hub.login import token_of_environment

if TYPE_CHECKING:
    from hfsemver.releases.hub.wire import Wire


def move_branch(wire: Wire, repo_id: str, name: str, old: str, new: str) -> None:
    """Move a branch from one commit to the next; it stays where another one has moved it to. Raises ``SourceError``.

    What git needs of the commit is fetched without files, and where the Hub cannot leave those out, with the small ones alone.
    """
    token = wire.token or token_of_environment()
    url = f"{wire.endpoint}/{repo_id}"
    # Where git is led to another machine, it sends its headers along; and it waits for ever for what does not come.
    settings = {
        "http.followRedirects": "false",
        "http.lowSpeedLimit": str(wire.patience.pace),
        "http.lowSpeedTime": str(math.ceil(wire.patience.working)),
    }
    if token:
        login = base64.b64encode(f"user:{token}".encode()).decode()
        parts = urlsplit(wire.endpoint)
        settings[f"http.{parts.scheme}://{parts.netloc}/.extraHeader"] = f"Authorization: Basic {login}"
    # By variables: what stands on a command line, everybody on the machine can read.
    variables = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    with temporary_folder() as root:
        write_git(root, "init", "--quiet", "--bare", variables=variables)
        write_git(root, "fetch", "--quiet", "--depth=1", "--filter=tree:0", operands=(url, new), variables=variables)
        # No hook of the user's has anything to say: what is published was judged, and nothing of it is new.
        lease = f"--force-with-lease=refs/heads/{name}:{old}"
        refspec = f"{new}:refs/heads/{name}"
        # An answer that ends in the midst of a line leaves two processes of git waiting for each other.
        within = wire.patience.working + wire.patience.silence
        write_git(
            root,
            "push",
            "--quiet",
            "--no-verify",
            lease,
            operands=(url, refspec),
            variables=variables,
            within=within,
        )
