"""A release on GitHub becomes one on the Hub, by a workflow that holds no secret; and a bump becomes a release in git."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from hfsemver.cli.exits import Exit
from tests.action.github import TOKEN, WORD
from tests.hub.faults import ALWAYS, Status
from tests.workflows.pushing import BODY, HEADLESS, TUNED, files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.action.github import GitHub
    from tests.action.runner import Ran, Runner
    from tests.gitworld import GitWorld
    from tests.hub.hub import Hub

ID = "acme/model"


@pytest.fixture
def released(hub: Hub, github: GitHub, runner: Runner, tmp_path: Path) -> Runner:
    """A job that GitHub started for a release, on the checkout of its tag; the model is on the Hub with its v1.0.0."""
    hub.create(ID, files(BODY, "1.0.0"))
    hub.tag(ID, "v1.0.0")
    hub.trust(WORD, ID)
    variables = hub.environment(tmp_path)
    del variables["HF_TOKEN"]
    runner.environment |= variables | {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{github.url}/id-token",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of the run",
        "GIT_ALLOW_PROTOCOL": "http:file",
    }
    runner.event_name = "release"
    return runner


def published(runner: Runner, tag: str, **inputs: str) -> Ran:
    """Use the action as a workflow does that publishes."""
    runner.event = {"action": "published", "release": {"tag_name": tag}}
    named = {name.replace("_", "-"): value for name, value in inputs.items()}
    return runner.use({"hub-repo": ID, "hub-oidc": ID, **named})


def test_a_release_on_github_becomes_one_on_the_hub(world: GitWorld, released: Runner, hub: Hub) -> None:
    """Under the number of its tag, once, and whoever starts the workflow again gets the same answer."""
    world.commit(files(TUNED, "1.1.0"), "two")
    world.tag("v1.1.0")

    ran, again = published(released, "v1.1.0"), published(released, "v1.1.0")

    assert ran.status == Exit.OK, ran.log
    commit = hub.repository(ID).git.git("rev-parse", "refs/tags/v1.1.0^{commit}")
    wanted = {"verdict": "pass", "version": "1.1.0", "tag": "v1.1.0", "commit": commit}
    assert {name: value for name, value in ran.outputs.items() if value} == wanted
    assert again.outputs == ran.outputs
    assert commit in ran.summary
    assert not any(hub.token in one.log or "hf_jwt_" in one.log for one in (ran, again))


def test_a_number_that_is_too_small_publishes_nothing(world: GitWorld, released: Runner, hub: Hub) -> None:
    """The tag on GitHub is there; the model on the Hub stays as it was."""
    world.commit(files(HEADLESS, "1.0.1"), "two")
    world.tag("v1.0.1")
    before = hub.repository(ID).git.git("for-each-ref")

    ran = published(released, "v1.0.1")

    assert ran.status in {Exit.TOO_SMALL, Exit.USAGE}, ran.log
    assert ran.outputs["verdict"] in {"violation", "could-not-run"}
    assert ran.outputs["version"] == ""
    assert "2.0.0" in ran.log
    assert hub.repository(ID).git.git("for-each-ref") == before


def test_a_workflow_without_the_permission_hears_of_it(world: GitWorld, released: Runner, hub: Hub) -> None:
    """Before anything else is done."""
    world.commit(files(TUNED, "1.1.0"), "two")
    del released.environment["ACTIONS_ID_TOKEN_REQUEST_URL"]

    ran = published(released, "v1.1.0")

    assert ran.outputs["verdict"] == "could-not-run"
    assert "id-token: write" in ran.log
    assert not hub.requests


def test_a_workflow_that_nobody_trusts_hears_of_it(world: GitWorld, released: Runner, hub: Hub) -> None:
    """It is no fault of ours."""
    hub.site.store.publishers.clear()
    world.commit(files(TUNED, "1.1.0"), "two")

    ran = published(released, "v1.1.0")

    assert (ran.status, ran.outputs["verdict"]) == (Exit.UNREADABLE, "could-not-run")
    assert "Trusted Publisher" in ran.log


def test_a_secret_does_as_well(world: GitWorld, released: Runner, hub: Hub) -> None:
    """And never shows."""
    world.commit(files(TUNED, "1.1.0"), "two")

    ran = published(released, "v1.1.0", hub_oidc="", hub_token=hub.token)

    assert ran.outputs["version"] == "1.1.0", ran.log
    assert hub.token not in ran.log + ran.summary


def test_a_release_that_is_no_version_is_refused(world: GitWorld, released: Runner, hub: Hub) -> None:
    """People publish releases under other names as well."""
    world.commit(files(TUNED, "1.1.0"), "two")
    before = hub.repository(ID).git.git("for-each-ref")

    ran = published(released, "nightly")

    assert ran.outputs["verdict"] == "could-not-run"
    assert "nightly" in ran.log
    assert hub.repository(ID).git.git("for-each-ref") == before


def test_a_hub_that_is_down_leaves_a_run_that_can_be_started_again(world: GitWorld, released: Runner, hub: Hub) -> None:
    """The second run finishes what the first one began."""
    world.commit(files(TUNED, "1.1.0"), "two")
    hub.faults.add("POST", "*/tag/*", Status(500), times=ALWAYS)
    first = published(released, "v1.1.0")
    hub.faults.clear()
    second = published(released, "v1.1.0")

    assert first.outputs["verdict"] == "could-not-run", first.log
    assert first.outputs["version"] == ""
    assert second.outputs["tag"] == "v1.1.0", second.log


def test_other_events_judge(world: GitWorld, released: Runner, hub: Hub) -> None:
    """Only a release publishes."""
    world.commit(files(TUNED, "1.1.0"), "two")
    released.event_name = "push"

    ran = published(released, "v1.1.0")

    assert ran.outputs["required-bump"] == "minor", ran.log
    assert not [request for request in hub.requests if request.method != "GET" and "/oauth" not in request.path]


def test_a_bump_releases_in_git_and_pushes(world: GitWorld, runner: Runner, tmp_path: Path) -> None:
    """On a machine where nobody told git who they are."""
    remote = world.bare(tmp_path / "remote.git")
    world.push("origin", "main", "v1.0.0")
    world.git("branch", "--quiet", "--set-upstream-to=origin/main")
    world.commit(files(TUNED, "1.0.0"), "two")
    for name in [name for name in runner.environment if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))]:
        del runner.environment[name]
    for name in [name for name in os.environ if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))]:
        runner.environment.pop(name, None)

    ran = runner.use({"command": "bump"})

    assert ran.status == Exit.OK, ran.log
    assert (ran.outputs["version"], ran.outputs["tag"]) == ("1.1.0", "v1.1.0")
    assert remote.git("rev-parse", "refs/tags/v1.1.0^{commit}") == ran.outputs["commit"]
    assert remote.git("log", "-1", "--format=%an", "v1.1.0") == "github-actions[bot]"


def test_a_bump_of_nothing_is_no_release(world: GitWorld, runner: Runner, tmp_path: Path) -> None:
    """What is released already is named again, and nothing new is made."""
    remote = world.bare(tmp_path / "remote.git")
    world.push("--set-upstream", "origin", "main", "v1.0.0")
    before = remote.git("for-each-ref", "refs/tags")

    ran = runner.use({"command": "bump"})

    assert ran.outputs["version"] in {"1.0.0", ""}, ran.log
    assert remote.git("for-each-ref", "refs/tags") == before


def test_the_baseline_comes_from_the_hub_by_range(world: GitWorld, released: Runner, hub: Hub) -> None:
    """A repository on GitHub whose weights are only pointers, or not there at all; no word for the Hub is needed."""
    released.event_name, released.token = "pull_request", TOKEN
    released.environment = {
        name: value for name, value in released.environment.items() if not name.startswith("ACTIONS_")
    }
    pointers = {
        path: hub.repository(ID).git.git("cat-file", "blob", f"main:{path}").encode() + b"\n"
        for path in ("model.safetensors",)
    }
    world.git("checkout", "--quiet", "--orphan", "mirror")
    world.commit({**files(BODY, "1.0.0"), **pointers, ".hfsemver.yaml": f"hub_repo: {ID}\n".encode()}, "mirrored")
    world.git("tag", "--force", "v1.0.0")
    world.commit(files(HEADLESS, "1.0.1"), "two")
    hub.requests.clear()

    ran = released.use()

    assert (ran.status, ran.outputs["required-bump"]) == (Exit.TOO_SMALL, "major"), ran.log
    assert "tensor-removed" in ran.summary
    assert "not evaluated" not in ran.log
    assert not any(request.authorized for request in hub.requests)


def test_a_release_on_the_hub_is_a_baseline_as_well(world: GitWorld, released: Runner) -> None:
    """For whoever has no weights in git."""
    world.commit(files(HEADLESS, "1.0.1"), "two")
    released.event_name = "push"

    ran = released.use({"baseline": f"hf://{ID}@v1.0.0", "weights": "header"})

    assert ran.outputs["required-bump"] == "major", ran.log
