"""What the doctor sees, and what it calls broken."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hfsemver.workflows.doctor.diagnosis import Health
from hfsemver.workflows.doctor.examine import examine
from hfsemver.workflows.hook.install import install_hook, uninstall_hook
from tests.gitworld import GitWorld
from tests.workflows.pushing import HEADLESS, TUNED, Publisher, files

if TYPE_CHECKING:
    from pathlib import Path


def seen(root: Path) -> dict[str, tuple[Health, str]]:
    """Return the worst that was said about each thing."""
    worst: dict[str, tuple[Health, str]] = {}
    order = list(Health)
    for one in examine(str(root)):
        known = worst.get(one.name)
        if known is None or order.index(one.health) > order.index(known[0]):
            worst[one.name] = (one.health, f"{one.text} {one.hint}")
    return worst


def test_a_repository_that_was_set_up_is_in_order(tmp_path: Path) -> None:
    """Everything is looked at, and nothing is found; exit 0, in both formats."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    command = [sys.executable, "-m", "hfsemver", "doctor"]

    found = seen(publisher.work.root)
    human = subprocess.run(command, cwd=publisher.work.root, capture_output=True, text=True, check=False)
    data = subprocess.run([*command, "--format", "json"], cwd=publisher.work.root, capture_output=True, check=False)
    document = json.loads(data.stdout)

    looked_at = {
        "git",
        "history",
        "hook",
        "git-lfs",
        "tags",
        "releases",
        "policy",
        "baseline",
        "card",
        "skips",
        "retired",
    }
    assert set(found) == looked_at
    assert {health for health, _ in found.values()} == {Health.OK}
    assert (human.returncode, data.returncode) == (0, 0)
    assert "of git-lfs" in human.stdout
    assert document["schema"] == "hfsemver/doctor/1"
    assert document["ok"] is True
    assert {check["name"] for check in document["checks"]} == set(found)


