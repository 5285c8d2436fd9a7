"""One request to the Hub, from the side of whoever answers it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.hub.access import account_of, demand_files, demand_namespace, demand_writing, may_see
from tests.hub.errors import HubError, no_repository, unauthorized

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from tests.hub.access import Account
    from tests.hub.repository import Repository, RepoType
    from tests.hub.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request with its body, the parts of its path decoded."""

    site: Site
    request: Request
    repo_type: RepoType
    parts: Mapping[str, str]
    body: bytes

    @property
    def account(self) -> Account | None:
        """Return who asks; raises HubError for a token that is unknown."""
        return account_of(self.request.headers.get("authorization", ""), self.site.store.accounts)

    def demand_account(self) -> Account:
        """Return who asks; raises HubError for nobody."""
        if (account := self.account) is None:
            raise unauthorized()
        return account

    def demand_member(self, namespace: str) -> Account:
        """Return who asks; raises HubError unless they may write into a namespace."""
        return demand_namespace(self.account, namespace)

    def seen(self) -> Repository:
        """Return the repository of the path; raises HubError where it is private to the caller."""
        account, parts = self.account, self.parts
        repo_id = f"{parts['ns']}/{parts['name']}"
        repository = self.site.store.find(self.repo_type, repo_id, anonymous=account is None)
        if not may_see(account, repository):
            raise no_repository(anonymous=account is None)
        return repository

    def opened(self) -> Repository:
        """Return the repository of the path for its files; raises HubError where there is a gate before them."""
        repository = self.seen()
        demand_files(self.account, repository)
        return repository

    def written(self) -> Repository:
        """Return the repository of the path to change it; raises HubError unless the caller may."""
        repository = self.seen()
        demand_writing(self.account, repository)
        return repository

    def json(self) -> dict[str, Any]:
        """Return the object in the body; raises HubError where there is none."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as error:
            raise HubError(400, f"Invalid JSON: {error}") from error
        return value if isinstance(value, dict) else {}

    def flag(self, name: str) -> bool:
        return self.request.query_params.get(name, "").lower() in {"1", "true"}

    def values(self, name: str) -> list[str]:
        return self.request.query_params.getlist(name)

    def page(self, items: list[dict[str, Any]], size: int) -> Response:
        """Answer with as many items as a page holds, and where the next page is."""
        query = self.request.query_params
        size = min(self.site.page_size or size, int(query.get("limit", size)))
        start = int(query.get("cursor", 0))
        headers = {}
        if start + size < len(items):
            rest = [(key, value) for key, value in query.multi_items() if key != "cursor"]
            again = urlencode([*rest, ("cursor", str(start + size))])
            headers["Link"] = f'<{self.site.url}{self.request.url.path}?{again}>; rel="next"'
        return JSONResponse(items[start : start + size], headers=headers)


Answer = Callable[[Call], Response]


def route(path: str, answer: Answer, *methods: str, repo_type: RepoType = "model") -> Route:
    """Return a route on which a function answers in a thread, and what it raises is an answer as well."""

    async def endpoint(request: Request) -> Response:
        # The path was matched as it was sent, so that an encoded slash parts nothing.
        parts = {key: unquote(value) for key, value in request.path_params.items()}
        body, site = await request.body(), request.app.state.site
        call = Call(site=site, request=request, repo_type=repo_type, parts=parts, body=body)
        try:
            return await run_in_threadpool(answer, call)
        except HubError as error:
            return JSONResponse(error.body, error.status, headers=error.headers)

    return Route(path, endpoint, methods=methods or ("GET",))
