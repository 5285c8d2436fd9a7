"""Addresses of git remotes that are models on a Hub."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from hfsemver.core.access import NAME
from hfsemver.releases.hub.endpoint import DEFAULT

_SSH: Final = re.compile(r"(?:ssh://)?git@(?:hf\.co|huggingface\.co)[:/](?P<path>.+)")
"""How git reaches the models of huggingface.co by SSH: https://huggingface.co/docs/hub/security-git-ssh."""


def model_at(url: str, endpoint: str) -> str | None:
    """Return the model that a git remote is on a Hub, ``org/name``; ``None`` for any other place."""
    ssh = _SSH.fullmatch(url)
    if ssh is not None:
        return _name(ssh["path"]) if endpoint == DEFAULT else None
    try:
        parts, hub = urlsplit(url), urlsplit(endpoint)
        same = (parts.scheme, parts.hostname, parts.port) == (hub.scheme, hub.hostname, hub.port)
    except ValueError:
        return None
    if not same or not parts.path.startswith(f"{hub.path}/"):
        return None
    return _name(parts.path.removeprefix(f"{hub.path}/"))


def _name(path: str) -> str | None:
    """Return a path that names a model; those of data sets and spaces have three parts."""
    name = path.strip("/").removesuffix(".git")
    return name if NAME.fullmatch(name) and name.count("/") == 1 else None
