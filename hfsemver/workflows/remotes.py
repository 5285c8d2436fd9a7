"""Names and addresses of remotes, as people write them."""

from __future__ import annotations

import re

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*@")


def without_credentials(remote: str) -> str:
    """Return a remote as it may be shown and written down: git hands on the token of a URL that holds one."""
    return _CREDENTIALS.sub("", remote)


def place_of(remote: str) -> str:
    """Return what two ways to write an address have in common."""
    return without_credentials(remote).rstrip("/").removesuffix(".git")
