"""What the client reads: facts, lists, files and ranges, of real git."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from huggingface_hub import HfApi, HfFileSystem, hf_hub_url
from huggingface_hub.errors import (
    BadRequestError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.hf_api import RepoFile, RepoFolder
from safetensors.numpy import save

from tests.hub.client import get_session

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


def test_files_are_downloaded_whole(api: HfApi, hub: Hub) -> None:
    """Small ones from the Hub, large ones from another host that is shown no token."""
    hub.branch(ID, "release/1.x")
    folder = api.snapshot_download(ID)
    for path, content in FILES.items():
        assert (Path(folder) / path).read_bytes() == content
    assert Path(api.hf_hub_download(ID, "config.json", revision="release/1.x")).read_bytes() == FILES["config.json"]

    (large,) = [request for request in hub.requests if request.path.startswith("/cdn/")]
    assert (large.host, large.authorized, large.status, large.sent) == ("localhost", False, 200, len(WEIGHTS))
    assert all(request.authorized for request in hub.requests if request.host != "localhost")


def test_what_is_missing_is_said_to_be_missing(api: HfApi) -> None:
    """A file, a revision and a repository are three exceptions."""
    assert api.file_exists(ID, "config.json")
    assert not api.file_exists(ID, "nope.json")
    with pytest.raises(RemoteEntryNotFoundError):
        api.hf_hub_download(ID, "nope.bin")
    with pytest.raises(RevisionNotFoundError):
        api.hf_hub_download(ID, "config.json", revision="v9")
    with pytest.raises(RepositoryNotFoundError):
        api.model_info("acme/nope")


def test_the_header_of_weights_is_read_by_a_range(api: HfApi, hub: Hub) -> None:
    """The client reads tensors' shapes without the tensors' bytes."""
    metadata = api.get_safetensors_metadata(ID)

    assert metadata.parameter_count == {"F32": 96}
    assert any(request.status == 206 and request.range.startswith("bytes=0-") for request in hub.requests)


def test_a_tensor_is_read_through_the_file_system(api: HfApi, hub: Hub) -> None:
    """Blocks are asked for, and no more bytes go over the wire than the blocks hold."""
    hub.tag(ID, "v1.0.0")
    hub.requests.clear()
    files = HfFileSystem(endpoint=hub.url, token=api.token, skip_instance_cache=True)
    with files.open(f"hf://{ID}@v1.0.0/model.safetensors", "rb", block_size=64) as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        offsets = json.loads(stream.read(length))["layers.2.weight"]["data_offsets"]
        stream.seek(8 + length + offsets[0])
        tensor = np.frombuffer(stream.read(offsets[1] - offsets[0]), dtype=np.float32)

    assert (tensor == TENSORS["layers.2.weight"].ravel()).all()
    ranges = [request for request in hub.requests if request.path.startswith("/cdn/")]
    assert {request.status for request in ranges} == {206}
    assert sum(request.sent for request in ranges) < len(WEIGHTS)


@pytest.mark.parametrize("path", ["config.json", "model.safetensors"])
def test_a_range_is_answered_with_its_bytes(path: str, api: HfApi, hub: Hub) -> None:
    """From the start, to the end, from the end, and past the end; behind the end there is nothing."""
    whole, url = FILES[path], hf_hub_url(ID, path, endpoint=hub.url)

    def ask(span: str) -> tuple[int, str, bytes]:
        answer = get_session().get(url, headers={"Range": span, "Authorization": f"Bearer {api.token}"})
        return answer.status_code, answer.headers["Content-Range"], answer.content

    size = len(whole)
    assert ask("bytes=0-7") == (206, f"bytes 0-7/{size}", whole[:8])
    assert ask("bytes=5-") == (206, f"bytes 5-{size - 1}/{size}", whole[5:])
    assert ask("bytes=-3") == (206, f"bytes {size - 3}-{size - 1}/{size}", whole[-3:])
    assert ask("bytes=2-99999") == (206, f"bytes 2-{size - 1}/{size}", whole[2:])
    assert ask("bytes=99999-") == (416, f"bytes */{size}", b"")


def test_the_old_name_of_a_repository_leads_to_the_new_one(api: HfApi, hub: Hub, tmp_path: Path) -> None:
    """Facts carry the new id, files come, and a name that moves twice leads to the last."""
    hub.move(ID, "acme/renamed")
    hub.move("acme/renamed", "corp/final")
    hub.move("model", "corp/final")

    assert [api.model_info(name).id for name in (ID, "acme/renamed", "model")] == ["corp/final"] * 3
    assert json.loads(Path(api.hf_hub_download(ID, "config.json")).read_bytes())["model_type"] == "llama"
    assert Path(api.hf_hub_download(ID, "model.safetensors", cache_dir=tmp_path)).read_bytes() == WEIGHTS
    assert {request.status for request in hub.requests if ID in request.path and "/cdn/" not in request.path} == {307}

    hub.create(ID, {"config.json": b"{}"})
    assert api.model_info(ID).id == ID
