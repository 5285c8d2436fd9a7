"""Making, moving, opening, closing and removing repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, PlainTextResponse

from tests.hub.access import may_see
from tests.hub.call import route
from tests.hub.errors import HubError, no_repository

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response
    from starlette.routing import Route

    from tests.hub.call import Call
    from tests.hub.repository import Repository, RepoType

TYPES: dict[str, RepoType] = {"model": "model", "dataset": "dataset"}
TAKEN = 409
GATES = (False, "auto", "manual")


def routes() -> Iterator[Route]:
    """Return what names its repository in its body."""
    yield route("/api/repos/create", create, "POST")
    yield route("/api/repos/delete", delete, "DELETE")
    yield route("/api/repos/move", move, "POST")


def settings_routes(repo_type: RepoType) -> Iterator[Route]:
    """Return what changes one repository of a type, and who may."""
    one = f"/api/{repo_type}s/{{ns}}/{{name}}"
    yield route(f"{one}/settings", settings, "PUT", repo_type=repo_type)
    yield route(f"{one}/auth-check", may_read, repo_type=repo_type)
    yield route(f"{one}/auth-check/write", may_write, repo_type=repo_type)


def create(call: Call) -> Response:
    """Make a repository in a namespace of the caller; one that is there is named in the refusal, as the client needs it."""
    body = call.json()
    repo_type, repo_id = _type(body), _id(call, body)
    account = call.demand_member(repo_id.partition("/")[0])
    try:
        repository = call.site.store.create(repo_type, repo_id, account.name)
    except HubError as error:
        if error.status == TAKEN:
            error.body["url"] = call.site.web(call.site.store.find(repo_type, repo_id))
        raise
    repository.private = body.get("visibility") == "private" or body.get("private") is True
    return JSONResponse({"url": call.site.web(repository), "name": repo_id, "id": repository.identity})


def delete(call: Call) -> Response:
    """Take a repository away."""
    body = call.json()
    call.site.store.delete(_own(call, _type(body), _id(call, body)))
    return PlainTextResponse("OK")


def move(call: Call) -> Response:
    """Give a repository another id, in a namespace of the caller as well."""
    body = call.json()
    repository = _own(call, _type(body), str(body.get("fromRepo", "")))
    new = str(body.get("toRepo", ""))
    call.demand_member(new.partition("/")[0])
    call.site.store.move(repository, new)
    return PlainTextResponse("OK")


def settings(call: Call) -> Response:
    """Change who sees a repository and who gets its files."""
    repository, body = call.written(), call.json()
    if body.get("gated", False) not in GATES:
        raise HubError(400, f'"gated" must be one of {GATES}')
    repository.gated = body.get("gated", repository.gated)
    if "visibility" in body:
        repository.private = body["visibility"] == "private"
    return JSONResponse(body)


def may_read(call: Call) -> Response:
    """Tell whether the caller gets the files."""
    call.opened()
    return JSONResponse({})


def may_write(call: Call) -> Response:
    """Tell whether the caller may commit."""
    call.written()
    return JSONResponse({})


def _own(call: Call, repo_type: RepoType, repo_id: str) -> Repository:
    repository = call.site.store.find(repo_type, repo_id, anonymous=call.account is None)
    if not may_see(call.account, repository):
        raise no_repository(anonymous=call.account is None)
    call.demand_member(repository.namespace)
    return repository


def _type(body: dict[str, Any]) -> RepoType:
    name = body.get("type") or "model"
    if name not in TYPES:
        raise HubError(400, f"This Hub has no repositories of the type {name!r}")
    return TYPES[name]


def _id(call: Call, body: dict[str, Any]) -> str:
    return f"{body.get('organization') or call.demand_account().name}/{body.get('name')}"
