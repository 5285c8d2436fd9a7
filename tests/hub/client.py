"""Single requests over the session of the real client, without its patience."""

from __future__ import annotations

from huggingface_hub.utils import close_session, get_session, httpx  # type: ignore[attr-defined]  # documented, unlisted

__all__ = ["close_session", "get_session", "httpx"]
