"""What ships beside the code of the action: safe files, complete tables, and dependencies of known hashes."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from hfsemver.workflows.action.inputs import PREFIX, Inputs
from tests.action.runner import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DESCRIBED: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
LOCK = (ROOT / ".github" / "action-requirements.txt").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "action.md").read_text(encoding="utf-8")
WORKFLOWS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
LOCKED = re.compile(r"^([\w.-]+)==([^ ]+)(?: ;[^\\]*)? \\$", re.MULTILINE)
ON_THE_SHELL = {"python_version", "hub_token"}


def audited(folder: Path) -> subprocess.CompletedProcess[str]:
    """Let the strictest persona of the audit look at every file of a folder."""
    zizmor = shutil.which("zizmor")
    assert zizmor is not None
    command = [zizmor, "--offline", "--no-progress", "--persona=auditor", "--format", "plain", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_action_is_safe(tmp_path: Path) -> None:
    """The strictest audit has nothing to say."""
    shutil.copy(ROOT / "action.yml", tmp_path)
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    done = audited(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("text", WORKFLOWS, ids=lambda text: yaml.safe_load(text)["name"])
def test_a_workflow_of_the_page_is_safe_and_fits(text: str, tmp_path: Path) -> None:
    """As somebody has it who copies it; what it gives the action are inputs of it."""
    path = tmp_path / ".github" / "workflows" / "model.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    done = audited(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    steps = [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]
    (ours,) = [step for step in steps if step["uses"].startswith("OWNER/hfsemver@")]
    assert ours.get("with", {}).keys() <= DESCRIBED["inputs"].keys()
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]) for step in steps)


def test_there_are_workflows_to_look_at() -> None:
    """The page shows one for each thing that the action does."""
    assert len(WORKFLOWS) == 4


def test_every_input_reaches_the_command_as_a_variable() -> None:
    """By its own name, and every field that the command reads is an input."""
    environment = DESCRIBED["runs"]["steps"][-1]["env"]
    wanted = {
        f"{PREFIX}{name.upper().replace('-', '_')}": f"${{{{ inputs.{name} }}}}"
        for name in DESCRIBED["inputs"]
        if name != "python-version"
    }

    assert environment == wanted
    assert set(Inputs.__dataclass_fields__) | ON_THE_SHELL == {name.replace("-", "_") for name in DESCRIBED["inputs"]}


def test_no_script_holds_an_expression() -> None:
    """What a stranger writes is never the text of a script."""
    scripts = [step["run"] for step in DESCRIBED["runs"]["steps"] if "run" in step]

    assert scripts
    assert not [script for script in scripts if "${{" in script]


def test_the_lock_holds_what_the_package_asks_for() -> None:
    """Each dependency in a version that it takes, with a hash, and nothing that trains."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = {canonicalize_name(name): Version(version) for name, version in LOCKED.findall(LOCK)}
    wanted = [Requirement(one) for one in (*project["project"]["dependencies"], *project["build-system"]["requires"])]

    assert LOCK.count("==") >= len(locked) >= len(wanted)
    for requirement in wanted:
        assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement
    assert "torch" not in locked
    blocks = re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK
