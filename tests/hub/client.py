"""Single requests through the connections of the real client, without its patience."""

from __future__ import annotations

from huggingface_hub.utils import (  # type: ignore[attr-defined]  # documented, but not listed
    close_session,
    get_session,
    http_backoff,
    httpx,
)

__all__ = ["close_session", "get_session", "http_backoff", "httpx"]
