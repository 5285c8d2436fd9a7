"""One comment on a pull request that does not pass: kept up to date, gone when there is nothing to say, and never a stranger's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.cli.exits import Exit
from tests.action.github import BOT, READS, TOKEN
from tests.hub.faults import ALWAYS, Answer, LoseReply, Status
from tests.workflows.pushing import BODY, HEADLESS, TUNED, files

if TYPE_CHECKING:
    from tests.action.github import GitHub
    from tests.action.runner import Ran, Runner
    from tests.gitworld import GitWorld

SMALL, LARGE = files(HEADLESS, "1.0.1"), files(TUNED, "1.1.0")
STRANGER = 4711


def used(runner: Runner, github: GitHub, inputs: dict[str, str] | None = None, *, fork: bool = False) -> Ran:
    """Use the action for the pull request, whose newest commit is what is checked out."""
    runner.event_name, runner.token = "pull_request", TOKEN
    head: dict[str, Any] = {"sha": github.head, "repo": {"full_name": "mallory/model" if fork else "acme/model"}}
    runner.event = {"pull_request": {"number": github.number, "head": head}}
    return runner.use(inputs, GITHUB_API_URL=github.url)


def test_a_comment_is_written_kept_up_to_date_and_taken_away(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """As the pull request goes on; what people said stays."""
    github.say(STRANGER, "Nice.")
    world.commit(SMALL, "two")
    assert used(runner, github).status == Exit.TOO_SMALL
    (first,) = github.comments[1:]
    assert first["user"]["id"] == BOT
    assert "tensor-removed" in first["body"]

    world.commit(files(TUNED, "1.0.1"), "three")
    assert used(runner, github).status == Exit.TOO_SMALL
    (second,) = github.comments[1:]
    assert second["id"] == first["id"]
    assert "tensor-removed" not in second["body"]
    assert "weights-updated" in second["body"]

    world.commit(LARGE, "four")
    assert used(runner, github).status == Exit.OK
    assert [one["body"] for one in github.comments] == ["Nice."]


def test_a_pull_request_that_passes_is_not_talked_about(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """Nothing is written, not even for a moment."""
    world.commit(LARGE, "two")

    assert used(runner, github).status == Exit.OK
    assert {method for method, _ in github.asked} == {"GET"}


def test_what_could_not_be_judged_is_said_as_well(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """In the place of a verdict that no longer holds."""
    world.commit(SMALL, "two")
    used(runner, github)
    (first,) = github.comments

    world.commit({"model.safetensors": None, "README.md": b"---\nversion: [\n---\n"}, "three")
    ran = used(runner, github, {"baseline": "@v9.9.9"})

    assert ran.outputs["verdict"] == "could-not-run"
    (second,) = github.comments
    assert second["id"] == first["id"]
    assert "nothing was judged" in second["body"]


def test_a_fork_gets_the_same_verdict_and_no_comment(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """Nobody is asked anything: its token may write nothing."""
    world.commit(SMALL, "two")

    ran = used(runner, github, fork=True)

    assert (ran.status, ran.outputs["verdict"]) == (Exit.TOO_SMALL, "violation")
    assert github.asked == []
    assert "tensor-removed" in ran.summary


@pytest.mark.parametrize("inputs", [{"comment": "false"}, {"github-token": ""}])
def test_whoever_wants_none_gets_none(world: GitWorld, runner: Runner, github: GitHub, inputs: dict[str, str]) -> None:
    """By an input, or by leaving the token out."""
    world.commit(SMALL, "two")

    assert used(runner, github, inputs).status == Exit.TOO_SMALL
    assert github.asked == []


def test_a_token_that_may_not_write_changes_no_verdict(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """A warning says which permission is missing."""
    world.commit(SMALL, "two")

    ran = used(runner, github, {"github-token": READS})

    assert (ran.status, ran.outputs["verdict"]) == (Exit.TOO_SMALL, "violation")
    assert any("pull-requests: write" in message for name, message in ran.commands if name == "warning")
    assert READS not in ran.log


@pytest.mark.parametrize(
    "fault", [Status(502), Answer(b"<html>"), Answer(b"[1, null, {}]"), Answer(b"x" * 100, status=404)],
    ids=["bad gateway", "no JSON", "no comments", "nothing there"],
)  # fmt: skip
def test_a_github_that_is_broken_changes_no_verdict(
    world: GitWorld, runner: Runner, github: GitHub, fault: Status | Answer
) -> None:
    """Nor does anything fail that is ours."""
    github.faults.add("GET", "*/comments", fault, times=ALWAYS)
    world.commit(SMALL, "two")

    ran = used(runner, github)

    assert (ran.status, ran.outputs["verdict"]) == (Exit.TOO_SMALL, "violation")
    assert "Traceback" not in ran.log


def test_a_bad_moment_is_waited_for(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """What GitHub answers the second time counts."""
    github.faults.add("GET", "*/comments", Status(502))
    github.faults.add("GET", "*/pulls/*", Status(503))
    world.commit(SMALL, "two")

    used(runner, github)

    assert len(github.comments) == 1


def test_a_reply_that_got_lost_leaves_one_comment(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """It was written; the next run finds it instead of writing another one."""
    github.faults.add("POST", "*/comments", LoseReply())
    world.commit(SMALL, "two")

    used(runner, github)
    used(runner, github)

    assert len(github.comments) == 1


def test_two_runs_that_began_at_once_end_in_one_comment(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """The later one finds that both wrote, and leaves the older."""
    world.commit(SMALL, "two")
    used(runner, github)
    (first,) = github.comments
    github.say(BOT, first["body"])
    github.say(BOT, first["body"])

    used(runner, github)

    assert [one["id"] for one in github.comments] == [first["id"]]


def test_a_strangers_comment_with_our_mark_is_left_alone(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """Anybody can write a mark; whose comment it is counts."""
    world.commit(SMALL, "two")
    used(runner, github)
    mark = github.comments[0]["body"].partition("\n")[0]
    forged = github.say(STRANGER, f"{mark}\nAll is well.")

    world.commit(LARGE, "three")
    used(runner, github)

    assert github.comments == [forged]


def test_somebody_elses_token_keeps_their_own_comment(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """As with the token of an app, which is asked for its account."""
    github.people["ghp_of_carol"] = 99
    world.commit(SMALL, "two")

    used(runner, github, {"github-token": "ghp_of_carol"})
    used(runner, github, {"github-token": "ghp_of_carol"})

    assert [one["user"]["id"] for one in github.comments] == [99]


def test_an_overtaken_run_says_nothing(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """The pull request has a newer commit, which another run judges."""
    world.commit(SMALL, "two")
    runner.event_name, runner.token = "pull_request", TOKEN
    old = {"sha": "1" * 40, "repo": {"full_name": "acme/model"}}
    runner.event = {"pull_request": {"number": github.number, "head": old}}

    runner.use(GITHUB_API_URL=github.url)

    assert github.comments == []


def test_two_jobs_have_a_comment_each(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """And the second does not take away what the first one wrote."""
    world.commit(SMALL, "two")
    used(runner, github)
    runner.environment["GITHUB_JOB"] = "other"
    used(runner, github)

    assert len(github.comments) == 2


def test_the_comment_is_found_on_a_later_page(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """A long conversation is read to its end."""
    for number in range(230):
        github.say(STRANGER, f"{number}")
    world.commit(SMALL, "two")
    used(runner, github)
    used(runner, github)

    assert len(github.comments) == 231


def test_a_long_report_fits(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """GitHub refuses a comment of more than 65,536 characters."""
    world.commit(files({f"{'layer' * 40}.{number:05}": "F32[1]" for number in range(2000)} | BODY, "1.0.1"), "two")
    world.commit(SMALL, "three")
    world.git("tag", "v1.0.1", "HEAD~1")

    used(runner, github)

    assert len(github.comments) == 1


def test_a_redirect_is_not_followed_with_the_token(world: GitWorld, runner: Runner, github: GitHub) -> None:
    """Whoever stands in between learns nothing."""
    target = f"{github.url.replace('127.0.0.1', 'localhost')}/elsewhere"
    github.faults.add("GET", "*/pulls/*", Answer(b"", status=302, headers={"Location": target}), times=ALWAYS)
    world.commit(SMALL, "two")

    ran = used(runner, github)

    assert ran.status == Exit.TOO_SMALL
    assert not any(path == "/elsewhere" for _, path in github.asked)
