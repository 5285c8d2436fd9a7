"""Requests over the connections of the real client: one at a time, or with its patience."""

from __future__ import annotations

from huggingface_hub.utils import (  # type: ignore[attr-defined]  # documented, but not listed
    close_session,
    get_session,
    http_backoff,
    httpx,
)

__all__ = ["close_session", "get_session", "http_backoff", "httpx"]
