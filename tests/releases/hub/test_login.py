"""Who asks: a workflow without a secret is somebody as well, and whoever is not hears why."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hfsemver.cli.exits import Exit
from tests.workflows.pushing import BODY, files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.hub.hub import Hub

ID = "acme/model"


def ran(hub: Hub, home: Path, variables: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, since the client keeps a token that it was given."""
    environment = {**hub.environment(home), **variables}
    del environment["HF_TOKEN"]
    command = [sys.executable, "-m", "hfsemver", *words]
    path = {"PATH": "/usr/bin:/bin"}
    return subprocess.run(
        command, cwd=home, env=environment | path, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model that is to be published."""
    for path, content in files(BODY, "1.0.0").items():
        place = tmp_path / "model" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return tmp_path


def test_a_trusted_publisher_publishes_without_a_secret(hub: Hub, folder: Path) -> None:
    """The token that it gets writes to this model and says nobody's name, so nothing asks for one."""
    hub.create(ID)
    hub.trust("of the workflow", ID)
    variables = {"HF_OIDC_RESOURCE": ID, "HF_OIDC_ID_TOKEN": "of the workflow"}

    done = ran(hub, folder, variables, "push", "model", f"hf://{ID}")

    assert done.returncode == 0, done.stdout + done.stderr
    assert hub.repository(ID).git.git("rev-parse", "refs/tags/v1.0.0^{commit}")
    assert hub.requests[0].path == "/oauth/token"
    assert not any(request.path == "/api/whoami-v2" for request in hub.requests)


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({}, "no OIDC id token is available"),
        ({"GITHUB_ACTIONS": "true"}, "id-token: write"),
        ({"HF_OIDC_ID_TOKEN": "of another workflow"}, "401"),
        ({"GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x", "ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1:9/"},
         "refused"),
        ({"GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x", "ACTIONS_ID_TOKEN_REQUEST_URL": "nowhere"}, "gives no token"),
        ({"GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x", "ACTIONS_ID_TOKEN_REQUEST_URL": "{hub}/api/models/acme/model"},
         "gives no token"),
    ],
    ids=["no CI", "no permission", "nobody's publisher", "no answer", "no address", "another answer"],
)  # fmt: skip
def test_a_token_that_cannot_be_had_is_an_error_with_its_reason(
    hub: Hub, folder: Path, variables: dict[str, str], reason: str
) -> None:
    """Nothing is asked as nobody instead, and it is no fault of ours."""
    hub.create(ID)
    given = {name: value.replace("{hub}", hub.url) for name, value in variables.items()}

    done = ran(hub, folder, {"HF_OIDC_RESOURCE": ID, **given}, "check", f"hf://{ID}")

    assert done.returncode == Exit.UNREADABLE, done.stdout + done.stderr
    assert reason in done.stderr
    assert "name this workflow as a Trusted Publisher" in done.stderr
    assert "Traceback" not in done.stderr
