"""The fixtures of the Hub, for whichever folder of tests imports them into its conftest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hub.hub import Hub


@pytest.fixture
def client_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the client of this process speak to the loopback interface, with its cache and its tokens in a new folder.

    It reads its environment once, on import, so that what it read is changed and put back.
    """
    from huggingface_hub import constants

    from tests.hub.client import close_session

    home = tmp_path / "hf"
    settings = {
        "HF_HUB_OFFLINE": False,
        "HF_HUB_DISABLE_TELEMETRY": True,
        "HF_HUB_DISABLE_UPDATE_CHECK": True,
        "HF_HUB_DISABLE_XET": True,
        "HF_HUB_CACHE": str(home / "hub"),
        "HF_ASSETS_CACHE": str(home / "assets"),
        "HF_TOKEN_PATH": str(home / "token"),
        "HF_STORED_TOKENS_PATH": str(home / "stored_tokens"),
    }
    for name, value in settings.items():
        monkeypatch.setattr(constants, name, value, raising=False)
    close_session()
    yield home
    close_session()


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory, client_home: Path) -> Iterator[Hub]:
    """A Hub of its own for one test."""
    from tests.hub.client import close_session
    from tests.hub.hub import running

    with running(tmp_path_factory.mktemp("hub")) as ours:
        yield ours
        # A server waits for connections that are open.
        close_session()
