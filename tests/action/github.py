"""What of GitHub's interface the action uses: a pull request, its comments, and a word for the Hub about who runs.

https://docs.github.com/en/rest/issues/comments, /rest/pulls/pulls, and
https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.hub.faults import Faults
from tests.hub.server import HOST, Wire, listen, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

TOKEN, READS, BOT = "ghs_of_the_job", "ghs_that_reads", 41_898_282
WORD = "a.signed.word"
LONGEST = 65_536


@dataclass(kw_only=True)
class GitHub:
    """One repository, ``acme/model``, with a pull request; ``people`` are the tokens of accounts beside that of the job."""

    wire: Wire
    url: str
    number: int = 7
    head: str = "0" * 40
    comments: list[dict[str, Any]] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def faults(self) -> Faults:
        return self.wire.faults

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Return each request as method and path."""
        return [(request.method, request.path) for request in self.wire.requests]

    def say(self, account: int, body: str) -> dict[str, Any]:
        """Add a comment of somebody."""
        comment = {"id": next(self._ids), "body": body, "user": {"id": account}}
        self.comments.append(comment)
        return comment

    def writer(self, request: Request) -> int | None:
        """Return the account that may write with the token of a request."""
        token = _token(request)
        return BOT if token == TOKEN else self.people.get(token)

    async def user(self, request: Request) -> Response:
        """Say whose token it is; the one of a job belongs to an app, which may not ask."""
        if (account := self.people.get(_token(request))) is None:
            return _refusal("Resource not accessible by integration", 403)
        return JSONResponse({"id": account})

    async def pull(self, request: Request) -> Response:
        """Say which commit is the newest of a pull request."""
        if int(request.path_params["number"]) != self.number:
            return _refusal("Not Found", 404)
        return JSONResponse({"number": self.number, "head": {"sha": self.head}})

    async def listed(self, request: Request) -> Response:
        """Show comments by pages."""
        size, page = int(request.query_params["per_page"]), int(request.query_params["page"])
        return JSONResponse(self.comments[(page - 1) * size : page * size])

    async def written(self, request: Request) -> Response:
        """Take a new comment."""
        if (account := self.writer(request)) is None:
            return _refusal("Resource not accessible by integration", 403)
        body = (await request.json())["body"]
        if len(body) > LONGEST:
            return _refusal("Validation Failed", 422)
        return JSONResponse(self.say(account, body), 201)

    async def changed(self, request: Request) -> Response:
        """Change a comment, or take it away: whoever wrote it may."""
        found = [one for one in self.comments if one["id"] == int(request.path_params["id"])]
        if not found:
            return _refusal("Not Found", 404)
        if self.writer(request) != found[0]["user"]["id"]:
            return _refusal("Resource not accessible by integration", 403)
        if request.method == "DELETE":
            self.comments.remove(found[0])
            return Response(status_code=204)
        found[0]["body"] = (await request.json())["body"]
        return JSONResponse(found[0])

    async def id_token(self, request: Request) -> Response:
        """Say who runs, for a Hub."""
        assert request.query_params["audience"]
        return JSONResponse({"value": WORD})

    def routes(self) -> list[Route]:
        """Return all that is known here."""
        comments = "/repos/acme/model/issues"
        return [
            Route("/user", self.user),
            Route("/repos/acme/model/pulls/{number}", self.pull),
            Route(f"{comments}/{self.number}/comments", self.listed),
            Route(f"{comments}/{self.number}/comments", self.written, methods=["POST"]),
            Route(f"{comments}/comments/{{id}}", self.changed, methods=["PATCH", "DELETE"]),
            Route("/id-token", self.id_token),
        ]


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _refusal(message: str, status: int) -> Response:
    return JSONResponse({"message": message, "documentation_url": "https://docs.github.com/rest"}, status)


@contextmanager
def serving() -> Iterator[GitHub]:
    """Serve a GitHub until the end of the block."""
    listening = listen()
    app = Starlette()
    wire = Wire(app=app, faults=Faults(), requests=[])
    made = GitHub(wire=wire, url=f"http://{HOST}:{listening.getsockname()[1]}")
    app.router.routes.extend(made.routes())
    with served(wire, listening):
        yield made
    if wire.failures:
        raise ExceptionGroup("GitHub itself failed", wire.failures)
