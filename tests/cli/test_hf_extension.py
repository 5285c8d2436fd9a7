"""``hf semver``: the command as an extension of the real ``hf``, which runs a script of that name out of a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hfsemver import __version__
from hfsemver.cli.exits import Exit
from tests.gitworld import isolated
from tests.workflows.pushing import BODY, HEADLESS, files

if TYPE_CHECKING:
    from collections.abc import Callable

    Hf = Callable[..., subprocess.CompletedProcess[str]]

SCRIPTS = Path(sys.executable).parent


@pytest.fixture
def hf(tmp_path: Path) -> Hf:
    """The command ``hf`` of somebody who installed the extension: the files are those that ``hf extensions install`` leaves."""
    if not (SCRIPTS / "hf-semver").is_file():
        pytest.skip("the package is not installed here, so there is no script")
    folder = tmp_path / ".local" / "share" / "hf" / "extensions" / "hf-semver"
    folder.mkdir(parents=True)
    manifest = {
        "owner": "acme",
        "repo": "hf-semver",
        "repo_id": "acme/hf-semver",
        "short_name": "semver",
        "executable_path": str(SCRIPTS / "hf-semver"),
        "type": "python",
        "installed_at": datetime.now(UTC).isoformat(),
        "description": "Version numbers that can be believed",
        "commit_sha": None,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for name, version, tensors in (("old", "1.0.0", BODY), ("new", "1.0.1", HEADLESS)):
        for path, content in files(tensors, version).items():
            place = tmp_path / name / path
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(content)
    quiet = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_UPDATE_CHECK": "1", "HF_HOME": str(tmp_path / "hf")}
    environment = {**isolated(tmp_path), **quiet, "HF_HUB_OFFLINE": "1"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(SCRIPTS / "hf"), *words]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    return run


def test_hf_semver_is_the_command(hf: Hf) -> None:
    """Words, output and exit code pass through as they are."""
    done = hf("semver", "check", "./new", "--baseline", "./old")

    assert done.returncode == Exit.TOO_SMALL, done.stderr
    assert "tensor-removed" in done.stdout
    assert hf("semver", "--version").stdout.strip() == f"hfsemver {__version__}"
    assert hf("semver", "nonsense").returncode == Exit.USAGE


def test_hf_lists_it(hf: Hf) -> None:
    """Among what is installed, and the name is none of its own."""
    done = hf("extensions", "list")

    assert done.returncode == 0, done.stderr
    assert "semver" in done.stdout


def test_a_package_installed_as_an_extension_has_the_script() -> None:
    """What ``hf extensions install`` looks for in the package."""
    from importlib.metadata import entry_points

    (script,) = entry_points(group="console_scripts", name="hf-semver")
    assert script.value == "hfsemver.cli.main:main"
    assert os.access(SCRIPTS / "hf-semver", os.X_OK)
