"""The pre-push hook: standard input once, a judgement on standard error, then whatever comes after it.

``python -m hfsemver.cli.push HOOK REMOTE URL`` is what the installed hook calls. It goes past the command line's
library, which takes as long to load as judging a push without model files.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from hfsemver.cli.streams import say
from hfsemver.core.errors import ConfigError, RefError, UsageError
from hfsemver.core.escape import printable
from hfsemver.releases.repository import Repository
from hfsemver.workflows.push.push import run_push
from hfsemver.workflows.push.ref_updates import parse_updates, updates_of_pre_commit
from hfsemver.workflows.push.ruling import SKIP, Outcome, Push, Ruling
from hfsemver.workflows.remotes import without_credentials

if TYPE_CHECKING:
    from hfsemver.core.report import Report


def judge_push(hook: str | None, remote: str, url: str) -> int:
    """Judge the push that git describes; with ``hook``, hand it on when it may go out. Return the exit code."""
    data = _standard_input()
    repository = _repository(os.environ.get("GIT_DIR"))
    push = Push(
        repository=repository,
        remote=remote or os.environ.get("PRE_COMMIT_REMOTE_NAME", ""),
        updates=parse_updates(data) or updates_of_pre_commit(os.environ),
        url=url or os.environ.get("PRE_COMMIT_REMOTE_URL", ""),
    )
    code = _skip(push) if SKIP in os.environ else _judge(push)
    if code or hook is None:
        return code
    from hfsemver.workflows.hook.chain import HookCall, hand_on  # here, because a refusal does not need it

    return hand_on(HookCall(hook=Path(hook), remote=remote, url=url, stdin=data), repository)


def _standard_input() -> bytes:
    if sys.stdin is None:
        return b""
    if sys.stdin.isatty():
        fault = "git calls the hook, and writes the refs that are pushed to its standard input"
        raise UsageError(fault, hint="to have every push judged: hfsemver hook install; to judge now: hfsemver check")
    return sys.stdin.buffer.read()


def _repository(git_dir: str | None) -> Repository:
    """Find the repository that is pushed: git names it where it is not simply the one around the working directory."""
    if not git_dir:
        return Repository.discover(Path())
    try:
        here = Repository.discover(Path())
    except RefError:
        return Repository.discover(Path(git_dir))
    return here if here.git_dir.samefile(git_dir) else Repository.discover(Path(git_dir))


def _skip(push: Push) -> int:
    from hfsemver.workflows.push.skipping import record_skip, skip_reason  # here, because hardly any push needs it

    reason = skip_reason(os.environ[SKIP])
    if push.updates:
        path = record_skip(push, reason)
        say(f"hfsemver: NOT JUDGED, because: {printable(reason)} (recorded in {printable(str(path))})")
    return 0


def _judge(push: Push) -> int:
    try:
        outcome = run_push(push)
    except ConfigError as error:
        hint = f"{error.hint}; to push the repair of a policy that is out already: {SKIP}='repair the policy' git push"
        raise ConfigError(error.where, error.problems, hint=hint) from error
    except Exception:
        say(f"hfsemver: the push is refused, because it could not be judged; to let it out: {SKIP}='why' git push")
        raise
    shown: list[Report] = []
    for ruling in outcome.rulings:
        _show(ruling, shown)
    for step in outcome.next_steps:
        say(step)
    if not (outcome.refused or outcome.unjudged):
        return 0
    from hfsemver.cli.exits import Exit  # here, because a push that passes needs one code only

    return Exit.TOO_SMALL if outcome.refused else Exit.UNREADABLE


def _show(ruling: Ruling, shown: list[Report]) -> None:
    name, report = ruling.update.name, ruling.report
    if ruling.outcome is Outcome.REFUSED and report is not None and not any(_is_same(report, one) for one in shown):
        from hfsemver.reports.report import Format, render  # here, because a push that passes shows no report

        say(render(report, Format.HUMAN).rstrip("\n"))
        shown.append(report)
    word = {Outcome.PASSED: "", Outcome.REFUSED: "REFUSED: ", Outcome.UNJUDGED: "REFUSED, could not be judged: "}
    say(f"hfsemver: {name}: {word[ruling.outcome]}{printable(ruling.why)}")
    for note in ruling.notes:
        say(f"hfsemver: {name}: {printable(note)}")


def _is_same(one: Report, other: Report) -> bool:
    """Whether the second adds nothing: a branch and the tag on it are usually one story."""
    return (one.baseline, one.current, one.findings) == (other.baseline, other.current, other.findings)


def main() -> NoReturn:
    """Run the hook of this process and exit."""
    hook, remote, url = (*sys.argv[1:], "", "", "")[:3]
    try:
        sys.exit(judge_push(hook, remote, url))
    except Exception as error:  # noqa: BLE001 -- handed over to the boundary, which is loaded only then
        from hfsemver.cli.errors import guarded

        raised = error
    sys.exit(int(guarded(lambda _: _raise(raised), ("hook", "run", "--hook", hook, "--", without_credentials(remote)))))


def _raise(error: Exception) -> NoReturn:
    raise error


if __name__ == "__main__":
    main()
