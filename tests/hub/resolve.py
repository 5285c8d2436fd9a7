"""Files by HTTP: small ones from git, large ones by a redirect to another origin that asks for no token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.responses import Response

from tests.hub.call import route
from tests.hub.errors import no_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from starlette.requests import Request
    from starlette.routing import Route

    from tests.hub.call import Call
    from tests.hub.repository import RepoType

RANGE = re.compile(r"bytes=(?:(\d+)-(\d*)|-(\d+))")
BINARY = "application/octet-stream"


def routes(repo_type: RepoType) -> Iterator[Route]:
    """Return what hands out the files of one type of repository."""
    prefix = "" if repo_type == "model" else f"/{repo_type}s"
    yield route(f"{prefix}/{{ns}}/{{name}}/resolve/{{rev}}/{{path:path}}", resolve, repo_type=repo_type)
    yield route(f"/cdn{prefix}/{{ns}}/{{name}}/{{sha256}}", download, repo_type=repo_type)


def resolve(call: Call) -> Response:
    """Hand out a file at a revision, or say where it lies."""
    repository = call.opened()
    commit = repository.commit_of(call.parts["rev"])
    entry = repository.file(commit, call.parts["path"])
    headers = {"X-Repo-Commit": commit, "ETag": f'"{entry.oid}"', "Accept-Ranges": "bytes"}
    if entry.pointer is None:
        content = repository.blob(entry.oid)
        return ranged(call.request, len(content), lambda start, stop: content[start:stop], headers)
    sha256 = entry.pointer.sha256
    headers |= {
        "Location": call.site.download(repository, sha256),
        "X-Linked-Size": str(entry.pointer.size),
        "X-Linked-Etag": f'"{sha256}"',
    }
    if xet_hash := repository.xet_hashes.get(sha256):
        token = f"{call.site.url}{repository.api}/xet-read-token/{commit}"
        headers |= {"X-Xet-Hash": xet_hash, "Link": f'<{token}>; rel="xet-auth"'}
    return Response(status_code=302, headers=headers)


def download(call: Call) -> Response:
    """Hand out a large file to whoever has its address, as a signed one is."""
    repository = call.site.store.find(call.repo_type, f"{call.parts['ns']}/{call.parts['name']}")
    sha256 = call.parts["sha256"]
    if not repository.objects.has(sha256):
        raise no_entry()
    path = repository.objects.path(sha256)

    def part(start: int, stop: int) -> bytes:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(stop - start)

    return ranged(call.request, path.stat().st_size, part, {"ETag": f'"{sha256}"', "Accept-Ranges": "bytes"})


def ranged(request: Request, size: int, part: Callable[[int, int], bytes], headers: Mapping[str, str]) -> Response:
    """Answer with all bytes, with those of the one range that is asked for, or that there are none."""
    status, start, stop = 200, 0, size
    if match := RANGE.fullmatch(request.headers.get("range", "")):
        first, last, suffix = match.groups()
        start = max(size - int(suffix), 0) if suffix else int(first)
        stop = min(int(last) + 1, size) if last else size
        if start >= size or start >= stop:
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        status, headers = 206, {**headers, "Content-Range": f"bytes {start}-{stop - 1}/{size}"}
    body = b"" if request.method == "HEAD" else part(start, stop)
    return Response(body, status, {**headers, "Content-Length": str(stop - start)}, BINARY)