def test_a_missing_hook_is_broken(tmp_path: Path) -> None:
    """Exit 1, and what to type."""
    publisher = Publisher.released(tmp_path)
    uninstall_hook(str(publisher.work.root))
    command = [sys.executable, "-m", "hfsemver", "doctor", str(publisher.work.root)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "BROKEN  hook" in done.stdout
    assert "type: hfsemver hook install" in done.stdout


def test_a_hook_in_another_folder_is_found(tmp_path: Path) -> None:
    """A hook that git does not look at any more is no hook."""
    world = GitWorld.create(tmp_path / "work")
    install_hook(str(world.root))
    world.git("config", "core.hooksPath", "tools")

    assert seen(world.root)["hook"][0] is Health.BROKEN
    install_hook(str(world.root))
    assert "core.hooksPath" in seen(world.root)["hook"][1]


def test_a_hook_that_git_never_runs_is_broken(tmp_path: Path) -> None:
    """An empty ``core.hooksPath`` turns every hook off, wherever one lies."""
    world = GitWorld.create(tmp_path / "work")
    install_hook(str(world.root))
    world.git("config", "core.hooksPath", "")

    health, text = seen(world.root)["hook"]

    assert health is Health.BROKEN
    assert "git config --local --unset-all core.hooksPath" in text


def test_outside_of_a_repository_the_rest_is_not_looked_at(tmp_path: Path) -> None:
    """One line says so."""
    assert seen(tmp_path)["repository"][0] is Health.BROKEN
    (nowhere,) = (one for one in examine("acme/model") if one.name == "repository")
    assert nowhere.hint.startswith("on a Hub it is hf://acme/model; else ")


def test_a_repository_without_a_commit_is_examined(tmp_path: Path) -> None:
    """The state in which everybody starts."""
    world = GitWorld.create(tmp_path / "work")
    install_hook(str(world.root))

    found = seen(world.root)

    assert found["history"][0] is Health.NOTE
    assert Health.BROKEN not in {health for health, _ in found.values()}


def test_a_shallow_clone_is_broken(tmp_path: Path) -> None:
    """The baseline may be cut off."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit({"notes.md": b"x"})
    publisher.push("origin", "main")
    clone = GitWorld(tmp_path / "clone", publisher.work.environment)
    publisher.work.git(
        "clone", "--quiet", "--no-checkout", "--depth=1", f"file://{publisher.remote.root}", str(clone.root)
    )

    health, text = seen(clone.root)["history"]

    assert health is Health.BROKEN
    assert "git fetch --unshallow --tags" in text


def test_one_version_on_two_commits_is_broken(tmp_path: Path) -> None:
    """v1.0.0 and 1.0.0 differ."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit({"notes.md": b"x"})
    publisher.work.tag("1.0.0")

    health, text = seen(publisher.work.root)["tags"]

    assert health is Health.BROKEN
    assert "1.0.0 names 2 different commits" in text


@pytest.mark.parametrize(
    ("second", "health"), [("v1.1.0", Health.NOTE), ("v1.0.0-rc.1", Health.OK), ("1.0.0", Health.OK)]
)
def test_two_releases_on_one_commit_are_worth_knowing(tmp_path: Path, second: str, health: Health) -> None:
    """A candidate and its release are one, and so are two spellings."""
    publisher = Publisher.released(tmp_path)
    publisher.work.tag(second)

    assert seen(publisher.work.root)["tags"][0] is health


def test_releases_of_another_history_are_named(tmp_path: Path) -> None:
    """A tag on a branch that was rewritten is no baseline here."""
    publisher = Publisher.released(tmp_path)
    publisher.work.git("switch", "--quiet", "--orphan", "fresh")
    publisher.work.commit(files(TUNED))

    found = seen(publisher.work.root)["tags"]

    assert found[0] is Health.NOTE
    assert "not in the history of what is checked out: v1.0.0" in found[1]


def test_each_problem_of_the_policy_is_a_line(tmp_path: Path) -> None:
    """As the policy's reader tells them."""
    publisher = Publisher.released(tmp_path)
    publisher.work.write({".hfsemver.yaml": b"promis: load\nkind: embeding\n"})

    broken = [one for one in examine(str(publisher.work.root)) if one.name == "policy"]

    assert [one.health for one in broken] == [Health.BROKEN, Health.BROKEN]
    assert "did you mean 'embedding'?" in broken[1].text


def test_weights_that_are_not_here_are_counted(tmp_path: Path) -> None:
    """The newest release is only pointers: its values cannot be compared."""
    publisher = Publisher.released(tmp_path)
    for path in publisher.objects():
        (publisher.work.root / ".git" / path.relative_to(publisher.remote.root)).unlink()

    health, text = seen(publisher.work.root)["baseline"]

    assert health is Health.NOTE
    assert "git lfs fetch origin v1.0.0" in text


def test_a_card_that_contradicts_the_tag_on_its_commit_is_named(tmp_path: Path) -> None:
    """Two numbers for one release."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(TUNED, "1.0.0"))
    publisher.work.tag("v1.1.0")

    health, text = seen(publisher.work.root)["card"]

    assert health is Health.NOTE
    assert "set `version: 1.1.0`" in text


def test_recorded_skips_are_shown(tmp_path: Path) -> None:
    """Who pushed what unjudged, and why; a damaged line of the record hides none of the others."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(HEADLESS, "1.0.1"))
    publisher.push("origin", "main", HFSEMVER_SKIP="agreed with everybody")
    log = publisher.work.root / ".git/hfsemver/skips.log"
    log.write_bytes(b"\xff{]\n" + log.read_bytes() + b"[1]\n")

    health, text = seen(publisher.work.root)["skips"]

    assert health is Health.NOTE
    assert "refs/heads/main" in text
    assert "agreed with everybody" in text


def test_git_lfs_without_its_filter_is_broken(tmp_path: Path) -> None:
    """The weights would be committed into git itself."""
    world = GitWorld.create(tmp_path / "work")
    world.write({".gitattributes": b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n"})

    health, text = seen(world.root)["git-lfs"]

    assert health is Health.BROKEN
    assert "git lfs install" in text


@pytest.mark.timeout(60)
def test_links_in_the_place_of_files_are_looked_through_by_nobody(tmp_path: Path) -> None:
    """An endless device behind the attributes, the policy or the record of skips is not read, and the last two are told."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    root = publisher.work.root
    for name in (".gitattributes", ".hfsemver.yaml", ".git/hfsemver/skips.log"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).unlink(missing_ok=True)
        (root / name).symlink_to("/dev/zero")

    found = seen(root)

    assert found["git-lfs"][0] is Health.OK
    for name in ("policy", "skips"):
        assert found[name][0] is Health.BROKEN
        assert "is a link, which is never followed" in found[name][1]
