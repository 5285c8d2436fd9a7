"""What every test can rely on: no network, nobody's configuration, no colours, and goldens that are asked to change."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GOLDEN = Path(__file__).parent / "golden"
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada Author",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+00:00",
    "GIT_COMMITTER_NAME": "Ada Author",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+00:00",
}
LOOPBACK = ("127.0.0.1", "::1", "localhost")
ASKED_BY_PEOPLE = ("AI_AGENT", "AGENT", "NO_COLOR", "FORCE_COLOR", "COLUMNS")

# The client of the Hub reads it on import, and that is when a module of tests is collected.
os.environ["HF_HUB_OFFLINE"] = "1"

# Other work on the same machine must not fail a test: the suite has its own time limit for a whole test.
settings.register_profile("hfsemver", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hfsemver")


class Golden(Protocol):
    """Compares a text with the file that holds the expected one."""

    def __call__(self, name: str, text: str) -> None:
        """Fail unless ``tests/golden/name`` holds exactly ``text``."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one switch with which expectations are written anew."""
    parser.addoption("--update-goldens", action="store_true", help="write tests/golden/* from what the code says now")


@pytest.fixture(scope="session", autouse=True)
def _isolation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the machine out: its user, its git configuration, its tokens and its network."""
    home = tmp_path_factory.mktemp("home")
    config = home / "gitconfig"
    config.write_text("[init]\n\tdefaultBranch = main\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(("GIT_", "HFSEMVER_", "HF_")) or name in ASKED_BY_PEOPLE:
                patch.delenv(name)
        for name, value in IDENTITY.items():
            patch.setenv(name, value)
        patch.setenv("HOME", str(home))
        patch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
        patch.setenv("GIT_CONFIG_GLOBAL", str(config))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("GIT_TERMINAL_PROMPT", "0")
        patch.setenv("GIT_ALLOW_PROTOCOL", "file")
        patch.setenv("HF_HUB_OFFLINE", "1")
        _keep_the_client_here(patch, home)
        patch.setattr(socket.socket, "connect", _connect_here(socket.socket.connect))
        yield


def _keep_the_client_here(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Take the client of the Hub off line, and its tokens out of reach.

    It reads its environment once, on import, and that is when tests of it are collected, before anything is set here.
    """
    from huggingface_hub import constants

    patch.setattr(constants, "HF_HUB_OFFLINE", True)
    for name in ("HF_TOKEN_PATH", "HF_STORED_TOKENS_PATH"):
        patch.setattr(constants, name, str(home / name.lower()))


def _connect_here(connect: Callable[[socket.socket, Any], None]) -> Callable[[socket.socket, Any], None]:
    def connect_here(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            message = f"a test reached for the network: {address!r}"
            raise AssertionError(message)
        connect(self, address)

    return connect_here


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Return the comparison with a file under ``tests/golden``; ``--update-goldens`` writes it instead."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-goldens"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
        assert path.is_file(), f"{path} is missing: run pytest --update-goldens and look at what it wrote"
        assert path.read_bytes() == text.encode("utf-8")

    return compare
