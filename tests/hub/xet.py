"""Xet without its storage service: hf_xet itself writes chunks into a folder, and reads files back from it.

``local://`` is a scheme of xet-core for its own tests. Its index is locked by one process, so that programs that upload
at the same time need a Hub each.
"""

from __future__ import annotations

import hashlib
import shutil
import struct
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from tests.hub.call import route
from tests.hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response
    from starlette.routing import Route

    from tests.hub.call import Call
    from tests.hub.repository import Repository, RepoType
    from tests.hub.site import Site

# https://huggingface.co/docs/xet/shard: everything comes in records of one size.
RECORD = 48
VERIFIED, WITH_SHA256 = 1 << 31, 1 << 30
LAST = b"\xff" * 32
LIFETIME = 3600


def routes(repo_type: RepoType) -> Iterator[Route]:
    """Return where one type of repository hands out tokens for its storage."""
    one = f"/api/{repo_type}s/{{ns}}/{{name}}"
    yield route(f"{one}/xet-read-token/{{rev}}", read_token, repo_type=repo_type)
    yield route(f"{one}/xet-write-token/{{rev}}", write_token, repo_type=repo_type)


def read_token(call: Call) -> Response:
    """Let somebody read."""
    call.opened()
    return _token(call)


def write_token(call: Call) -> Response:
    """Let somebody write."""
    call.written()
    return _token(call)


def materialize(site: Site, repository: Repository, sha256: str) -> bool:
    """Take a file that came by Xet among the objects of a repository, and tell whether there is one."""
    if site.xet is None or (found := _uploaded(site.xet).get(sha256)) is None:
        return False
    from hf_xet import XetFileInfo, XetSession  # type: ignore[import-untyped]  # compiled, without stubs

    xet_hash, size = found
    with tempfile.TemporaryDirectory(dir=site.store.root) as folder:
        # A copy, because whoever uploaded may still hold the lock.
        shutil.copytree(site.xet, Path(folder) / "cas")
        target = Path(folder) / "file"
        with XetSession().new_file_download_group(endpoint=f"local://{folder}/cas") as group:
            group.start_download_file(XetFileInfo(xet_hash, size), str(target))
        content = target.read_bytes()
    assert hashlib.sha256(content).hexdigest() == sha256, "hf_xet gave back another file"
    repository.objects.put(content)
    repository.xet_hashes[sha256] = xet_hash
    return True


def read_shard(shard: bytes) -> Iterator[tuple[str, str, int]]:
    """Yield the SHA-256, the Xet hash and the size of each file of a shard."""
    at = RECORD
    while shard[at : at + 32] != LAST:
        xet_hash = shard[at : at + 32]
        flags, count = struct.unpack_from("<II", shard, at + 32)
        at += RECORD
        size = sum(struct.unpack_from("<I", shard, at + RECORD * index + 36)[0] for index in range(count))
        at += RECORD * count * (2 if flags & VERIFIED else 1)
        if flags & WITH_SHA256:
            yield _hex(shard[at : at + 32]), _hex(xet_hash), size
            at += RECORD


def _uploaded(cas: Path) -> dict[str, tuple[str, int]]:
    shards = (path.read_bytes() for path in cas.rglob("shards/*.mdb"))
    return {sha256: (xet_hash, size) for shard in shards for sha256, xet_hash, size in read_shard(shard)}


def _hex(digest: bytes) -> str:
    return "".join(f"{number:016x}" for number in struct.unpack("<4Q", digest))


def _token(call: Call) -> Response:
    if call.site.xet is None:
        raise HubError(404, "This Hub has no Xet storage")
    storage, token, expires = f"local://{call.site.xet}", "xet", int(time.time()) + LIFETIME
    headers = {
        "X-Xet-Cas-Url": storage,
        "X-Xet-Access-Token": token,
        "X-Xet-Token-Expiration": str(expires),
    }
    return JSONResponse({"casUrl": storage, "accessToken": token, "exp": expires}, headers=headers)
