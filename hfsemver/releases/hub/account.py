"""Whose token it is that a Hub is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import clipped

if TYPE_CHECKING:
    from hfsemver.releases.hub.wire import Wire


def account_of(wire: Wire) -> str | None:
    """Return the name of whoever the token belongs to, ``None`` without one: nobody is asked then. Raises ``SourceError``.

    https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.whoami
    """
    if not wire.has_token:
        return None
    answer = wire.get("/api/whoami-v2")
    name = answer.get("name") if isinstance(answer, dict) else None
    if not isinstance(name, str) or not name:
        raise SourceError(
            f"{wire.endpoint} does not say whose token it is", hint="check that HF_ENDPOINT is the address of a Hub"
        )
    return clipped(name, 80)
