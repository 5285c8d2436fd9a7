"""Workflows that a stranger can do nothing with: ours, and the one that users are given."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from hfsemver.workflows.initialise import WORKFLOW, template_root

ROOT = Path(__file__).parents[2]
OPEN = """
on: pull_request_target
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo "${{ github.event.pull_request.title }}"
"""


def _audited(folder: Path) -> subprocess.CompletedProcess[str]:
    zizmor = shutil.which("zizmor")
    assert zizmor is not None
    command = [zizmor, "--offline", "--no-progress", "--format", "plain", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_our_workflows_are_safe() -> None:
    """The audit has nothing to say of those that build and release."""
    done = _audited(ROOT / ".github" / "workflows")

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflow_of_init_is_safe(tmp_path: Path) -> None:
    """Nor of the one that ``hfsemver init --workflow`` writes."""
    path = tmp_path / WORKFLOW
    path.parent.mkdir(parents=True)
    path.write_bytes((template_root() / "workflow.yml").read_bytes())

    done = _audited(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


def test_an_open_workflow_is_seen(tmp_path: Path) -> None:
    """The audit that finds nothing above finds a hole where there is one."""
    path = tmp_path / WORKFLOW
    path.parent.mkdir(parents=True)
    path.write_text(OPEN, encoding="utf-8")

    done = _audited(tmp_path)

    assert done.returncode != 0
    assert "template-injection" in done.stdout
