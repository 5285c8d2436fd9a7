"""What the client changes by itself: repositories, commits, branches and tags."""

from __future__ import annotations

import hashlib
import io
import json
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from huggingface_hub import CommitOperationCopy, CommitOperationDelete, HfApi
from huggingface_hub.errors import (
    HfHubHTTPError,
    RemoteEntryNotFoundError,
)

from tests.hub.client import get_session, httpx
from tests.hub.faults import LoseReply
from tests.hub.owner import ID, add, api, content, status

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.hub import Hub

__all__ = ["api"]

WEIGHTS = bytes(range(256)) * 40
CARD = b"---\nlicense: mit\n---\n# A model\n"


def post_commit(api: HfApi, hub: Hub, lines: list[dict[str, Any]]) -> httpx.Response:
    """Send the lines of a commit as they are."""
    return get_session().post(
        f"{hub.url}/api/models/{ID}/commit/main",
        content="".join(json.dumps(line) + "\n" for line in lines).encode(),
        headers={"Authorization": f"Bearer {api.token}", "Content-Type": "application/x-ndjson"},
    )


def test_a_commit_holds_everything_at_once(api: HfApi, hub: Hub) -> None:
    """Small files lie in git and weights beside it, with title and message as they were given."""
    files = {"model.safetensors": WEIGHTS, "config.json": b"{}", "README.md": CARD, "empty.safetensors": b""}
    before = api.model_info(ID).sha
    made = api.create_commit(
        ID,
        [add(path, data) for path, data in files.items()],
        commit_message="Release 1.0.0",
        commit_description="the first",
        parent_commit=before,
    )

    assert made.commit_url == f"{hub.url}/{ID}/commit/{made.oid}"
    newest = api.list_repo_commits(ID)[0]
    assert (newest.commit_id, newest.title, newest.message) == (made.oid, "Release 1.0.0", "the first")
    assert {path: content(api, path) for path in files} == files
    entry = hub.repository(ID).tree(made.oid)["model.safetensors"]
    assert entry.pointer is not None
    assert entry.pointer.sha256 == hashlib.sha256(WEIGHTS).hexdigest()


def test_a_commit_on_a_branch_that_moved_is_refused(api: HfApi) -> None:
    """Whole and short hashes of the parent are compared, and nothing is written."""
    first = api.model_info(ID).sha
    assert first is not None
    second = api.create_commit(ID, [add("a", b"1")], commit_message="a", parent_commit=first[:8]).oid

    for stale in (first, first[:8], "0" * 40):
        commit = [add("b", b"2")]
        assert status(lambda: api.create_commit(ID, commit, commit_message="b", parent_commit=stale)) == 412  # noqa: B023 -- called at once
    assert api.model_info(ID).sha == second


def test_of_commits_at_the_same_time_one_comes_first(api: HfApi) -> None:
    """With the same parent one is taken and the others are refused; without one they all are, one after another."""
    before = api.model_info(ID).sha

    def release(number: int, parent: str | None) -> int:
        try:
            files = [add(f"{number}.bin", bytes([number]) * 1000)]
            api.create_commit(ID, files, commit_message=f"Release {number}", parent_commit=parent)
        except HfHubHTTPError as error:
            return error.response.status_code
        return 200

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(release, range(4), [before] * 4)) == [200, 412, 412, 412]
        assert list(pool.map(release, range(4, 8), [None] * 4)) == [200] * 4

    assert {f"{number}.bin" for number in range(4, 8)} <= set(api.list_repo_files(ID))
    assert len(api.list_repo_commits(ID)) == 1 + 1 + 4


def test_a_commit_that_changes_nothing_is_none(api: HfApi) -> None:
    """The client compares hashes and stays at the tip, for weights as well."""
    files = {"config.json": b"{}", "model.safetensors": WEIGHTS}
    first = api.create_commit(ID, [add(*one) for one in files.items()], commit_message="one")
    again = api.create_commit(ID, [add(*one) for one in files.items()], commit_message="two")

    assert again.oid == first.oid
    assert len(api.list_repo_commits(ID)) == 2


def test_files_and_folders_are_deleted_and_copied(api: HfApi, hub: Hub) -> None:
    """A copy of weights moves no bytes, and what is not there cannot go."""
    api.create_commit(ID, [add("a/x", b"1"), add("a/b/y", b"2"), add("m.safetensors", WEIGHTS)], commit_message="one")
    hub.requests.clear()
    api.create_commit(
        ID,
        [CommitOperationDelete("a/"), CommitOperationCopy("m.safetensors", "n.safetensors")],
        commit_message="two",
    )

    assert api.list_repo_files(ID) == [".gitattributes", "m.safetensors", "n.safetensors"]
    assert not [request for request in hub.requests if "/cdn/" in request.path]
    assert content(api, "n.safetensors") == WEIGHTS
    with pytest.raises(RemoteEntryNotFoundError):
        api.delete_file("zzz", ID)


