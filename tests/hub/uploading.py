"""Commits over the API: what may come how, and then everything at once."""

from __future__ import annotations

import base64
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from tests.hub.call import route
from tests.hub.commits import Delete, Put, commit, large_paths
from tests.hub.discussion import open_discussion
from tests.hub.errors import HubError, no_revision
from tests.hub.lfs import LARGEST_BLOB, Pointer
from tests.hub.xet import materialize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response
    from starlette.routing import Route

    from tests.hub.call import Call
    from tests.hub.commits import Change
    from tests.hub.repository import Repository, RepoType


def routes(repo_type: RepoType) -> Iterator[Route]:
    """Return what commits to one type of repository."""
    one = f"/api/{repo_type}s/{{ns}}/{{name}}"
    yield route(f"{one}/preupload/{{rev}}", preupload, "POST", repo_type=repo_type)
    yield route(f"{one}/commit/{{rev}}", take, "POST", repo_type=repo_type)


def preupload(call: Call) -> Response:
    """Say of each file whether it goes into git, whether it is to be left out, and what is there under its name."""
    repository, body = call.written(), call.json()
    at = repository.commit_of(call.parts["rev"])
    files: list[dict[str, Any]] = body["files"]
    paths = [one["path"] for one in files]
    large = large_paths(repository, at, paths) | {one["path"] for one in files if one["size"] > LARGEST_BLOB}
    ignored = _ignored(repository, body.get("gitIgnore") or "", paths)
    rows = []
    for path in paths:
        row = {"path": path, "uploadMode": "lfs" if path in large else "regular", "shouldIgnore": path in ignored}
        if (entry := repository.tree(at).get(path)) and not entry.folder:
            row["oid"] = entry.pointer.sha256 if entry.pointer else entry.oid
        rows.append(row)
    return JSONResponse({"files": rows, "commitOid": at})


def take(call: Call) -> Response:
    """Make one commit of all lines, on a branch or as a new pull request."""
    repository, account = call.written(), call.demand_account()
    header, changes = _parse(call, repository)
    title, text = header["summary"], header.get("description") or ""
    message, signature = "\n\n".join(part for part in (title, text) if part), call.site.store.sign(account.name)
    revision, parent = call.parts["rev"], header.get("parentCommit") or ""
    reference = revision if revision.startswith("refs/") else f"refs/heads/{revision}"
    with repository.lock:
        if not repository.reference(reference):
            raise no_revision(revision)
        answer: dict[str, Any] = {"success": True}
        if call.flag("create_pr"):
            number = len(repository.discussions) + 1
            tip = repository.commit_of(parent or revision)
            made = commit(repository, f"refs/pr/{number}", changes, message, signature, start=tip)
            discussion = open_discussion(repository, signature, title, text, base=reference)
            discussion.add("commit", signature, subject=title, oid=made)
            answer["pullRequestUrl"] = f"{call.site.web(repository)}/discussions/{number}"
        else:
            made = commit(repository, reference, changes, message, signature, expect=_whole(repository, parent))
            for discussion in repository.discussions.values():
                if discussion.reference == reference:
                    discussion.status = "open" if discussion.status == "draft" else discussion.status
                    discussion.add("commit", signature, subject=title, oid=made)
    return JSONResponse({**answer, "commitOid": made, "commitUrl": f"{call.site.web(repository)}/commit/{made}"})


def _parse(call: Call, repository: Repository) -> tuple[dict[str, Any], list[Change]]:
    """Return the header and the changes of a body with one JSON object a line."""
    header: dict[str, Any] = {}
    changes: list[Change] = []
    for line in filter(None, call.body.splitlines()):
        said = json.loads(line)
        value: dict[str, Any] = said["value"]
        match said["key"]:
            case "header":
                header = value
            case "file":
                changes.append(Put(path=value["path"], blob=base64.b64decode(value["content"])))
            case "lfsFile":
                changes.append(Put(path=value["path"], blob=bytes(_arrived(call, repository, value))))
            case "deletedFile" | "deletedFolder":
                changes.append(Delete(path=value["path"].rstrip("/")))
            case unknown:
                raise HubError(400, f"Unknown operation: {unknown}")
    if not header.get("summary"):
        raise HubError(400, "A commit needs a summary")
    return header, changes


def _arrived(call: Call, repository: Repository, value: dict[str, Any]) -> Pointer:
    sha256 = value["oid"]
    if not repository.objects.has(sha256) and not materialize(call.site, repository, sha256):
        raise HubError(400, f"LFS pointer pointed to a file that does not exist: {value['path']}")
    return Pointer(sha256=sha256, size=repository.objects.path(sha256).stat().st_size)


def _whole(repository: Repository, parent: str) -> str:
    """Return the full hash for a short one; one that nobody knows is no tip either."""
    try:
        return repository.commit_of(parent) if parent else ""
    except HubError:
        return parent


def _ignored(repository: Repository, patterns: str, paths: list[str]) -> set[str]:
    """Ask git which paths an ignore file leaves out."""
    if not patterns:
        return set()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / ".gitignore").write_text(patterns, encoding="utf-8")
        asked = "".join(f"{path}\0" for path in paths).encode()
        options = (f"--git-dir={repository.git.root}", f"--work-tree={folder}", "-c", "core.bare=false")
        done = repository.git.run(*options, "-C", folder, "check-ignore", "--no-index", "-z", "--stdin", stdin=asked)
    return set(filter(None, done.stdout.decode().split("\0")))
