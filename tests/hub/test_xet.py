"""Large files by Xet: real chunks of the real library, stored in a folder."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from huggingface_hub import HfApi
from huggingface_hub.hf_api import RepoFile

from tests.hub.hub import running
from tests.hub.interpreter import run_program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hub.hub import Hub

pytest.importorskip("hf_xet")
ID, COPY = "acme/model", "acme/copy"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the program has its files and its home."""
    return tmp_path_factory.mktemp("program")


@pytest.fixture(scope="module")
def xet_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A Hub that stores large files by Xet, with two repositories."""
    with running(tmp_path_factory.mktemp("hub"), xet=True) as ours:
        ours.create(ID)
        ours.create(COPY)
        yield ours


@pytest.fixture(scope="module")
def seen(xet_hub: Hub, folder: Path) -> dict[str, Any]:
    """What a program with Xet made and saw."""
    result: dict[str, Any] = run_program(xet_hub, folder / "home", "upload_by_xet.py", ID, COPY, str(folder))
    return result


def test_large_files_go_by_xet_and_come_back(seen: dict[str, Any], xet_hub: Hub) -> None:
    """The client asks for tokens instead of addresses, and none of its files goes through the Hub."""
    assert seen["came back"] == [True] * 5
    assert seen["again"] == seen["first"]
    tokens = [request.path for request in xet_hub.requests if "-token/" in request.path]
    assert [path for path in tokens if "xet-write-token" in path]
    assert [path for path in tokens if "xet-read-token" in path]
    puts = [request for request in xet_hub.requests if request.method == "PUT"]
    assert len(puts) == 1, "only a stream, which Xet cannot read twice, is uploaded by git-lfs"


@pytest.mark.usefixtures("client_home")
def test_git_holds_ordinary_pointers(seen: dict[str, Any], xet_hub: Hub, folder: Path) -> None:
    """Whoever knows nothing of Xet downloads the same file."""
    weights = (folder / "model.safetensors").read_bytes()
    pointer = xet_hub.repository(ID).tree(seen["first"])["model.safetensors"].pointer

    assert pointer is not None
    assert (pointer.sha256, pointer.size) == (hashlib.sha256(weights).hexdigest(), len(weights))
    plain = HfApi(endpoint=xet_hub.url, token=xet_hub.token)
    before = len(xet_hub.requests)
    assert Path(plain.hf_hub_download(ID, "model.safetensors", revision=seen["first"])).read_bytes() == weights
    assert [request.sent for request in xet_hub.requests[before:] if request.path.startswith("/cdn/")] == [len(weights)]


@pytest.mark.usefixtures("client_home")
def test_a_hash_of_xet_is_known_of_what_came_by_it(seen: dict[str, Any], xet_hub: Hub) -> None:
    """In lists, for a copy as well, and not for a stream that came by git-lfs."""
    api = HfApi(endpoint=xet_hub.url, token=xet_hub.token)

    def xet_hash(repo_id: str, path: str, revision: str) -> str | None:
        (info,) = api.get_paths_info(repo_id, [path], revision=revision)
        assert isinstance(info, RepoFile)
        return info.xet_hash

    first, copied = xet_hash(ID, "model.safetensors", seen["first"]), xet_hash(COPY, "model.safetensors", "main")
    assert first is not None
    assert re.fullmatch("[0-9a-f]{64}", first)
    assert (copied, xet_hash(ID, "stream.bin", "main")) == (first, None)


def test_without_xet_there_are_no_tokens(hub: Hub) -> None:
    """A client that insists is told so."""
    from tests.hub.client import get_session

    hub.create(ID)
    headers = {"Authorization": f"Bearer {hub.token}"}
    assert get_session().get(f"{hub.url}/api/models/{ID}/xet-write-token/main", headers=headers).status_code == 404