def test_weights_are_uploaded_in_parts_where_they_are_large(api: HfApi, hub: Hub) -> None:
    """The parts are put together in their order."""
    hub.part_size = 4096
    made = api.upload_file(path_or_fileobj=WEIGHTS, path_in_repo="model.safetensors", repo_id=ID)

    puts = [request for request in hub.requests if request.method == "PUT"]
    assert [request.path.rpartition("/")[2] for request in puts] == ["1", "2", "3"]
    assert not any(request.authorized for request in puts)
    assert content(api, "model.safetensors", made.oid) == WEIGHTS


def test_weights_that_are_there_are_not_uploaded_again(api: HfApi, hub: Hub) -> None:
    """An object is known by its hash, whatever the name of the file."""
    api.upload_file(path_or_fileobj=WEIGHTS, path_in_repo="a.bin", repo_id=ID)
    hub.requests.clear()
    api.upload_file(path_or_fileobj=io.BytesIO(WEIGHTS), path_in_repo="b.bin", repo_id=ID)

    assert not [request for request in hub.requests if request.method == "PUT"]
    assert content(api, "b.bin") == WEIGHTS


def test_a_file_that_git_should_not_hold_is_uploaded_as_an_object(api: HfApi, hub: Hub) -> None:
    """Its name says nothing of weights, its size does."""
    large = bytes(10 * 1024 * 1024 + 1)
    made = api.upload_file(path_or_fileobj=large, path_in_repo="tokenizer.json", repo_id=ID)

    pointer = hub.repository(ID).tree(made.oid)["tokenizer.json"].pointer
    assert pointer is not None
    assert pointer.size == len(large)


def test_a_folder_is_uploaded_without_what_it_ignores(api: HfApi, tmp_path: Path) -> None:
    """The patterns of an ignore file mean what they mean to git, and others are deleted on the way."""
    api.create_commit(ID, [add("old.bin", b"old"), add("kept.txt", b"kept")], commit_message="one")
    for name, text in {"a/x.json": "{}", "a/y.log": "no", "b.log": "yes", ".gitignore": "*.log\n!/b.log\n"}.items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    api.upload_folder(repo_id=ID, folder_path=tmp_path / "folder", commit_message="folder", delete_patterns=["*.bin"])

    assert api.list_repo_files(ID) == [".gitattributes", ".gitignore", "a/x.json", "b.log", "kept.txt"]


def test_an_object_that_never_came_cannot_be_committed(api: HfApi, hub: Hub) -> None:
    """A pointer to nothing would be a file that nobody can download."""
    said = [
        {"key": "header", "value": {"summary": "x"}},
        {"key": "lfsFile", "value": {"path": "m.bin", "algo": "sha256", "oid": "0" * 64, "size": 1}},
    ]
    answer = post_commit(api, hub, said)

    assert (answer.status_code, "does not exist" in answer.json()["error"]) == (400, True)


def test_a_path_that_leads_elsewhere_is_refused(api: HfApi, hub: Hub) -> None:
    """Whatever the client lets through."""
    before = api.model_info(ID).sha
    for path in ("../x", "a/../b", ".git/config", "a\nb", "/x", "a//b", ""):
        said = [
            {"key": "header", "value": {"summary": "x"}},
            {"key": "file", "value": {"path": path, "content": "", "encoding": "base64"}},
        ]
        assert post_commit(api, hub, said).status_code == 400

    assert api.model_info(ID).sha == before


def test_a_commit_whose_reply_is_lost_is_there(api: HfApi, hub: Hub) -> None:
    """The client does not try it again by itself, and whoever does is told that the branch has moved."""
    before = api.model_info(ID).sha
    hub.faults.add("POST", f"/api/models/{ID}/commit/*", LoseReply())
    with pytest.raises(httpx.TransportError):
        api.create_commit(ID, [add("a", b"1")], commit_message="a", parent_commit=before)

    assert api.list_repo_commits(ID)[0].title == "a"
    assert status(lambda: api.create_commit(ID, [add("b", b"1")], commit_message="a", parent_commit=before)) == 412


def test_a_card_is_checked_before_it_is_committed(api: HfApi) -> None:
    """An error ends the upload, a warning is one of Python."""
    for wrong in (b"license: nonsense", b"base_model: 3", b"tags: one", b"license: [", b"base_model_relation: child"):
        with pytest.raises(ValueError, match="Invalid metadata"):
            api.create_commit(ID, [add("README.md", b"---\n" + wrong + b"\n---\n")], commit_message="card")
    with pytest.warns(UserWarning, match="empty or missing yaml metadata"):
        api.create_commit(ID, [add("README.md", b"# No front matter\n")], commit_message="card")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        api.create_commit(ID, [add("README.md", CARD)], commit_message="card")

    assert [one.title for one in api.list_repo_commits(ID)] == ["card", "card", "initial commit"]
