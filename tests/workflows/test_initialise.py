"""Setting a repository up."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from hfsemver import __version__
from hfsemver.core.errors import UsageError
from hfsemver.policy.load import KEYS
from hfsemver.policy.policy import FILE_NAME, SWITCHES, Policy
from hfsemver.workflows.hook.script import Owner, owner_of
from hfsemver.workflows.initialise import WORKFLOW, initialise, template_root
from hfsemver.workflows.policies import parse_policy
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from pathlib import Path


def test_the_policy_changes_nothing_as_it_is_written() -> None:
    """Every key is a comment."""
    text = (template_root() / "policy.yaml").read_bytes()

    assert parse_policy(text, FILE_NAME) == Policy()


def test_the_policy_shows_every_key_with_its_default() -> None:
    """Without the # signs it is the default policy, key by key."""
    # Prose stands one blank behind its #, examples three.
    text = re.sub(r"(?m)^#(?: | {3})(?! ).*\n", "", (template_root() / "policy.yaml").read_text()).replace("#", "")

    document = yaml.safe_load(text)

    assert tuple(document) == KEYS
    assert set(document["guard"]) == {switch.value for switch in SWITCHES}
    assert parse_policy(text.encode(), FILE_NAME) == Policy()


def test_the_examples_of_the_policy_are_valid() -> None:
    """Whoever copies an example out of the comments gets a policy that is read."""
    text = (template_root() / "policy.yaml").read_text()
    blocks = re.findall(r"For example:\n((?:#   .*\n)+)#(\w+):", text)

    assert [key for _, key in blocks] == ["rules", "ignore", "accept"]
    for lines, key in blocks:
        parse_policy(f"{key}:\n{lines.replace('#', ' ')}".encode(), FILE_NAME)


def test_init_writes_the_policy_and_the_hook(tmp_path: Path) -> None:
    """From a subfolder too: both belong to the repository."""
    world = GitWorld.create(tmp_path / "work")
    world.write({"sub/a": b"a"})

    said = list(initialise(str(world.root / "sub")))

    assert said[0] == f"Wrote {FILE_NAME}"
    assert (world.root / FILE_NAME).read_text() == (template_root() / "policy.yaml").read_text()
    assert owner_of(world.root / ".git/hooks/pre-push") is Owner.HFSEMVER
    assert not (world.root / WORKFLOW).exists()
    assert any("git tag -a v1.0.0" in line for line in said)


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    """Not on a second run, and not through a link that leads out of the repository."""
    world = GitWorld.create(tmp_path / "work")
    outside = tmp_path / "outside"
    (world.root / WORKFLOW).parent.mkdir(parents=True)
    (world.root / WORKFLOW).symlink_to(outside)
    (world.root / FILE_NAME).write_text("promise: load\n")

    said = list(initialise(str(world.root), (FILE_NAME, WORKFLOW)))

    assert said[:2] == [f"Kept {FILE_NAME}, which is there already", f"Kept {WORKFLOW}, which is there already"]
    assert (world.root / FILE_NAME).read_text() == "promise: load\n"
    assert not outside.exists()


def test_the_workflow_asks_for_little_and_pins_what_it_uses(tmp_path: Path) -> None:
    """No permission but to read, actions by their full commit, and no input in a shell."""
    world = GitWorld.create(tmp_path / "work")
    list(initialise(str(world.root), (WORKFLOW,)))

    text = (world.root / WORKFLOW).read_text()
    workflow = yaml.safe_load(text)
    steps = workflow["jobs"]["check"]["steps"]

    assert workflow["permissions"] == {}
    assert workflow["jobs"]["check"]["permissions"] == {"contents": "read"}
    for step in steps:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step.get("uses", f"a/b@{'0' * 40}"))
        assert "${{" not in step.get("run", "")
    assert f"of hfsemver {__version__};" in text
    assert steps[0]["with"] == {"fetch-depth": 0, "lfs": True, "persist-credentials": False}


def test_the_workflow_installs_nothing_before_somebody_says_from_where(tmp_path: Path) -> None:
    """No name that a stranger could own: the step fails loudly while its source is empty, and init says what to fill in."""
    world = GitWorld.create(tmp_path / "work")
    said = "\n".join(initialise(str(world.root), (WORKFLOW,)))
    steps = yaml.safe_load((world.root / WORKFLOW).read_text())["jobs"]["check"]["steps"]
    install = next(step for step in steps if step.get("name") == "Install hfsemver")
    shell = ["sh", "-c", f'python() {{ echo ran "$@"; }}; {install["run"]}']

    empty = subprocess.run(shell, env=install["env"], capture_output=True, text=True, check=False)
    filled = subprocess.run(shell, env={"HFSEMVER_SOURCE": "./x.whl"}, capture_output=True, text=True, check=False)

    assert empty.returncode != 0
    assert "fill in where hfsemver comes from" in empty.stderr
    assert not empty.stdout
    assert (filled.returncode, filled.stdout) == (0, "ran -m pip install ./x.whl\n")
    assert f"fill in HFSEMVER_SOURCE in {WORKFLOW}" in said


def test_with_releases_the_next_step_is_a_check(tmp_path: Path) -> None:
    """Nobody is told to tag what has tags."""
    world = GitWorld.create(tmp_path / "work")
    world.commit({"a": b"a"})
    world.tag("v1.4.0")

    said = "\n".join(initialise(str(world.root)))

    assert "since v1.4.0" in said
    assert "git tag" not in said


def test_a_bare_repository_has_no_place_for_a_policy(tmp_path: Path) -> None:
    """The error says where to go."""
    world = GitWorld.create(tmp_path / "work", "--bare")

    with pytest.raises(UsageError, match="bare repository"):
        list(initialise(str(world.root)))
