"""Keep secrets out of what is meant to be pasted somewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN = re.compile(
    r"\b(?:hf_(?:jwt_)?|api_org_|gh[pousr]_|github_pat_|glpat-|sk-)[A-Za-z0-9_.=-]{6,}|(?i:\b(?:bearer|basic)\s+)[A-Za-z0-9_.=/+-]{6,}"
)
_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")
_SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|API_?KEY|PRIVATE_?KEY", re.IGNORECASE)
_SHORTEST = 6
_HIDDEN = "***"


def redacted(text: str, environment: Mapping[str, str]) -> str:
    """Return ``text`` without tokens, without credentials in addresses and without the values of secret variables."""
    for name, value in environment.items():
        if len(value) >= _SHORTEST and _SECRET_NAME.search(name):
            text = text.replace(value, _HIDDEN)
    return _USERINFO.sub(f"{_HIDDEN}@", _TOKEN.sub(_HIDDEN, text))
