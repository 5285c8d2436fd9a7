"""The facts about a repository, as the page of one and as a row among many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hub.access import may_see
from tests.hub.card import bases, card_of, relation, tags_of
from tests.hub.errors import HubError
from tests.hub.repository import hub_time

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

    from tests.hub.access import Account
    from tests.hub.repository import Entry, Repository
    from tests.hub.store import Store

ALWAYS = {"_id", "id"}
ON_DEMAND = {"baseModels"}
ROW = ALWAYS | {
    "modelId", "author", "sha", "private", "gated", "downloads", "likes", "tags", "lastModified", "createdAt",
    "pipeline_tag", "library_name",
}  # fmt: skip


def describe(store: Store, repository: Repository, revision: str, query: QueryParams) -> dict[str, Any]:
    """Return what is known about a repository at a revision; raises HubError for a fact that nobody knows."""
    facts = _facts(repository, revision, sizes=query.get("blobs", "").lower() in {"1", "true"})
    expand = set(query.getlist("expand"))
    if "childrenModelCount" in expand:
        facts["childrenModelCount"] = sum(repository.id in bases(_card(one)) for one in store.repositories.values())
    if unknown := expand - set(facts):
        raise HubError(400, f'"expand" must be one of the known facts, not {", ".join(sorted(unknown))}')
    if expand and "blobs" in query:
        raise HubError(400, '"expand" and "blobs" exclude each other')
    wanted = expand | ALWAYS if expand else set(facts) - ON_DEMAND
    return {key: value for key, value in facts.items() if key in wanted and value is not None}


def index_row(repository: Repository, account: Account | None, query: QueryParams) -> dict[str, Any] | None:
    """Return a repository as a row of a list, or nothing where it does not belong there."""
    if not may_see(account, repository):
        return None
    facts = _facts(repository, "main", sizes=False)
    wanted = set(query.getlist("expand")) | ALWAYS if "expand" in query else set(ROW)
    wanted |= {"siblings"} if query.get("full") else set()
    wanted |= {"cardData"} if query.get("cardData") else set()
    fits = (
        set(query.getlist("filter")) <= set(facts["tags"])
        and query.get("author", repository.namespace) == repository.namespace
        and query.get("search", "").lower() in repository.id.lower()
    )
    return {key: facts[key] for key in facts if key in wanted and facts[key] is not None} if fits else None


def _facts(repository: Repository, revision: str, *, sizes: bool) -> dict[str, Any]:
    commit = repository.commit_of(revision)
    card = card_of(repository, commit)
    files = [entry for entry in repository.tree(commit).values() if not entry.folder]
    paths = {entry.path for entry in files}
    facts = {
        "_id": repository.identity,
        "id": repository.id,
        "author": repository.namespace,
        "sha": commit,
        "private": repository.private,
        "gated": repository.gated,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "tags": tags_of(card, paths),
        "cardData": card or None,
        "lastModified": hub_time(repository.read("log", "-1", "--format=%cI", commit).decode().strip()),
        "createdAt": repository.created,
        "siblings": [_sibling(entry, sizes=sizes) for entry in files],
        "usedStorage": sum({entry.oid: entry.size for entry in files}.values()),
    }
    if repository.repo_type == "dataset":
        return facts
    parents = bases(card)
    family = {"relation": relation(card, paths), "models": [{"_id": name, "id": name} for name in parents]}
    return facts | {
        "modelId": repository.id,
        "pipeline_tag": card.get("pipeline_tag"),
        "library_name": card.get("library_name"),
        "model-index": card.get("model-index"),
        "baseModels": family if parents else None,
    }


def _card(repository: Repository) -> dict[str, Any]:
    return card_of(repository, repository.commit_of("main"))


def _sibling(entry: Entry, *, sizes: bool) -> dict[str, Any]:
    sibling: dict[str, Any] = {"rfilename": entry.path}
    if sizes:
        sibling |= {"size": entry.size, "blobId": entry.oid}
        if entry.pointer:
            pointer = entry.pointer
            sibling["lfs"] = {"sha256": pointer.sha256, "size": pointer.size, "pointerSize": entry.blob_size}
    return sibling
