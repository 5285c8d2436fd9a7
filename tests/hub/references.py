"""Branches and tags, made and removed over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from tests.hub.call import route
from tests.hub.commits import identity, squash
from tests.hub.errors import HubError, no_revision
from tests.hub.repository import valid_reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response
    from starlette.routing import Route

    from tests.hub.call import Call
    from tests.hub.repository import Repository, RepoType


def routes(repo_type: RepoType) -> Iterator[Route]:
    """Return what changes the references of one type of repository."""
    one = f"/api/{repo_type}s/{{ns}}/{{name}}"
    yield route(f"{one}/branch/{{rev}}", create_branch, "POST", repo_type=repo_type)
    yield route(f"{one}/branch/{{rev}}", delete_branch, "DELETE", repo_type=repo_type)
    yield route(f"{one}/tag/{{rev}}", create_tag, "POST", repo_type=repo_type)
    yield route(f"{one}/tag/{{rev}}", delete_tag, "DELETE", repo_type=repo_type)
    yield route(f"{one}/super-squash/{{rev}}", super_squash, "POST", repo_type=repo_type)


def create_branch(call: Call) -> Response:
    """Put a new branch onto a revision."""
    repository, reference = call.written(), f"refs/heads/{call.parts['rev']}"
    with repository.lock:
        start = repository.commit_of(call.json().get("startingPoint") or "main")
        _demand_free(repository, reference)
        repository.git.git("update-ref", reference, start)
    return PlainTextResponse("OK")


def delete_branch(call: Call) -> Response:
    """Remove a branch, but never the main one."""
    repository, name = call.written(), call.parts["rev"]
    if name == "main":
        raise HubError(403, "Cannot delete refs/heads/main")
    return _delete(repository, f"refs/heads/{name}")


def create_tag(call: Call) -> Response:
    """Tag the revision of the path with the name in the body; a message makes it an annotated tag."""
    repository, body = call.written(), call.json()
    name, account = str(body.get("tag", "")), call.demand_account()
    with repository.lock:
        commit = repository.commit_of(call.parts["rev"])
        _demand_free(repository, f"refs/tags/{name}")
        annotation = ("--annotate", "--message", body["message"]) if body.get("message") else ()
        variables = identity(call.site.store.sign(account.name))
        repository.git.git("tag", *annotation, "--", name, commit, variables=variables)
    return PlainTextResponse("OK")


def delete_tag(call: Call) -> Response:
    """Remove a tag."""
    return _delete(call.written(), f"refs/tags/{call.parts['rev']}")


def super_squash(call: Call) -> Response:
    """Leave one commit on a branch; tags keep what was before."""
    repository, account = call.written(), call.demand_account()
    if not repository.reference(f"refs/heads/{call.parts['rev']}"):
        raise no_revision(call.parts["rev"])
    squash(repository, call.parts["rev"], call.json()["message"], call.site.store.sign(account.name))
    return PlainTextResponse("OK")


def _demand_free(repository: Repository, reference: str) -> None:
    if not valid_reference(reference):
        raise HubError(400, f"Invalid reference: {reference}")
    if repository.reference(reference):
        raise HubError(409, f"Reference {reference} already exists")


def _delete(repository: Repository, reference: str) -> Response:
    with repository.lock:
        if not repository.reference(reference):
            raise no_revision(reference)
        repository.git.git("update-ref", "-d", reference)
    return PlainTextResponse("OK")
