"""Trusted Publishers: a workflow trades the token of its CI for one that writes to one model.

https://huggingface.co/docs/hub/trusted-publishers, and RFC 8693
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from tests.hub.access import Account
from tests.hub.call import route
from tests.hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response
    from starlette.routing import Route

    from tests.hub.call import Call

ASKED = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
}


def routes() -> Iterator[Route]:
    """Return what is about no repository."""
    yield route("/oauth/token", exchange, "POST")


def exchange(call: Call) -> Response:
    """Give whoever is trusted with a model a token for an hour."""
    asked = call.json()
    if any(asked.get(name) != value for name, value in ASKED.items()):
        raise HubError(400, "unsupported grant")
    model = call.site.store.publishers.get(str(asked.get("subject_token")))
    if model is None or model != asked.get("resource"):
        raise HubError(401, "No Trusted Publisher of this resource matches the claims of this token")
    token = f"hf_jwt_{secrets.token_hex(8)}"
    namespace = model.partition("/")[0]
    call.site.store.accounts[token] = Account(name="[OIDC]", organisations=frozenset({namespace}), only=model)
    return JSONResponse({"access_token": token, "token_type": "bearer", "expires_in": 3600})
