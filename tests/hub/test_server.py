"""The Hub of the tests starts fast, ends cleanly, and does not hide its own faults."""

from __future__ import annotations

import shutil
import threading
import time
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi

from tests.hub.client import get_session, httpx
from tests.hub.hub import running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.hub import Hub


@pytest.mark.usefixtures("client_home")
def test_a_hub_starts_and_ends_in_well_under_a_second(tmp_path: Path) -> None:
    """Nothing of it is left, and two of them know nothing of each other."""
    start = time.monotonic()
    with running(tmp_path / "one") as one, running(tmp_path / "two") as two:
        started = time.monotonic() - start
        one.create("acme/model")
        assert HfApi(endpoint=one.url, token=one.token).repo_exists("acme/model")
        assert not HfApi(endpoint=two.url, token=two.token).repo_exists("acme/model")
        address = one.url

    assert started < 1
    assert not [thread for thread in threading.enumerate() if thread.name == "hub"]
    with pytest.raises(httpx.ConnectError):
        get_session().get(address)


def test_the_same_calls_make_the_same_commits(tmp_path: Path) -> None:
    """Names, dates and contents are all there is in a commit, so that a test may write a hash down."""
    commits = []
    for name in ("one", "two"):
        with running(tmp_path / name) as hub:
            hub.create("acme/model", {"model.safetensors": b"weights", "README.md": b"# A\n"})
            commits.append(hub.commit("acme/model", {'a b/\u00e9"\\.txt': b""}, removed=("README.md",)))

    assert commits[0] == commits[1]


@pytest.mark.usefixtures("client_home")
def test_a_fault_of_the_hub_itself_fails_the_test(tmp_path: Path) -> None:
    """An answer of 500 could be taken for one that was asked for."""

    def ask_for_what_is_broken() -> None:
        with running(tmp_path) as hub:
            hub.create("acme/model")
            shutil.rmtree(hub.repository("acme/model").git.root / "objects")
            assert get_session().get(f"{hub.url}/api/models/acme/model").status_code == 500

    with pytest.raises(ExceptionGroup, match="the Hub itself failed"):
        ask_for_what_is_broken()


def test_a_route_that_is_not_there_says_so(hub: Hub) -> None:
    """A client that learns to ask something new is noticed."""
    answer = get_session().get(f"{hub.url}/api/spaces/acme/model")

    assert answer.status_code == 404
    assert "No such route here: GET /api/spaces/acme/model" in answer.text
