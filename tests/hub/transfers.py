"""Large files on their way in and out: the batch API of git-lfs, in one piece or in parts."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from tests.hub.call import route
from tests.hub.errors import HubError
from tests.hub.xet import materialize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.routing import Route

    from tests.hub.call import Call
    from tests.hub.repository import Repository, RepoType

# https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
MEDIA_TYPE = "application/vnd.git-lfs+json"


@dataclass(slots=True, kw_only=True)
class Upload:
    """An object that was announced; its name on the way is a secret, so that it needs no token."""

    repository: Repository
    sha256: str
    parts: dict[int, bytes] = field(default_factory=dict)


def upload_routes() -> Iterator[Route]:
    """Return where announced objects arrive, on the other origin but for the end of a sequence of parts."""
    yield route("/cdn/upload/{ticket}", put, "PUT")
    yield route("/cdn/upload/{ticket}/{part}", put_part, "PUT")
    yield route("/api/complete-upload/{ticket}", complete, "POST")


def routes(repo_type: RepoType) -> Iterator[Route]:
    """Return the batch API for one type of repository."""
    prefix = "" if repo_type == "model" else f"/{repo_type}s"
    lfs = f"{prefix}/{{ns}}/{{name}}.git/info/lfs/objects"
    yield route(f"{lfs}/batch", batch, "POST", repo_type=repo_type)
    yield route(f"{lfs}/verify", verify, "POST", repo_type=repo_type)
    duplicate_at = f"/api/{repo_type}s/{{ns}}/{{name}}/lfs-files/duplicate"
    yield route(duplicate_at, duplicate, "POST", repo_type=repo_type)


def batch(call: Call) -> Response:
    """Say for each object where it goes or where it is; an object that is here already needs nothing."""
    body = call.json()
    uploading = body.get("operation") == "upload"
    repository = call.written() if uploading else call.opened()
    asked: list[dict[str, Any]] = body["objects"]
    longest = max((one["size"] for one in asked), default=0)
    # One transfer is answered for all objects, and one in parts is told by its header.
    in_parts = uploading and "multipart" in body.get("transfers", ()) and longest > call.site.part_size
    describe = _incoming if uploading else _outgoing
    objects = [describe(call, repository, one["oid"], one["size"], in_parts=in_parts) for one in asked]
    answer = {"transfer": "multipart" if in_parts else "basic", "hash_algo": "sha256", "objects": objects}
    return JSONResponse(answer, media_type=MEDIA_TYPE)


def put(call: Call) -> Response:
    """Take in an object in one piece."""
    upload = _announced(call)
    upload.repository.objects.receive(upload.sha256, call.body)
    return Response()


def put_part(call: Call) -> Response:
    """Take in a part, and name it by its hash."""
    _announced(call).parts[int(call.parts["part"])] = call.body
    return Response(headers={"ETag": f'"{hashlib.sha256(call.body).hexdigest()}"'})


def complete(call: Call) -> Response:
    """Put the parts together in the order of their numbers; raises HubError unless they are those that came."""
    upload, body = _announced(call), call.json()
    came = {number: f'"{hashlib.sha256(part).hexdigest()}"' for number, part in sorted(upload.parts.items())}
    if body.get("oid") != upload.sha256 or {one["partNumber"]: one["etag"] for one in body["parts"]} != came:
        raise HubError(400, "The parts are not those that came")
    upload.repository.objects.receive(upload.sha256, b"".join(upload.parts[number] for number in came))
    return JSONResponse({"success": True})


def verify(call: Call) -> Response:
    """Say whether an object has arrived."""
    repository, body = call.written(), call.json()
    path = repository.objects.path(body["oid"])
    if not path.is_file() or path.stat().st_size != body["size"]:
        raise HubError(404, "The object has not arrived")
    return JSONResponse({})


def duplicate(call: Call) -> Response:
    """Copy objects into another repository, for a commit there."""
    source, body = call.opened(), call.json()
    target = call.site.store.find(body["target"]["type"], body["target"]["name"])
    call.demand_member(target.namespace)
    failed = []
    for one in body["files"]:
        sha256 = one["sha256"]
        if source.objects.has(sha256):
            target.objects.put(source.objects.path(sha256).read_bytes())
            target.xet_hashes[sha256] = one["xetHash"]
        else:
            failed.append({"sha256": sha256, "error": "no such object"})
    return JSONResponse({"failed": failed})


def _incoming(call: Call, repository: Repository, sha256: str, size: int, *, in_parts: bool) -> dict[str, Any]:
    described: dict[str, Any] = {"oid": sha256, "size": size, "authenticated": True}
    if repository.objects.has(sha256):
        return described
    ticket = secrets.token_hex(16)
    call.site.uploads[ticket] = Upload(repository=repository, sha256=sha256)
    href = f"{call.site.cdn}/cdn/upload/{ticket}"
    upload: dict[str, Any] = {"href": href}
    if in_parts and size > call.site.part_size:
        count = -(-size // call.site.part_size)
        parts = {str(number): f"{href}/{number}" for number in range(1, count + 1)}
        header = {"chunk_size": str(call.site.part_size), **parts}
        upload = {"href": f"{call.site.url}/api/complete-upload/{ticket}", "header": header}
    verify_at = {"href": f"{call.site.url}/{repository.address}.git/info/lfs/objects/verify", "header": _auth(call)}
    return {**described, "actions": {"upload": upload, "verify": verify_at}}


def _outgoing(call: Call, repository: Repository, sha256: str, size: int, *, in_parts: bool) -> dict[str, Any]:
    assert not in_parts, "only uploads come in parts"
    described: dict[str, Any] = {"oid": sha256, "size": size, "authenticated": True}
    if not repository.objects.has(sha256) and not materialize(call.site, repository, sha256):
        return {**described, "error": {"code": 404, "message": "Object does not exist"}}
    return {**described, "actions": {"download": {"href": call.site.download(repository, sha256)}}}


def _announced(call: Call) -> Upload:
    if (upload := call.site.uploads.get(call.parts["ticket"])) is None:
        raise HubError(403, "Nobody announced this upload")
    return upload


def _auth(call: Call) -> dict[str, str]:
    sent = call.request.headers.get("authorization")
    return {"Authorization": sent} if sent else {}
