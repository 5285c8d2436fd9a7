"""The report as workflow commands: annotations on the files of a pull request, then the text for the log.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.reports.advice import advice, requirement
from hfsemver.reports.answer import answer
from hfsemver.reports.lines import count, disarmed, page, short
from hfsemver.reports.severity import Severity, ranked
from hfsemver.reports.text import render_human

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hfsemver.core.finding import Finding
    from hfsemver.core.report import Report

SHOWN: Final = 10
"""Annotations of one kind that a step may make; what comes after them is dropped without a word.

https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations
"""
PLACES: Final = 5
"""Places in one file that one annotation names."""
COMMANDS: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
)
_UNSAFE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_UNSAFE_PROPERTY = {**_UNSAFE, ord(":"): "%3A", ord(","): "%2C"}


def workflow_command(name: str, message: str, **properties: str) -> str:
    r"""Return one workflow command on one line, escaped as the toolkit of GitHub's own actions does.

    A property without a value is left out.
    https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts

    >>> workflow_command("error", "50 %\nof it", file="a,b.json")
    '::error file=a%2Cb.json::50 %25%0Aof it'
    """
    given = ",".join(f"{key}={value.translate(_UNSAFE_PROPERTY)}" for key, value in properties.items() if value)
    return f"::{name}{f' {given}' if given else ''}::{message.translate(_UNSAFE)}"


def render_github(report: Report) -> str:
    """Return annotations, at most ten of a kind and the worst first, and the report as text in a folded group.

    Text of a repository is escaped inside of a command and disarmed outside of one, so it never makes a command.
    """
    commands = "\n".join((*_annotations(report), workflow_command("group", "The report")))
    return f"{commands}\n{render_human(report)}{workflow_command('endgroup', '')}\n{page([answer(report)])}"


def _annotations(report: Report) -> Iterator[str]:
    listed = ranked(report)
    for severity in sorted(Severity, reverse=True):
        found = [finding for one, finding in listed if one is severity]
        yield from _of_a_kind(severity, found, report)


def _of_a_kind(severity: Severity, found: Sequence[Finding], report: Report) -> Iterator[str]:
    name = COMMANDS[severity]
    places = [tuple(members) for _, members in groupby(found, key=lambda one: (one.rule, one.location.file))]
    room = SHOWN
    if severity is Severity.WARNING and report.skips:
        yield _unseen(report)
        room -= 1
    shown = places if len(places) <= room else places[: room - 1]
    for members in shown:
        yield _annotation(name, members, report)
    hidden = len(found) - sum(map(len, shown))
    if hidden:
        title = f"hfsemver: {count(hidden, 'more finding')}"
        yield workflow_command(name, "the log has the report, --format json lists all", title=title)


def _annotation(name: str, members: tuple[Finding, ...], report: Report) -> str:
    """Say once what is the same for all findings of a rule in a file: they would all stand at its first line."""
    first = members[0]
    lines = [f"{short(one.location.pointer)}: {short(one.message)}".removeprefix(": ") for one in members[:PLACES]]
    if len(members) > PLACES:
        lines.append(f"... and {count(len(members) - PLACES, 'more place')}")
    if first.fix:
        lines.append(f"fix: {short(advice(first, report))}")
    title = disarmed(f"{short(first.rule)} {requirement(first)}")
    return workflow_command(name, _text(lines) or title, file=disarmed(short(first.location.file)), title=title)


def _unseen(report: Report) -> str:
    """Say what could not be evaluated before anything that was: silence about it would read as "no change"."""
    lines = [f"{short(skip.rule)}: {short(skip.reason)}" for skip in report.skips[:PLACES]]
    if len(report.skips) > PLACES:
        lines.append(f"... and {len(report.skips) - PLACES} more")
    title = f"hfsemver: {count(len(report.skips), 'rule')} not evaluated"
    return workflow_command(COMMANDS[Severity.WARNING], _text(lines), title=title)


def _text(lines: list[str]) -> str:
    """Join what a runner prints line by line once it has decoded the command."""
    return "\n".join(map(disarmed, lines)).strip("\n")
