"""git by HTTP: ``git http-backend`` behind the same tokens as everything else."""

from __future__ import annotations

import gzip
import os
import subprocess
from typing import TYPE_CHECKING

from starlette.responses import Response

from tests.hub.call import route
from tests.hub.errors import HubError, unauthorized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.routing import Route

    from tests.hub.call import Call
    from tests.hub.repository import Repository, RepoType

UNAUTHORIZED = 401
PUSH = "git-receive-pack"


def routes(repo_type: RepoType) -> Iterator[Route]:
    """Return what a clone, a fetch and a push of one type of repository ask for, with and without ``.git``."""
    prefix = "" if repo_type == "model" else f"/{repo_type}s"
    for suffix in (".git", ""):
        one = f"{prefix}/{{ns}}/{{name}}{suffix}"
        yield route(f"{one}/info/refs", serve, repo_type=repo_type)
        yield route(f"{one}/git-upload-pack", serve, "POST", repo_type=repo_type)
        yield route(f"{one}/git-receive-pack", serve, "POST", repo_type=repo_type)


def serve(call: Call) -> Response:
    """Let git answer, for whoever may; git asks for a token only when it is told that one is needed."""
    service = call.request.query_params.get("service") or call.request.url.path.rpartition("/")[2]
    try:
        repository = call.written() if service == PUSH else call.opened()
    except HubError as error:
        if error.status == UNAUTHORIZED:
            raise unauthorized() from error
        raise
    if service != PUSH:
        return _backend(call, repository)
    with repository.lock:
        return _backend(call, repository)


def _backend(call: Call, repository: Repository) -> Response:
    headers, body = call.request.headers, call.body
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    action = "info/refs" if call.request.method == "GET" else call.request.url.path.rpartition("/")[2]
    account = call.account
    variables = {
        **repository.git.environment,
        "PATH": os.environ["PATH"],
        "GIT_PROJECT_ROOT": str(repository.git.root.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{repository.git.root.name}/{action}",
        "REQUEST_METHOD": call.request.method,
        "QUERY_STRING": call.request.url.query,
        "REMOTE_USER": account.name if account else "",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_GIT_PROTOCOL": headers.get("git-protocol", ""),
    }
    done = subprocess.run(["git", "http-backend"], input=body, env=variables, capture_output=True, check=True)
    head, _, payload = done.stdout.partition(b"\r\n\r\n")
    answered = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    return Response(payload, int(answered.pop("Status", "200").split()[0]), answered)
