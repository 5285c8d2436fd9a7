"""Repositories, branches and tags, as the client makes, moves and removes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import BadRequestError, RepositoryNotFoundError, RevisionNotFoundError

from tests.hub.owner import ID, add, api, content, status

if TYPE_CHECKING:
    from tests.hub.hub import Hub

__all__ = ["api"]


def test_a_repository_is_made_once(api: HfApi, hub: Hub) -> None:
    """A second time is refused, unless the client says that it may be there."""
    assert api.create_repo(ID, exist_ok=True).repo_id == ID
    assert status(lambda: api.create_repo(ID)) == 409
    assert api.create_repo("mine").repo_id == "ada/mine"
    assert api.create_repo(ID, repo_type="dataset").url == f"{hub.url}/datasets/{ID}"
    assert api.list_repo_files(ID) == [".gitattributes"]


def test_only_members_write(api: HfApi, hub: Hub) -> None:
    """Strangers are refused, nobody is asked for a token, and a private repository is not even there."""
    stranger = HfApi(endpoint=hub.url, token=hub.account("sam"))
    nobody = HfApi(endpoint=hub.url, token=False)

    def commit(by: HfApi) -> object:
        return by.create_commit(ID, [add("x", b"1")], commit_message="x")

    assert (status(lambda: commit(stranger)), status(lambda: commit(nobody))) == (403, 401)
    assert status(lambda: stranger.create_repo("acme/other")) == 403
    assert status(lambda: stranger.create_tag(ID, tag="v1")) == 403
    assert status(lambda: stranger.auth_check(ID, write=True)) == 403
    stranger.auth_check(ID)
    api.auth_check(ID, write=True)
    hub.settings(ID, private=True)
    assert status(lambda: commit(stranger)) == 404
    with pytest.raises(RepositoryNotFoundError):
        stranger.delete_repo(ID)


def test_a_tag_is_made_once_and_taken_away(api: HfApi) -> None:
    """``exist_ok`` says nothing about where it points."""
    first = api.model_info(ID).sha
    api.create_tag(ID, tag="v1.0.0", tag_message="the first", revision=first)
    second = api.create_commit(ID, [add("a", b"1")], commit_message="a").oid

    assert status(lambda: api.create_tag(ID, tag="v1.0.0")) == 409
    api.create_tag(ID, tag="v1.0.0", exist_ok=True)
    assert (api.model_info(ID, revision="v1.0.0").sha, second) == (first, api.model_info(ID).sha)
    with pytest.raises(BadRequestError):
        api.create_tag(ID, tag="bad tag")
    with pytest.raises(RevisionNotFoundError):
        api.create_tag(ID, tag="v2", revision="nowhere")
    api.delete_tag(ID, tag="v1.0.0")
    with pytest.raises(RevisionNotFoundError):
        api.model_info(ID, revision="v1.0.0")
    with pytest.raises(RevisionNotFoundError):
        api.delete_tag(ID, tag="v1.0.0")


def test_branches_come_and_go_but_the_main_one(api: HfApi) -> None:
    """One with a slash is committed to like any other, and one that is missing is not made by a commit."""
    api.create_branch(ID, branch="release/1.x")
    api.create_branch(ID, branch="release/1.x", exist_ok=True)
    assert status(lambda: api.create_branch(ID, branch="release/1.x")) == 409
    api.create_commit(ID, [add("a", b"1")], commit_message="a", revision="release/1.x")

    assert (api.file_exists(ID, "a", revision="release/1.x"), api.file_exists(ID, "a")) == (True, False)
    with pytest.raises(RevisionNotFoundError):
        api.create_commit(ID, [add("a", b"1")], commit_message="a", revision="release/2.x")
    api.delete_branch(ID, branch="release/1.x")
    with pytest.raises(RevisionNotFoundError):
        api.delete_branch(ID, branch="release/1.x")
    assert status(lambda: api.delete_branch(ID, branch="main")) == 403


def test_a_squashed_branch_keeps_its_files_and_tags_their_commits(api: HfApi) -> None:
    """Who pinned a tag has what they had."""
    api.create_commit(ID, [add("a", b"1")], commit_message="a")
    api.create_tag(ID, tag="v1")
    api.super_squash_history(ID, branch="main", commit_message="squashed")

    assert [one.title for one in api.list_repo_commits(ID)] == ["squashed"]
    assert [one.title for one in api.list_repo_commits(ID, revision="v1")] == ["a", "initial commit"]
    assert content(api, "a") == b"1"


def test_settings_moves_and_deletions_by_the_client(api: HfApi, hub: Hub) -> None:
    """What the owner does to a repository is seen by others at once."""
    nobody = HfApi(endpoint=hub.url, token=False)
    api.update_repo_settings(ID, gated="manual")
    assert nobody.model_info(ID).gated == "manual"
    api.update_repo_settings(ID, gated=False, private=True)
    with pytest.raises(RepositoryNotFoundError):
        nobody.model_info(ID)
    assert api.model_info(ID).gated is False

    api.move_repo(ID, "acme/renamed")
    assert api.model_info(ID).id == "acme/renamed"
    made = api.create_commit(ID, [add("a", b"1")], commit_message="by the old name")
    assert api.model_info("acme/renamed").sha == made.oid
    api.delete_repo("acme/renamed")
    with pytest.raises(RepositoryNotFoundError):
        api.model_info("acme/renamed")
    api.delete_repo("acme/renamed", missing_ok=True)
