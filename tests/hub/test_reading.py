"""What the client reads: facts, lists, files and ranges, of real git."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import (
    BadRequestError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.hf_api import RepoFile, RepoFolder
from safetensors.numpy import save

if TYPE_CHECKING:
    from tests.hub.hub import Hub

ID = "acme/model"
CARD = b"""---
license: apache-2.0
library_name: transformers
pipeline_tag: text-generation
language: en
tags: [demo]
datasets: [acme/texts]
base_model: acme/root
---
# A model
"""
TENSORS = {f"layers.{i}.weight": np.full((8, 4), i, dtype=np.float32) for i in range(3)}
WEIGHTS = save(TENSORS, metadata={"format": "pt"})
FILES = {
    "README.md": CARD,
    "config.json": b'{"model_type": "llama"}\n',
    "model.safetensors": WEIGHTS,
    "a/b/c.txt": b"deep\n",
}


@pytest.fixture
def api(hub: Hub) -> HfApi:
    """The client of the owner, with a repository to read."""
    hub.create(ID, FILES)
    return HfApi(endpoint=hub.url, token=hub.token)


def test_the_owner_is_known_by_the_token(api: HfApi) -> None:
    """Whoever asks with it is told their name, and a token that nobody has is refused."""
    assert api.whoami()["name"] == "ada"

    with pytest.raises(HfHubHTTPError, match="Invalid user token"):
        api.whoami(token="hf_nobody")  # noqa: S106 -- one that is not valid


def test_a_model_is_described(api: HfApi, hub: Hub) -> None:
    """The facts come from the card, the files and the commit."""
    info = api.model_info(ID, files_metadata=True)

    assert (info.id, info.author, info.private, info.gated) == (ID, "acme", False, False)
    assert info.sha == hub.repository(ID).commit_of("main")
    assert (info.pipeline_tag, info.library_name) == ("text-generation", "transformers")
    assert info.card_data is not None
    assert info.card_data["license"] == "apache-2.0"
    assert info.siblings is not None
    sizes = {one.rfilename: one.size for one in info.siblings}
    assert {path: sizes[path] for path in FILES} == {path: len(content) for path, content in FILES.items()}
    (weights,) = (one for one in info.siblings if one.lfs)
    assert weights.lfs is not None
    assert weights.lfs.sha256 == hashlib.sha256(WEIGHTS).hexdigest()


def test_tags_say_where_a_model_comes_from(api: HfApi, hub: Hub) -> None:
    """A base gives a tag of its own and one with the relation, which the files suggest where the card is silent."""
    assert {"base_model:acme/root", "base_model:finetune:acme/root", "license:apache-2.0", "dataset:acme/texts"} <= set(
        api.model_info(ID).tags or ()
    )

    hub.create("acme/lora", {"README.md": b"---\nbase_model: acme/model\n---\n", "adapter_config.json": b"{}"})
    hub.create("acme/soup", {"README.md": b"---\nbase_model: [acme/model, acme/lora]\n---\n"})
    hub.create("acme/small", {"README.md": b"---\nbase_model: [acme/model]\n---\n", "q.gguf": b"GGUF"})
    hub.create("acme/said", {"README.md": b"---\nbase_model: acme/model\nbase_model_relation: merge\n---\n"})

    said = {name: set(api.model_info(f"acme/{name}").tags or ()) for name in ("lora", "soup", "small", "said")}
    assert "base_model:adapter:acme/model" in said["lora"]
    assert {"base_model:merge:acme/model", "base_model:merge:acme/lora"} <= said["soup"]
    assert "base_model:quantized:acme/model" in said["small"]
    assert "base_model:merge:acme/model" in said["said"]


def test_only_the_facts_that_were_asked_for_come_back(api: HfApi, hub: Hub) -> None:
    """``expand`` names them, those on demand among them, and a fact that nobody knows is refused."""
    hub.create("acme/child", {"README.md": b"---\nbase_model: acme/model\n---\n"})

    info = api.model_info(ID, expand=["baseModels", "childrenModelCount", "sha"])

    assert (info.sha, info.tags, info.children_model_count) == (hub.repository(ID).commit_of("main"), None, 1)
    models = [{"_id": "acme/root", "id": "acme/root"}]
    assert json.loads(json.dumps(info.base_models)) == {"relation": "finetune", "models": models}
    with pytest.raises(BadRequestError):
        api.model_info(ID, expand=["nonsense"])  # type: ignore[list-item]  # what a caller without types could say


def test_models_are_found_by_their_tags(api: HfApi, hub: Hub) -> None:
    """A filter, an author and a search each narrow the list, over as many pages as there are."""
    for number in range(5):
        hub.create(f"zoo/m{number}", {"README.md": b"---\nbase_model: acme/model\ntags: [zoo]\n---\n"})
    hub.page_size = 2

    assert [one.id for one in api.list_models(filter="base_model:acme/root")] == [ID]
    assert [one.id for one in api.list_models(filter="base_model:finetune:acme/root")] == [ID]
    assert [one.id for one in api.list_models(filter=["zoo", "base_model:acme/model"])] == [
        f"zoo/m{i}" for i in range(5)
    ]
    assert [one.id for one in api.list_models(author="zoo", search="M3")] == ["zoo/m3"]
    assert len(list(api.list_models(limit=3))) == 3


def test_a_filter_that_is_not_known_here_is_refused(api: HfApi) -> None:
    """A list that ignores what it was asked would let a fault of the client pass."""
    with pytest.raises(BadRequestError):
        list(api.list_models(pipeline_tag="text-generation"))
    with pytest.raises(BadRequestError):
        list(api.list_models(expand=["baseModels"]))


def test_datasets_have_a_place_of_their_own(api: HfApi, hub: Hub) -> None:
    """A dataset and a model of one name are two repositories."""
    hub.create(ID, {"train.csv": b"a,b\n", "README.md": b"---\nlicense: mit\n---\n"}, repo_type="dataset")

    assert api.dataset_info(ID).tags == ["license:mit", "region:us"]
    assert [one.id for one in api.list_datasets()] == [ID]
    assert "train.csv" in api.list_repo_files(ID, repo_type="dataset")
    assert "train.csv" not in api.list_repo_files(ID)


def test_a_tree_comes_in_pages(api: HfApi, hub: Hub) -> None:
    """The client follows the links, and a folder is an entry of its own."""
    hub.page_size = 2
    entries = list(api.list_repo_tree(ID, recursive=True))

    assert [one.path for one in entries] == [
        ".gitattributes", "README.md", "a", "a/b", "a/b/c.txt", "config.json", "model.safetensors",
    ]  # fmt: skip
    assert [one.path for one in entries if isinstance(one, RepoFolder)] == ["a", "a/b"]
    assert [one.path for one in api.list_repo_tree(ID, "a/b")] == ["a/b/c.txt"]
    trees = [request for request in hub.requests if "/tree/" in request.path]
    assert len(trees) == 4 + 1
    with pytest.raises(RemoteEntryNotFoundError):
        list(api.list_repo_tree(ID, "nowhere"))


def test_paths_are_described_with_their_last_commit(api: HfApi, hub: Hub) -> None:
    """What is missing is left out of the answer."""
    old = hub.repository(ID).commit_of("main")
    new = hub.commit(ID, {"config.json": b"{}"}, message="smaller")

    found = {
        one.path: one for one in api.get_paths_info(ID, ["model.safetensors", "config.json", "x", "a"], expand=True)
    }

    assert set(found) == {"model.safetensors", "config.json", "a"}
    weights, config = found["model.safetensors"], found["config.json"]
    assert isinstance(weights, RepoFile)
    assert isinstance(config, RepoFile)
    assert weights.lfs is not None
    assert (weights.size, weights.lfs.sha256) == (len(WEIGHTS), hashlib.sha256(WEIGHTS).hexdigest())
    assert weights.last_commit is not None
    assert config.last_commit is not None
    assert (weights.last_commit.oid, config.last_commit.oid, config.last_commit.title) == (old, new, "smaller")


def test_references_name_commits(api: HfApi, hub: Hub) -> None:
    """An annotated tag is peeled, and a slash in a branch is part of its name."""
    first = hub.repository(ID).commit_of("main")
    hub.tag(ID, "v1.0.0", message="the first")
    hub.branch(ID, "release/1.x")
    second = hub.commit(ID, {"config.json": b"{}"})

    refs = api.list_repo_refs(ID)

    assert {one.name: one.target_commit for one in refs.tags} == {"v1.0.0": first}
    assert {one.name: one.target_commit for one in refs.branches} == {"main": second, "release/1.x": first}
    assert refs.pull_requests is None


def test_a_revision_is_a_branch_before_it_is_anything_else(api: HfApi, hub: Hub) -> None:
    """Then a tag, a full reference, a hash or the start of one; anything else is not found."""
    first = hub.repository(ID).commit_of("main")
    hub.tag(ID, "both")
    second = hub.commit(ID, {"config.json": b"{}"})
    hub.branch(ID, "both")
    hub.branch(ID, "release/1.x", first)

    expected = {"both": second, "refs/tags/both": first, first: first, first[:7]: first, "release/1.x": first}
    assert {revision: api.model_info(ID, revision=revision).sha for revision in expected} == expected
    for missing in ("v9", "0" * 40, "refs/pr/1", "a b"):
        with pytest.raises(RevisionNotFoundError):
            api.model_info(ID, revision=missing)


def test_commits_are_listed_from_the_newest(api: HfApi, hub: Hub) -> None:
    """Title and message are parted, and pages followed."""
    hub.commit(ID, {"x": b"1"}, message="third\n\nwith a body")
    hub.page_size = 1

    found = [(one.title, one.message) for one in api.list_repo_commits(ID)]

    assert found == [("third", "with a body"), ("change", ""), ("initial commit", "")]
