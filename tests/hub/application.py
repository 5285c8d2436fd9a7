"""All routes of the Hub as one application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse

from tests.hub import (
    account,
    discussions,
    listing,
    references,
    repositories,
    resolve,
    smart_http,
    transfers,
    trust,
    uploading,
    validation,
    xet,
)
from tests.hub.access import account_of
from tests.hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route
    from starlette.types import ASGIApp, Receive, Scope, Send

    from tests.hub.access import Account
    from tests.hub.repository import RepoType
    from tests.hub.site import Site

REPO_TYPES: tuple[RepoType, ...] = ("model", "dataset")


def build(site: Site) -> ASGIApp:
    """Return the application of a Hub."""
    app = Starlette(routes=list(_routes()), exception_handlers={404: _unknown, 405: _unknown})
    app.state.site = site

    async def moved_or_there(scope: Scope, receive: Receive, send: Send) -> None:
        if moved := site.store.moved_to(scope["path"], _whoever(scope, site)):
            query = scope["query_string"].decode()
            location = f"{site.url}{moved}" + (f"?{query}" if query else "")
            # Not a RedirectResponse that quotes again: the path is still as it was sent.
            answer = RedirectResponse(site.url, 307)
            answer.headers["location"] = location
            await answer(scope, receive, send)
            return
        await app(scope, receive, send)

    return moved_or_there


def _routes() -> Iterator[Route]:
    for without_repository in (account, repositories, trust, validation):
        yield from without_repository.routes()
    yield from transfers.upload_routes()
    # An address without a type is that of a model, so that the others come first.
    for repo_type in REPO_TYPES[::-1]:
        yield from repositories.settings_routes(repo_type)
        for part in (listing, references, uploading, discussions, xet, transfers, resolve, smart_http):
            yield from part.routes(repo_type)


def _whoever(scope: Scope, site: Site) -> Account | None:
    try:
        return account_of(dict(scope["headers"]).get(b"authorization", b"").decode("latin-1"), site.store.accounts)
    except HubError:
        return None


async def _unknown(request: Request, error: Exception) -> Response:
    """Say which request the Hub of the tests does not know, so that a client that learns something new is noticed."""
    refusal = HubError(404, f"No such route here: {request.method} {request.url.path} ({error})")
    return JSONResponse(refusal.body, refusal.status, headers=refusal.headers)
