"""Every output and the status of the step, for each way in which it can end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hfsemver.cli.exits import Exit
from hfsemver.publish.github.runner import SUMMARY
from tests.workflows.pushing import BODY, HEADLESS, TUNED, files

if TYPE_CHECKING:
    from tests.action.runner import Ran, Runner
    from tests.gitworld import GitWorld

FILES = ("report", "sarif", "markdown")
NOTHING = dict.fromkeys(
    (
        "verdict", "required-bump", "declared-version", "next-version", "version", "tag", "commit", "report", "sarif",
        "markdown",
    ),
    "",
)  # fmt: skip


def said(ran: Ran) -> dict[str, str]:
    """Return the outputs but for the paths of files."""
    return {name: value for name, value in ran.outputs.items() if name not in FILES}


def expected(**outputs: str) -> dict[str, str]:
    """Return those outputs, all others being empty."""
    every = {**NOTHING, **{name.replace("_", "-"): value for name, value in outputs.items()}}
    return {name: value for name, value in every.items() if name not in FILES}


def test_a_release_that_is_large_enough_passes(world: GitWorld, runner: Runner) -> None:
    """The step succeeds, and others may read of it what was judged."""
    world.commit(files(TUNED, "1.1.0"), "two")

    ran = runner.use()

    assert ran.status == Exit.OK, ran.log
    assert said(ran) == expected(verdict="pass", required_bump="minor", declared_version="1.1.0", next_version="1.1.0")
    assert not [name for name, _ in ran.commands if name == "error"]
    assert "weights-updated" in ran.summary


def test_a_release_that_is_too_small_fails_the_step(world: GitWorld, runner: Runner) -> None:
    """The first annotation says what is wrong and where, the summary all of it."""
    world.commit(files(HEADLESS, "1.0.1"), "two")

    ran = runner.use()

    assert ran.status == Exit.TOO_SMALL, ran.log
    assert said(ran) == expected(
        verdict="violation", required_bump="major", declared_version="1.0.1", next_version="2.0.0"
    )
    assert [message for name, message in ran.commands if name == "error"]
    assert "tensor-removed" in ran.summary


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"baseline": "@v9.9.9"}, "v9.9.9"),
        ({"fail-on": "sometimes"}, "fail-on"),
        ({"current": "@nowhere"}, "nowhere"),
        ({"config": "missing.yaml"}, "missing.yaml"),
    ],
    ids=["baseline", "input", "current", "policy"],
)
def test_what_could_not_be_judged_is_no_pass(
    world: GitWorld, runner: Runner, inputs: dict[str, str], reason: str
) -> None:
    """The step fails with the reason, in the log and in the summary."""
    world.commit(files(BODY, "1.0.0", **{"notes.txt": "x"}), "two")

    ran = runner.use(inputs)

    assert ran.status in {Exit.USAGE, Exit.UNREADABLE}, ran.log
    assert said(ran) == expected(verdict="could-not-run")
    assert reason in next(message for name, message in ran.commands if name == "error")
    assert reason in ran.summary
    assert "Traceback" not in ran.log


def test_a_checkout_without_its_history_is_no_first_release(world: GitWorld, runner: Runner, tmp_path: Path) -> None:
    """As actions/checkout makes it by default; the message says what to set."""
    world.commit(files(HEADLESS, "1.0.1"), "two")
    world.git("clone", "--quiet", "--depth=1", "--no-tags", world.root.as_uri(), str(tmp_path / "shallow"))
    runner.workspace = tmp_path / "shallow"

    ran = runner.use()

    assert ran.status == Exit.UNREADABLE, ran.log
    assert said(ran) == expected(verdict="could-not-run")
    assert "fetch-depth: 0" in ran.log


def test_strict_fails_on_what_no_rule_could_see(world: GitWorld, runner: Runner) -> None:
    """And without it the same release passes, with a warning."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 344\n"
    world.commit({**files(BODY, "1.1.0"), "model.safetensors": pointer.encode()}, "two")

    loose, strict = runner.use(), runner.use({"strict": "true"})

    assert loose.outputs["verdict"] == strict.outputs["verdict"] == "pass"
    assert (loose.status, strict.status) == (Exit.OK, Exit.SKIPPED), strict.log


def test_fail_on_decides_as_it_does_on_the_command_line(world: GitWorld, runner: Runner) -> None:
    """A run that is to fail never tells of the violation all the same."""
    world.commit(files(HEADLESS, "1.0.1"), "two")

    ran = runner.use({"fail-on": "never"})

    assert ran.status == Exit.OK, ran.log
    assert "tensor-removed" in ran.summary


def test_the_files_hold_the_same_report(world: GitWorld, runner: Runner) -> None:
    """In three forms, for whatever step comes next, and none of them in the checkout."""
    world.commit(files(HEADLESS, "1.0.1"), "two")

    ran = runner.use()

    report = json.loads(Path(ran.outputs["report"]).read_bytes())
    sarif = json.loads(Path(ran.outputs["sarif"]).read_bytes())
    assert report["verdict"]["required_bump"] == "major"
    assert {one["ruleId"] for one in sarif["runs"][0]["results"]} >= {"tensor-removed", "version-bump-too-small"}
    assert Path(ran.outputs["markdown"]).read_text(encoding="utf-8") == ran.summary
    assert world.git("status", "--porcelain", "--ignored") == ""


def test_a_report_without_end_stays_below_what_a_summary_may_be(world: GitWorld, runner: Runner) -> None:
    """A longer one would not be shown at all."""
    many = {f"{'layer' * 40}.{number:05}": "F32[1]" for number in range(4000)}
    world.commit(files(many, "1.0.1"), "two")

    ran = runner.use({"baseline": "@v1.0.0"})

    assert ran.outputs["verdict"] == "violation", ran.log[-3000:]
    assert 0 < len(ran.summary.encode()) <= SUMMARY


def test_outside_of_a_runner_it_says_what_it_is_for(world: GitWorld, runner: Runner) -> None:
    """Nothing is judged that nobody could be told of."""
    ran = runner.use(GITHUB_ACTIONS="")

    assert ran.status == Exit.USAGE
    assert "docs/action.md" in ran.log
