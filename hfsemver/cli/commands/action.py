"""``hfsemver action``."""

from __future__ import annotations

import os

import click

from hfsemver.cli.emit import emit
from hfsemver.cli.exits import Exit, exit_of, strict_exit_of
from hfsemver.reports.report import Format


@click.command(short_help="What action.yml runs: a step of GitHub Actions, by its environment.")
def action() -> int:
    """Judge or release what a workflow checked out, and tell GitHub: annotations, summary, outputs, SARIF, and one comment.

    Everything is said by variables, which action.yml sets from its inputs: no text of an input reaches a shell.
    """
    # Loaded here, so that --help pays for no library.
    from hfsemver.workflows.action.run import run_action

    done = run_action(os.environ)
    emit(done.text, Format.GITHUB, None)
    if done.error is not None:
        raise done.error
    if done.report is None:
        return Exit.OK
    return strict_exit_of(done.report) if done.strict else exit_of(done.report)
