"""The files of a commit on a Hub, with the digest of each: one answer for a thousand of them, and no content.

https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.list_repo_tree
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from hfsemver.core.digest import Algorithm, Digest
from hfsemver.core.errors import FormatError, SourceError
from hfsemver.core.escape import clipped
from hfsemver.releases.listing import MAX_ENTRIES
from hfsemver.releases.source import FileInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.hub.wire import Wire

_SHA1: Final = re.compile(r"[0-9a-f]{40}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def list_files(wire: Wire, repo_id: str, commit: str) -> tuple[FileInfo, ...]:
    """Return every file of a commit, sorted by path. Raises ``SourceError`` for an answer that is no listing."""
    return tuple(sorted(_files(wire, repo_id, commit), key=lambda info: info.path))


def _files(wire: Wire, repo_id: str, commit: str) -> Iterator[FileInfo]:
    count = 0
    for page in wire.pages(f"/api/models/{repo_id}/tree/{quote(commit, safe='')}", (("recursive", "true"),)):
        if not isinstance(page, list):
            raise _malformed(repo_id, "is no list")
        count += len(page)
        if count > MAX_ENTRIES:
            fault = f"more than {MAX_ENTRIES} files and folders"
            raise FormatError(fault, f"{repo_id}@{commit[:12]}", hint="keep what belongs to the model, and little else")
        for entry in page:
            if not isinstance(entry, dict):
                raise _malformed(repo_id, "has an entry that is no object")
            if entry.get("type") != "directory":
                yield _file(repo_id, entry)


def _file(repo_id: str, entry: dict[str, Any]) -> FileInfo:
    path, stored = entry.get("path"), entry.get("lfs")
    size, oid = entry.get("size"), entry.get("oid")
    algorithm, pattern = Algorithm.GIT_BLOB, _SHA1
    if isinstance(stored, dict):
        size, oid = stored.get("size"), stored.get("oid")
        algorithm, pattern = Algorithm.SHA256, _SHA256
    if not isinstance(path, str) or type(size) is not int or size < 0:
        raise _malformed(repo_id, "has a file without a path or a size")
    if not isinstance(oid, str) or not pattern.fullmatch(oid):
        raise _malformed(repo_id, f"gives no digest of {clipped(path, 120)}")
    return FileInfo(path=path, size=size, digest=Digest(algorithm=algorithm, hex=oid))


def _malformed(repo_id: str, what: str) -> SourceError:
    return SourceError(f"the listing of {repo_id} {what}", hint="check that HF_ENDPOINT is the address of a Hub")
