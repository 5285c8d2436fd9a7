"""Pull requests and discussions, as a program leads them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import CommitOperationAdd, DiscussionComment, HfApi
from huggingface_hub.errors import HfHubHTTPError

if TYPE_CHECKING:
    from tests.hub.hub import Hub

ID = "acme/model"


@pytest.fixture
def api(hub: Hub) -> HfApi:
    """The client of the owner, with one file to propose changes to."""
    hub.create(ID, {"config.json": b"{}\n"})
    return HfApi(endpoint=hub.url, token=hub.token)


def propose(api: HfApi, content: bytes, **options: str) -> int:
    """Open a pull request that changes the file, and return its number."""
    change = [CommitOperationAdd("config.json", content)]
    made = api.create_commit(ID, change, commit_message="Change it", create_pr=True, **options)  # type: ignore[call-overload]  # overloads know no mapping of options
    assert (made.pr_revision, made.pr_url) == (
        f"refs/pr/{made.pr_num}",
        f"{api.endpoint}/{ID}/discussions/{made.pr_num}",
    )
    return int(made.pr_num)


def test_a_pull_request_is_read_and_merged(api: HfApi, hub: Hub) -> None:
    """Until then the branch is as it was; then it has one commit more."""
    number = propose(api, b'{"a": 1}\n', commit_description="why")
    revision = f"refs/pr/{number}"
    details = api.get_discussion_details(ID, number)

    assert (details.status, details.is_pull_request, details.target_branch) == ("open", True, "refs/heads/main")
    assert [event.type for event in details.events] == ["comment", "commit"]
    assert details.diff is not None
    assert '+{"a": 1}' in details.diff
    assert [one.ref for one in api.list_repo_refs(ID, include_pull_requests=True).pull_requests or ()] == [revision]
    assert Path(api.hf_hub_download(ID, "config.json")).read_bytes() == b"{}\n"
    assert Path(api.hf_hub_download(ID, "config.json", revision=revision)).read_bytes() == b'{"a": 1}\n'
    assert [one.path for one in api.list_repo_tree(ID, revision=revision)] == [".gitattributes", "config.json"]

    api.create_commit(ID, [CommitOperationAdd("b", b"2")], commit_message="More", revision=revision)
    hub.commit(ID, {"c": b"3"})
    api.merge_pull_request(ID, number)

    merged = api.get_discussion_details(ID, number)
    assert (merged.status, merged.merge_commit_oid) == ("merged", api.model_info(ID).sha)
    assert api.list_repo_files(ID) == [".gitattributes", "b", "c", "config.json"]
    assert api.list_repo_commits(ID)[0].title == f"Change it (#{number})"


def test_a_pull_request_with_conflicts_is_not_merged(api: HfApi, hub: Hub) -> None:
    """The files are named, and the branch stays as it is."""
    number = propose(api, b'{"a": 1}\n')
    tip = hub.commit(ID, {"config.json": b'{"a": 2}\n'})

    assert api.get_discussion_details(ID, number).conflicting_files == ["config.json"]
    with pytest.raises(HfHubHTTPError, match="conflicts"):
        api.merge_pull_request(ID, number)
    assert api.model_info(ID).sha == tip


def test_a_pull_request_starts_at_the_parent_it_names(api: HfApi, hub: Hub) -> None:
    """A branch that has moved since is no conflict by itself."""
    start = api.model_info(ID).sha
    hub.commit(ID, {"c": b"3"})
    number = propose(api, b"[]\n", parent_commit=str(start))

    assert [one.commit_id for one in api.list_repo_commits(ID, revision=f"refs/pr/{number}")][1] == start
    assert api.get_discussion_details(ID, number).conflicting_files == []


def test_a_pull_request_without_commits_is_a_draft(api: HfApi) -> None:
    """It opens with its first commit."""
    number = api.create_pull_request(ID, "Later").num
    assert api.get_discussion_details(ID, number).status == "draft"

    api.create_commit(ID, [CommitOperationAdd("b", b"2")], commit_message="b", revision=f"refs/pr/{number}")
    assert api.get_discussion_details(ID, number).status == "open"


def test_a_discussion_is_led(api: HfApi, hub: Hub) -> None:
    """Said, said better, renamed and closed; a stranger may speak but not decide."""
    number = api.create_discussion(ID, "Report", description="body").num
    comment = api.comment_discussion(ID, number, "needs a major bump")
    api.edit_discussion_comment(ID, number, comment.id, "needs a **major** bump")
    stranger = HfApi(endpoint=hub.url, token=hub.account("sam"))
    stranger.comment_discussion(ID, number, "why?")
    for forbidden in (
        lambda: stranger.rename_discussion(ID, number, "x"),
        lambda: stranger.edit_discussion_comment(ID, number, comment.id, "x"),
        lambda: stranger.change_discussion_status(ID, number, "closed"),
    ):
        with pytest.raises(HfHubHTTPError, match="403"):
            forbidden()
    api.rename_discussion(ID, number, "Report, again")
    api.change_discussion_status(ID, number, "closed", comment="done")

    details = api.get_discussion_details(ID, number)
    said = [event for event in details.events if isinstance(event, DiscussionComment)]
    assert [event.content for event in said] == ["body", "needs a **major** bump", "why?", "done"]
    assert ([event.edited for event in said], [event.author for event in said][2]) == (
        [False, True, False, False],
        "sam",
    )
    assert (details.title, details.status) == ("Report, again", "closed")


def test_discussions_are_found(api: HfApi, hub: Hub) -> None:
    """By kind, state and author, from the newest, over all pages."""
    hub.page_size = 2
    for title in ("one", "two", "three"):
        api.create_discussion(ID, title)
    number = propose(api, b"[]\n")
    api.change_discussion_status(ID, 1, "closed")

    assert [one.num for one in api.get_repo_discussions(ID)] == [4, 3, 2, 1]
    assert [one.num for one in api.get_repo_discussions(ID, discussion_type="pull_request")] == [number]
    assert [one.num for one in api.get_repo_discussions(ID, discussion_status="closed")] == [1]
    assert list(api.get_repo_discussions(ID, author="sam")) == []
    with pytest.raises(HfHubHTTPError, match="404"):
        api.get_discussion_details(ID, 9)
