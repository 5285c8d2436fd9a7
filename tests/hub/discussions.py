"""Speaking about a repository over the API, and taking over what a pull request brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from tests.hub.call import route
from tests.hub.commits import identity
from tests.hub.discussion import open_discussion
from tests.hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response
    from starlette.routing import Route

    from tests.hub.call import Call
    from tests.hub.commits import Signature
    from tests.hub.discussion import Discussion
    from tests.hub.repository import Repository, RepoType

PAGE = 20
OPEN = ("open", "draft")


def routes(repo_type: RepoType) -> Iterator[Route]:
    """Return what is said about one type of repository."""
    all_of_them = f"/api/{repo_type}s/{{ns}}/{{name}}/discussions"
    yield route(all_of_them, index, repo_type=repo_type)
    yield route(all_of_them, create, "POST", repo_type=repo_type)
    one = f"{all_of_them}/{{num}}"
    yield route(one, details, repo_type=repo_type)
    yield route(f"{one}/comment", comment, "POST", repo_type=repo_type)
    yield route(f"{one}/comment/{{event}}/edit", edit, "POST", repo_type=repo_type)
    yield route(f"{one}/title", rename, "POST", repo_type=repo_type)
    yield route(f"{one}/status", change_status, "POST", repo_type=repo_type)
    yield route(f"{one}/merge", merge, "POST", repo_type=repo_type)


def index(call: Call) -> Response:
    """List them from the newest, as far as they are asked for."""
    repository, query = call.seen(), call.request.query_params
    kind, status, author = query.get("type", "all"), query.get("status", "all"), query.get("author", "")
    rows = [
        one.row(repository)
        for one in reversed(repository.discussions.values())
        if kind in {"all", "pull_request" if one.base else "discussion"}
        and status in {"all", "open" if one.status in OPEN else "closed"}
        and author in {"", one.author}
    ]
    size = call.site.page_size or PAGE
    start = size * int(query.get("p", 0))
    return JSONResponse({"discussions": rows[start : start + size], "count": len(rows), "start": start})


def create(call: Call) -> Response:
    """Open one; whoever sees a repository may speak about it. A pull request without commits is a draft."""
    repository, body = call.seen(), call.json()
    signature = _sign(call)
    is_pull_request = bool(body.get("pullRequest"))
    with repository.lock:
        discussion = open_discussion(
            repository,
            signature,
            body["title"],
            body["description"],
            status="draft" if is_pull_request else "open",
            base="refs/heads/main" if is_pull_request else "",
        )
        if is_pull_request:
            repository.git.git("update-ref", discussion.reference, repository.commit_of("main"))
    return JSONResponse({"num": discussion.num, "pullRequest": is_pull_request})


def details(call: Call) -> Response:
    """Return everything about one, for a pull request with its changes."""
    repository, discussion = call.seen(), _one(call)
    answer: dict[str, Any] = {**discussion.row(repository), "events": discussion.events, "diff": ""}
    if discussion.base:
        answer["changes"] = {"base": discussion.base, "mergeCommitId": discussion.merge_commit or None}
        answer["filesWithConflicts"] = _merged(repository, discussion)[1] if discussion.status in OPEN else []
        if call.flag("diff"):
            span = f"{discussion.merge_commit or discussion.base}...{discussion.reference}"
            answer["diff"] = repository.read("diff", span).decode("utf-8", "replace")
    return JSONResponse(answer)


def comment(call: Call) -> Response:
    """Say something."""
    return JSONResponse({"newMessage": _one(call).comment(_sign(call), call.json()["comment"])})


def edit(call: Call) -> Response:
    """Say something else in its place; what was said before is kept."""
    discussion, signature = _one(call), _sign(call)
    for event in discussion.events:
        if event["id"] == call.parts["event"] and event["type"] == "comment":
            if event["author"]["name"] != signature.name:
                raise HubError(403, "Only its author may edit a comment")
            data = event["data"]
            data["history"].append(data["latest"])
            data |= {"edited": True, "latest": {**data["latest"], "raw": call.json()["content"]}}
            return JSONResponse({"updatedComment": event})
    raise HubError(404, "Comment not found")


def rename(call: Call) -> Response:
    """Give it another title."""
    call.written()
    discussion, new = _one(call), call.json()["title"]
    old, discussion.title = discussion.title, new
    return JSONResponse({"newTitle": discussion.add("title-change", _sign(call), **{"from": old, "to": new})})


def change_status(call: Call) -> Response:
    """Close it or open it again, with a last word if there is one."""
    call.written()
    discussion, body, signature = _one(call), call.json(), _sign(call)
    if body.get("comment"):
        discussion.comment(signature, body["comment"])
    discussion.status = body["status"]
    return JSONResponse({"newStatus": discussion.add("status-change", signature, status=body["status"])})


def merge(call: Call) -> Response:
    """Put what a pull request brings onto its branch as one commit; raises HubError where git finds conflicts."""
    repository, discussion, signature = call.written(), _one(call), _sign(call)
    with repository.lock:
        if not discussion.base or discussion.status not in OPEN:
            raise HubError(409, "There is nothing to merge")
        tree, conflicts = _merged(repository, discussion)
        if conflicts:
            raise HubError(409, f"These files have conflicts: {', '.join(conflicts)}")
        old = repository.reference(discussion.base)
        title = f"{discussion.title} (#{discussion.num})"
        new = repository.git.git("commit-tree", tree, "-p", old, "-m", title, variables=identity(signature))
        repository.git.git("update-ref", discussion.base, new, old)
        discussion.status, discussion.merge_commit = "merged", new
        discussion.add("status-change", signature, status="merged")
    return JSONResponse({})


def _merged(repository: Repository, discussion: Discussion) -> tuple[str, list[str]]:
    """Return the tree that a merge gives, and the files with conflicts."""
    sides = (discussion.base, discussion.reference)
    done = repository.git.run("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", *sides)
    tree, *conflicts = done.stdout.decode().rstrip("\0").split("\0")
    return tree, conflicts if done.returncode else []


def _one(call: Call) -> Discussion:
    repository, num = call.seen(), call.parts["num"]
    if not num.isdecimal() or (discussion := repository.discussions.get(int(num))) is None:
        raise HubError(404, "Discussion not found")
    return discussion


def _sign(call: Call) -> Signature:
    return call.site.store.sign(call.demand_account().name)
