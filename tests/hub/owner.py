"""What tests do with the client of the owner, on a Hub with one empty repository."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import HfHubHTTPError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hub.hub import Hub

ID = "acme/model"


@pytest.fixture
def api(hub: Hub) -> HfApi:
    """The client of the owner, with an empty repository."""
    api = HfApi(endpoint=hub.url, token=hub.token)
    api.create_repo(ID)
    return api


def status(call: Callable[[], object]) -> int:
    """Return the status with which a call is refused."""
    with pytest.raises(HfHubHTTPError) as caught:
        call()
    return caught.value.response.status_code


def add(path: str, content: bytes) -> CommitOperationAdd:
    return CommitOperationAdd(path, content)


def content(api: HfApi, path: str, revision: str = "main") -> bytes:
    """Return a file as the client downloads it."""
    return Path(api.hf_hub_download(ID, path, revision=revision)).read_bytes()
