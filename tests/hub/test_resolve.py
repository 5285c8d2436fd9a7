"""Files as the client downloads them: whole, by ranges, through a file system, and by an old name."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from huggingface_hub import HfApi, HfFileSystem, hf_hub_url
from huggingface_hub.errors import RemoteEntryNotFoundError, RepositoryNotFoundError, RevisionNotFoundError
from safetensors.numpy import save

from tests.hub.client import get_session

if TYPE_CHECKING:
    from tests.hub.hub import Hub

ID = "acme/model"
TENSORS = {f"layers.{i}.weight": np.full((8, 4), i, dtype=np.float32) for i in range(3)}
WEIGHTS = save(TENSORS, metadata={"format": "pt"})
FILES = {"config.json": b'{"model_type": "llama"}\n', "model.safetensors": WEIGHTS, "a/b/c.txt": b"deep\n"}


@pytest.fixture
def api(hub: Hub) -> HfApi:
    """The client of the owner, with a repository to read."""
    hub.create(ID, FILES)
    return HfApi(endpoint=hub.url, token=hub.token)


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
