"""The pre-push hook: standard input once, a judgement on standard error, then whatever comes after it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from hfsemver.cli.exits import Exit
from hfsemver.core.errors import ConfigError
from hfsemver.core.escape import printable
from hfsemver.releases.repository import Repository
from hfsemver.workflows.push import run_push
from hfsemver.workflows.ref_updates import parse_updates, updates_of_pre_commit
from hfsemver.workflows.ruling import SKIP, Outcome, Push, Ruling


def judge_push(hook: str | None, remote: str, url: str) -> int:
    """Judge the push that git describes; with ``hook``, hand it on when it may go out. Return the exit code."""
    data = b"" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.buffer.read()
    # Git points the hook to the repository that is pushed, unless that is the one around the working directory.
    repository = Repository.discover(Path(os.environ.get("GIT_DIR") or "."))
    push = Push(
        repository=repository,
        remote=remote or os.environ.get("PRE_COMMIT_REMOTE_NAME", ""),
        updates=parse_updates(data) or updates_of_pre_commit(os.environ),
    )
    code = _skip(push) if SKIP in os.environ else _judge(push)
    if code or hook is None:
        return code
    from hfsemver.workflows.hook_chain import HookCall, hand_on  # here, because a refusal does not need it

    return hand_on(HookCall(hook=Path(hook), remote=remote, url=url, stdin=data), repository)


def _skip(push: Push) -> int:
    from hfsemver.workflows.skipping import record_skip, skip_reason  # here, because hardly any push needs it

    reason = skip_reason(os.environ[SKIP])
    if push.updates:
        path = record_skip(push, reason)
        _say(f"hfsemver: NOT JUDGED, because: {printable(reason)} (recorded in {printable(str(path))})")
    return Exit.OK


def _judge(push: Push) -> int:
    try:
        outcome = run_push(push)
    except ConfigError as error:
        hint = f"{error.hint}; to push the repair of a policy that is out already: {SKIP}='repair the policy' git push"
        raise ConfigError(error.where, error.problems, hint=hint) from error
    except Exception:
        _say(f"hfsemver: the push is refused, because it could not be judged; to let it out: {SKIP}='why' git push")
        raise
    for ruling in outcome.rulings:
        _show(ruling)
    for step in outcome.next_steps:
        _say(step)
    if outcome.refused:
        return Exit.TOO_SMALL
    return Exit.UNREADABLE if outcome.unjudged else Exit.OK


def _show(ruling: Ruling) -> None:
    name = ruling.update.name
    if ruling.outcome is Outcome.REFUSED and ruling.report is not None:
        from hfsemver.reports.report import Format, render  # here, because a push that passes shows no report

        _say(render(ruling.report, Format.HUMAN).rstrip("\n"))
    word = {Outcome.PASSED: "", Outcome.REFUSED: "REFUSED: ", Outcome.UNJUDGED: "REFUSED, could not be judged: "}
    _say(f"hfsemver: {name}: {word[ruling.outcome]}{printable(ruling.why)}")
    for note in ruling.notes:
        _say(f"hfsemver: {name}: {printable(note)}")


def _say(text: str) -> None:
    click.echo(text, err=True)
