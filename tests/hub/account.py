"""What the Hub says about whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from tests.hub.call import route
from tests.hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response
    from starlette.routing import Route

    from tests.hub.call import Call


def routes() -> Iterator[Route]:
    """Return what is about no repository."""
    yield route("/api/whoami-v2", whoami)
    yield route("/api/agent-harnesses", harnesses)


def whoami(call: Call) -> Response:
    """Say whose token it is."""
    account = call.demand_account()
    if account.only:
        raise HubError(403, "This token belongs to nobody")
    organisations = [{"type": "org", "name": name} for name in sorted(account.organisations)]
    token = {"type": "access_token", "accessToken": {"displayName": account.name, "role": "write"}}
    return JSONResponse({"type": "user", "name": account.name, "orgs": organisations, "auth": token})


def harnesses(_call: Call) -> Response:
    """Know of no program that works for a person; the client asks once a day."""
    return JSONResponse({"standardEnvVars": ["AI_AGENT", "AGENT"], "harnesses": {}})
