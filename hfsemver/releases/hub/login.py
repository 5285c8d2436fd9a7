"""As whom a Hub is asked: the token that the client of ``huggingface_hub`` finds, and what stands in the way of having one."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError
from hfsemver.core.escape import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def headers_for(token: str | None) -> Mapping[str, str]:
    """Return the headers of a request, with ``token``, or without one with that of the environment, if there is any.

    Raises ``SourceError`` where the token cannot be one, and where the one of a Trusted Publisher cannot be had.
    https://huggingface.co/docs/hub/trusted-publishers
    """
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined] # exported, but not by __all__

    from hfsemver.core.about import __version__

    with _exchange():
        headers = build_hf_headers(token=token, library_name="hfsemver", library_version=__version__)
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        # Not repeated: it is a secret.
        raise SourceError("the token has characters that none has", hint="correct HF_TOKEN, or hf auth login")
    return headers


def token_of_environment() -> str | None:
    """Return the token of the environment, ``None`` without any. Raises ``SourceError`` as ``headers_for`` does."""
    from huggingface_hub import get_token

    with _exchange():
        return get_token()


@contextmanager
def _exchange() -> Iterator[None]:
    """Name what keeps ``HF_OIDC_RESOURCE`` from being a token: the client asks two machines for it, and has a class for each failure."""
    from huggingface_hub.errors import OIDCError
    from huggingface_hub.utils import httpx  # type: ignore[attr-defined] # exported, but not by __all__

    try:
        yield
    # An answer that is no JSON, or without its members; each of the client's own errors of HTTP is one of httpx.
    except (OIDCError, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, LookupError, TypeError) as error:
        reason = clipped(str(error) or type(error).__name__, 200)
        hint = "give the job the permission id-token: write and name this workflow as a Trusted Publisher of the model"
        raise SourceError(f"HF_OIDC_RESOURCE gives no token: {reason}", hint=hint) from error
