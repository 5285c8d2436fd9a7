"""Move a branch on a Hub to a commit that the Hub has: by git, since its API only makes branches and takes them away."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hfsemver.publish.git import write_git

if TYPE_CHECKING:
    from hfsemver.releases.hub.wire import Wire


def move_branch(wire: Wire, repo_id: str, name: str, old: str, new: str) -> None:
    """Move a branch from one commit to the next; it stays where another one has moved it to. Raises ``SourceError``.

    What git needs of the commit is fetched without files, and where the Hub cannot leave those out, with the small ones alone.
    """
    from huggingface_hub import get_token

    token = wire.token or get_token()
    url = f"{wire.endpoint}/{repo_id}"
    variables: dict[str, str] = {}
    if token:
        # By a variable: what stands on a command line, everybody on the machine can read.
        login = base64.b64encode(f"user:{token}".encode()).decode()
        parts = urlsplit(wire.endpoint)
        variables = {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{parts.scheme}://{parts.netloc}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {login}",
        }
    with tempfile.TemporaryDirectory(prefix="hfsemver-") as folder:
        root = Path(folder)
        write_git(root, "init", "--quiet", "--bare", variables=variables)
        write_git(root, "fetch", "--quiet", "--depth=1", "--filter=tree:0", operands=(url, new), variables=variables)
        # No hook of the user's has anything to say: what is published was judged, and nothing of it is new.
        lease = f"--force-with-lease=refs/heads/{name}:{old}"
        refspec = f"{new}:refs/heads/{name}"
        write_git(root, "push", "--quiet", "--no-verify", lease, operands=(url, refspec), variables=variables)
