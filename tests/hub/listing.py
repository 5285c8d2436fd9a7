"""What the API says about a repository: its facts, files, references and commits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.responses import JSONResponse

from tests.hub.call import route
from tests.hub.errors import HubError, no_entry
from tests.hub.info import describe, index_row
from tests.hub.repository import hub_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response
    from starlette.routing import Route

    from tests.hub.call import Call
    from tests.hub.repository import Entry, Repository, RepoType

PAGE, EXPANDED_PAGE, COMMITS_PAGE = 1000, 50, 50
MOST_PATHS = 1000
KINDS = {"heads": "branches", "tags": "tags", "convert": "converts", "pr": "pullRequests"}
FILTERS = {"author", "search", "filter", "limit", "cursor", "expand", "full", "cardData"}
# Refused for a list: https://github.com/huggingface/huggingface_hub/pull/3182
FOR_ONE_ONLY = {"baseModels", "childrenModelCount", "usedStorage"}


def routes(repo_type: RepoType) -> Iterator[Route]:
    """Return what reads from the API about one type of repository."""
    api = f"/api/{repo_type}s"
    yield route(api, index, repo_type=repo_type)
    one = f"{api}/{{ns}}/{{name}}"
    yield route(one, info, repo_type=repo_type)
    yield route(f"{one}/revision/{{rev}}", info, repo_type=repo_type)
    yield route(f"{one}/refs", refs, repo_type=repo_type)
    yield route(f"{one}/commits/{{rev}}", commits, repo_type=repo_type)
    yield route(f"{one}/tree/{{rev}}", tree, repo_type=repo_type)
    yield route(f"{one}/tree/{{rev}}/{{path:path}}", tree, repo_type=repo_type)
    yield route(f"{one}/paths-info/{{rev}}", paths_info, "POST", repo_type=repo_type)


def info(call: Call) -> Response:
    """Describe one repository at a revision."""
    repository = call.seen()
    return JSONResponse(describe(call.site.store, repository, call.parts.get("rev", "main"), call.request.query_params))


def index(call: Call) -> Response:
    """List the repositories that all filters let through; whoever uses one that is unknown here is told so."""
    query = call.request.query_params
    if (unknown := set(query) - FILTERS) or (unknown := set(call.values("expand")) & FOR_ONE_ONLY):
        raise HubError(400, f"Not supported in a list: {', '.join(sorted(unknown))}")
    store, account = call.site.store, call.account
    of_type = [one for (repo_type, _), one in sorted(store.repositories.items()) if repo_type == call.repo_type]
    rows = [row for repository in of_type if (row := index_row(repository, account, query))]
    return call.page(rows, PAGE)


def refs(call: Call) -> Response:
    """List branches and tags, and pull requests if asked; a tag names its commit, not its tag object."""
    repository = call.seen()
    found: dict[str, list[dict[str, str]]] = {kind: [] for kind in KINDS.values()}
    for line in (
        repository.read("for-each-ref", "--format=%(refname) %(objectname) %(*objectname)").decode().splitlines()
    ):
        ref, *oids = line.split()
        _, kind, name = ref.split("/", 2)
        if kind in KINDS:
            found[KINDS[kind]].append({"name": name, "ref": ref, "targetCommit": oids[-1]})
    if not call.flag("include_prs"):
        del found["pullRequests"]
    return JSONResponse(found)


def commits(call: Call) -> Response:
    """List the commits behind a revision, the newest first."""
    repository = call.seen()
    log = repository.read("log", "-z", "--format=%H%n%cI%n%an%n%s%n%b", repository.commit_of(call.parts["rev"]))
    rows = []
    for record in log.decode().split("\0")[:-1]:
        oid, date, author, title, message = record.split("\n", 4)
        rows.append(
            {
                "id": oid,
                "title": title,
                "message": message.strip(),
                "authors": [{"user": author}],
                "date": hub_time(date),
            }
        )
    return call.page(rows, COMMITS_PAGE)


def tree(call: Call) -> Response:
    """List a folder of a revision, with everything below it if asked."""
    repository = call.seen()
    commit = repository.commit_of(call.parts["rev"])
    entries, folder = repository.tree(commit), call.parts.get("path", "").strip("/")
    if folder and (folder not in entries or not entries[folder].folder):
        raise no_entry(f"{folder} does not exist on {call.parts['rev']!r}")
    below = f"{folder}/" if folder else ""
    inside = [entry for path, entry in entries.items() if path.startswith(below)]
    if not call.flag("recursive"):
        inside = [entry for entry in inside if "/" not in entry.path[len(below) :]]
    expand = call.flag("expand")
    size = EXPANDED_PAGE if expand else PAGE
    return call.page([_row(repository, commit, entry, expand=expand) for entry in inside], size)


def paths_info(call: Call) -> Response:
    """Describe the paths of a form; what is not there is left out of the answer."""
    repository = call.seen()
    commit = repository.commit_of(call.parts["rev"])
    form = parse_qs(call.body.decode())
    paths = form.get("paths", [])
    if len(paths) > MOST_PATHS:
        raise HubError(413, "Too many paths")
    entries, expand = repository.tree(commit), form.get("expand", [""])[-1].lower() == "true"
    return JSONResponse([_row(repository, commit, entries[path], expand=expand) for path in paths if path in entries])


def _row(repository: Repository, commit: str, entry: Entry, *, expand: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "type": "directory" if entry.folder else "file",
        "oid": entry.oid,
        "size": entry.size,
        "path": entry.path,
    }
    if entry.pointer:
        row["lfs"] = {"oid": entry.pointer.sha256, "size": entry.pointer.size, "pointerSize": entry.blob_size}
        if xet_hash := repository.xet_hashes.get(entry.pointer.sha256):
            row["xetHash"] = xet_hash
    if expand:
        last = repository.read("log", "-1", "--format=%H%n%cI%n%s", commit, "--", entry.path).decode()
        oid, date, title = last.rstrip("\n").split("\n")
        row["lastCommit"] = {"id": oid, "title": title, "date": hub_time(date)}
        if not entry.folder:
            row["securityFileStatus"] = {"status": "safe", "avScan": None, "pickleImportScan": None}
    return row
