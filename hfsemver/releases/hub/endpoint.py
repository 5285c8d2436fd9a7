"""The address of a Hub, in one spelling, and what lies at it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from hfsemver.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT: Final = "https://huggingface.co"
_LONGEST: Final = 200
# A name or an address, and a port; no user, for what stands there is a secret as often as not.
_PLACE: Final = re.compile(r"(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")
_PATH: Final = re.compile(r"[!-~]*")


def endpoint_of(variables: Mapping[str, str]) -> str:
    """Return the address of the Hub, ``HF_ENDPOINT`` where that is set. Raises ``ConfigError`` for what is no such address."""
    given = variables.get("HF_ENDPOINT", "").strip().rstrip("/") or DEFAULT
    endpoint = _checked(given) if len(given) <= _LONGEST else None
    if endpoint is None:
        raise ConfigError(
            "HF_ENDPOINT", ("is no address of a Hub",), hint=f"unset it, or set it to one such as {DEFAULT}"
        )
    return endpoint


def _checked(given: str) -> str | None:
    try:
        parts = urlsplit(given)
        _ = parts.port
        _ = (parts.hostname or "").encode("idna")
    except ValueError:
        return None
    place = parts.netloc.lower()
    if parts.scheme not in {"http", "https"} or not _PLACE.fullmatch(place) or not _PATH.fullmatch(parts.path):
        return None
    return None if parts.query or parts.fragment else f"{parts.scheme}://{place}{parts.path}"


def found_at(endpoint: str, address: str) -> str | None:
    """Return an address that a Hub gives as a whole one, ``None`` where it leads to another machine, or nowhere."""
    try:
        url = urljoin(f"{endpoint}/", address)
        return url if _origin(url) == _origin(endpoint) else None
    except ValueError:
        return None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
